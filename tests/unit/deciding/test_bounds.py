"""Bounds: known values, what happens at the edges, and the laws that hold."""

import math
import random
import time
from statistics import NormalDist

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.deciding.bounds import (
    Difference,
    Sample,
    lower_bound,
    mean_and_error,
    proves_limit,
    rare_loss_bound,
    sample,
    smallest_detectable_drop,
    smallest_set,
    upper_bound,
)
from tests.machine import slowness

ALPHA = 0.05
LIMIT = 0.05


def drawn(values: list[float]) -> Sample:
    return sample([Difference(value=value) for value in values])


def flips(*, losses: int, wins: int, cases: int) -> Sample:
    return drawn([-1.0] * losses + [1.0] * wins + [0.0] * (cases - losses - wins))


def in_clusters(*groups: list[float]) -> Sample:
    return sample(
        [
            Difference(value=value, cluster=f"group {index}")
            for index, group in enumerate(groups)
            for value in group
        ]
    )


@pytest.mark.parametrize(
    ("losses", "wins", "cases", "low", "high"),
    [
        (8, 3, 100, -0.11001, 0.00685),
        (10, 10, 200, -0.03981, None),
        (22, 8, 200, None, -0.02460),
        (4, 0, 50, None, -0.00727),
        (3, 0, 50, None, 0.00546),
        (25, 25, 500, -0.02440, 0.02349),
    ],
)
def test_bounds_match_the_reference_values(
    losses: int, wins: int, cases: int, low: float | None, high: float | None
) -> None:
    of = flips(losses=losses, wins=wins, cases=cases)
    if low is not None:
        assert lower_bound(of, ALPHA) == pytest.approx(low, abs=5e-6)
    if high is not None:
        assert upper_bound(of, ALPHA) == pytest.approx(high, abs=5e-6)


@pytest.mark.parametrize(("cases", "guard", "proven"), [(59, 0.04951, True), (58, 0.05034, False)])
def test_without_a_change_59_cases_prove_five_points_and_58_do_not(
    cases: int, guard: float, proven: bool
) -> None:
    of = flips(losses=0, wins=0, cases=cases)
    assert rare_loss_bound(of, ALPHA) == pytest.approx(guard, abs=5e-6)
    assert proves_limit(of, LIMIT, ALPHA) is proven


@pytest.mark.parametrize(("unseen_loss", "proven"), [(0.0, True), (0.038, True), (0.039, False)])
def test_a_loss_that_the_sample_may_hide_counts_against_the_limit(
    unseen_loss: float, proven: bool
) -> None:
    of = flips(losses=0, wins=0, cases=147)
    assert round(lower_bound(of, ALPHA), 4) == -0.0113
    assert proves_limit(of, LIMIT, ALPHA, unseen_loss=unseen_loss) is proven


def test_the_guard_is_the_exact_rule_of_three() -> None:
    guard = rare_loss_bound(flips(losses=0, wins=0, cases=30), ALPHA)
    assert guard == pytest.approx(0.0950, abs=5e-5)


def test_the_guard_sets_wins_against_losses() -> None:
    offset = rare_loss_bound(flips(losses=5, wins=3, cases=100), ALPHA)
    assert offset == pytest.approx(scipy.stats.beta.ppf(0.95, 3, 98), abs=1e-9)


def test_the_guard_counts_a_case_from_half_a_loss_on() -> None:
    less_than_half = drawn([-0.49] + [0.0] * 99)
    half = drawn([-0.5] + [0.0] * 99)
    assert rare_loss_bound(less_than_half, ALPHA) < rare_loss_bound(half, ALPHA)


def test_the_guard_forbids_a_pass_that_the_average_alone_would_allow() -> None:
    of = flips(losses=0, wins=0, cases=40)
    assert lower_bound(of, ALPHA) > -LIMIT
    assert not proves_limit(of, LIMIT, ALPHA)


def test_when_every_case_is_lost_the_guard_excludes_nothing() -> None:
    assert rare_loss_bound(flips(losses=7, wins=0, cases=7), ALPHA) == 1.0


@pytest.mark.parametrize("values", [[], [0.0], [1.0], [-1.0]])
def test_fewer_than_two_cases_say_nothing(values: list[float]) -> None:
    of = drawn(values)
    assert (lower_bound(of, ALPHA), upper_bound(of, ALPHA)) == (-1.0, 1.0)
    assert smallest_detectable_drop(of, ALPHA) is None


def test_without_cases_the_guard_excludes_nothing() -> None:
    assert rare_loss_bound(drawn([]), ALPHA) == 1.0


def test_bounds_stay_within_what_a_difference_can_be() -> None:
    of = drawn([-1.0, 1.0])
    assert (lower_bound(of, ALPHA), upper_bound(of, ALPHA)) == (-1.0, 1.0)


def test_a_hundred_thousand_cases_take_well_under_a_second() -> None:
    many = [Difference(value=(index % 7 - 3) / 3) for index in range(100_000)]
    start = time.process_time()
    of = sample(many)
    assert proves_limit(of, LIMIT, ALPHA)
    assert upper_bound(of, ALPHA) > 0
    assert time.process_time() - start < 1.0 * slowness()


def test_the_error_of_a_clustered_mean_matches_the_reference_value() -> None:
    of = in_clusters([0, -1, 0], [0, 1, -1], [-1, 0, 0], [0, 0, -1])
    assert mean_and_error(of, ()) == pytest.approx((-0.25, 0.083333), abs=5e-7)


def test_bounds_of_clusters_follow_the_written_formula() -> None:
    totals, sizes = (-1.0, 0.5, 0.0), (2, 1, 3)
    of = in_clusters([-1.0, 0.0], [0.5], [0.5, -0.5, 0.0])
    cases = 6 + 0.5
    mean = (-0.5 - 0.5) / cases
    squares = sum((s - n * mean) ** 2 for s, n in zip(totals, sizes, strict=True))
    squares += 0.5 * (-1 - mean) ** 2
    error = math.sqrt(3.5 / 2.5 * squares) / cases
    expected = mean - scipy.stats.t.ppf(0.7, 2) * error
    assert lower_bound(of, 0.3) == pytest.approx(expected, abs=1e-9)


def test_clusters_of_one_differ_from_plain_cases_only_by_the_small_sample_factor() -> None:
    values = [-1.0, 0.0, 0.5, 0.0, 1.0, -0.5]
    plain, named = drawn(values), in_clusters(*([value] for value in values))
    mean, error = mean_and_error(plain, (-1.0,))
    assert mean_and_error(named, (-1.0,)) == pytest.approx((mean, error * math.sqrt(6.5 / 5.5)))


def test_a_case_without_a_cluster_is_a_cluster_of_one() -> None:
    mixed = sample(
        [
            Difference(value=-1.0, cluster="a"),
            Difference(value=-1.0, cluster="a"),
            Difference(value=0.0),
        ]
    )
    assert (mixed.units, mixed.clustered) == (2, True)
    assert lower_bound(mixed, ALPHA) == lower_bound(in_clusters([-1, -1], [0]), ALPHA)


def test_cases_that_move_together_in_clusters_widen_the_bounds() -> None:
    values = [-1.0] * 12 + [0.0] * 108
    together = in_clusters(*(values[start : start + 4] for start in range(0, 120, 4)))
    assert lower_bound(together, ALPHA) < lower_bound(drawn(values), ALPHA) - 0.01
    assert upper_bound(together, ALPHA) > upper_bound(drawn(values), ALPHA) + 0.01


def test_the_guard_counts_lost_clusters_not_cases() -> None:
    of = in_clusters([-1.0] * 5, *([0.0] * 5 for _ in range(19)))
    assert rare_loss_bound(of, ALPHA) == pytest.approx(scipy.stats.beta.ppf(0.95, 2, 19), abs=1e-9)


def test_a_cluster_that_loses_three_half_points_by_thirds_counts_as_lost() -> None:
    of = in_clusters([-1 / 3, -2 / 3, -1 / 3 - 1 / 3, -1 / 3], [0.0])
    assert rare_loss_bound(of, ALPHA) == pytest.approx(scipy.stats.beta.ppf(0.95, 2, 1), abs=1e-9)


@pytest.mark.parametrize(("group", "won"), [([0.5, 0.5], True), ([1.0, -0.5], False)])
def test_the_guard_counts_a_cluster_as_won_by_its_mean(group: list[float], won: bool) -> None:
    of = in_clusters(group, [-1.0, -1.0], *([0.0] for _ in range(18)))
    net = 0 if won else 1
    expected = scipy.stats.beta.ppf(0.95, net + 1, 20 - net)
    assert rare_loss_bound(of, ALPHA) == pytest.approx(expected, abs=1e-9)


def test_many_small_losses_in_a_cluster_are_no_outright_loss() -> None:
    of = in_clusters([-0.25] * 8, [0.0])
    assert rare_loss_bound(of, ALPHA) == rare_loss_bound(in_clusters([0.0], [0.0]), ALPHA)


@pytest.mark.parametrize("clusters", [False, True])
def test_repeating_a_set_is_the_same_as_asking_for_copies(clusters: bool) -> None:
    groups = [[-1.0], [-1.0, -0.5], [0.0], [0.0], [0.5], [0.0, 0.0]]
    build = in_clusters if clusters else lambda *parts: drawn([v for part in parts for v in part])
    once, thrice = build(*groups), build(*groups * 3)
    assert lower_bound(once, ALPHA, copies=3) == pytest.approx(lower_bound(thrice, ALPHA))
    assert rare_loss_bound(once, ALPHA, copies=3) == pytest.approx(rare_loss_bound(thrice, ALPHA))


def test_two_cases_are_enough_for_a_bound() -> None:
    of = drawn([0.0, 0.0])
    assert -1.0 < lower_bound(of, 0.3) < 0 < upper_bound(of, 0.3) < 1.0
    assert smallest_detectable_drop(of, 0.3) is not None


def test_an_empty_sample_has_no_mean_difference() -> None:
    assert drawn([]).mean == 0.0


@pytest.mark.parametrize(
    ("max_drop", "cases"), [(0.1, 29), (0.05, 59), (0.03, 99), (0.02, 149), (0.01, 299)]
)
def test_the_smallest_set_matches_the_reference_values(max_drop: float, cases: int) -> None:
    assert smallest_set(max_drop, ALPHA) == cases


@pytest.mark.parametrize("max_drop", [0.01, 0.02, 0.03, 0.05, 0.1, 0.25])
def test_the_smallest_set_is_where_an_unchanged_prompt_starts_to_pass(max_drop: float) -> None:
    cases = smallest_set(max_drop, ALPHA)
    assert cases is not None
    assert proves_limit(flips(losses=0, wins=0, cases=cases), max_drop, ALPHA)
    assert not proves_limit(flips(losses=0, wins=0, cases=cases - 1), max_drop, ALPHA)


def test_no_set_proves_a_limit_of_zero_and_any_set_a_limit_of_everything() -> None:
    assert smallest_set(0.0, ALPHA) is None
    assert smallest_set(1.0, ALPHA) == 1


def test_the_smallest_detectable_drop_solves_its_equation() -> None:
    of = flips(losses=10, wins=10, cases=200)
    drop = smallest_detectable_drop(of, ALPHA)
    assert drop == pytest.approx(0.0730787, abs=1e-6)
    assert drop is not None
    # Two half cases at the ends: 21 squared differences over 201 cases.
    reach = scipy.stats.t.ppf(0.95, 199) + NormalDist().inv_cdf(0.8)
    error = math.sqrt(21 / 201**2 + drop * (1 - drop) / 200)
    assert drop == pytest.approx(reach * error, rel=1e-9)


def test_a_drop_beyond_a_limit_solves_the_same_equation_from_there() -> None:
    drop = smallest_detectable_drop(flips(losses=10, wins=10, cases=200), ALPHA, beyond=LIMIT)
    assert drop is not None
    reach = scipy.stats.t.ppf(0.95, 199) + NormalDist().inv_cdf(0.8)
    error = math.sqrt(21 / 201**2 + drop * (1 - drop) / 200)
    assert drop == pytest.approx(LIMIT + reach * error, rel=1e-9)


def test_no_more_than_everything_can_drop() -> None:
    assert smallest_detectable_drop(drawn([-1.0, 1.0]), ALPHA) == 1.0


def test_more_cases_detect_smaller_drops() -> None:
    few = smallest_detectable_drop(flips(losses=5, wins=5, cases=100), ALPHA)
    many = smallest_detectable_drop(flips(losses=50, wins=50, cases=1000), ALPHA)
    assert few is not None
    assert many is not None
    assert many < few / 2.5


outcome_changes = st.integers(-3, 3).map(lambda thirds: thirds / 3)
clusters = st.none() | st.sampled_from(["a", "b", "c"])
differences = st.lists(
    st.builds(
        lambda value, cluster: Difference(value=value, cluster=cluster), outcome_changes, clusters
    ),
    max_size=40,
)


@settings(deadline=None)
@given(differences, st.randoms(use_true_random=False))
def test_the_order_of_cases_is_irrelevant(found: list[Difference], dice: random.Random) -> None:
    shuffled = list(found)
    dice.shuffle(shuffled)
    before, after = sample(found), sample(shuffled)
    assert lower_bound(after, ALPHA) == pytest.approx(lower_bound(before, ALPHA), abs=1e-12)
    assert upper_bound(after, ALPHA) == pytest.approx(upper_bound(before, ALPHA), abs=1e-12)
    assert rare_loss_bound(after, ALPHA) == rare_loss_bound(before, ALPHA)


@settings(deadline=None)
@given(differences)
def test_the_bounds_enclose_the_observed_change(found: list[Difference]) -> None:
    of = sample(found)
    assert lower_bound(of, ALPHA) <= of.mean + 1e-12
    assert upper_bound(of, ALPHA) >= of.mean - 1e-12


@settings(deadline=None)
@given(st.integers(2, 200), st.booleans())
def test_a_prompt_against_itself_is_never_worse(cases: int, clustered: bool) -> None:
    groups = [[0.0]] * cases
    of = in_clusters(*groups) if clustered else drawn([0.0] * cases)
    assert lower_bound(of, ALPHA) < 0 < upper_bound(of, ALPHA)


@settings(deadline=None)
@given(differences)
def test_a_drop_is_never_confirmed_in_both_directions(found: list[Difference]) -> None:
    swapped = [Difference(value=-each.value, cluster=each.cluster) for each in found]
    forth, back = sample(found), sample(swapped)
    assert not (upper_bound(forth, ALPHA) < 0 and upper_bound(back, ALPHA) < 0)


@settings(deadline=None)
@given(differences)
def test_swapping_the_arms_turns_the_change_around_and_keeps_its_error(
    found: list[Difference],
) -> None:
    swapped = sample([Difference(value=-each.value, cluster=each.cluster) for each in found])
    mean, error = mean_and_error(sample(found), (-1.0, 1.0))
    assert mean_and_error(swapped, (-1.0, 1.0)) == pytest.approx((-mean, error), abs=1e-12)


@settings(deadline=None)
@given(
    st.lists(outcome_changes, min_size=3, max_size=60),
    st.floats(0, 1),
)
def test_lifting_every_case_alike_never_lowers_a_bound(values: list[float], lift: float) -> None:
    before, after = drawn(values), drawn([value + lift for value in values])
    assert mean_and_error(after, ())[0] >= mean_and_error(before, ())[0]
    assert lower_bound(after, ALPHA) >= lower_bound(before, ALPHA) - 1e-12


@settings(deadline=None)
@given(
    losses=st.integers(0, 30),
    wins=st.integers(0, 20),
    ties=st.integers(60, 400),
    improved=st.sampled_from(["loss to tie", "loss to win", "tie to win"]),
)
def test_with_one_trial_improving_a_case_never_lowers_a_bound(
    losses: int, wins: int, ties: int, improved: str
) -> None:
    # Exception: with fractional differences a single case that rises from, say, +0.5 to +1 adds
    # more spread than mean, and a lower bound may fall by a fraction of 1/N (see the next test).
    cases = losses + wins + ties
    lost, won = {"loss to tie": (-1, 0), "loss to win": (-1, 1), "tie to win": (0, 1)}[improved]
    before = flips(losses=losses, wins=wins, cases=cases)
    after = flips(losses=max(0, losses + lost), wins=wins + won, cases=cases)
    assert lower_bound(after, ALPHA) >= lower_bound(before, ALPHA)
    assert upper_bound(after, ALPHA) >= upper_bound(before, ALPHA)
    assert rare_loss_bound(after, ALPHA) <= rare_loss_bound(before, ALPHA)


def test_with_fractions_one_improving_case_may_lower_the_bound_a_little() -> None:
    before, after = drawn([0.5] + [0.0] * 99), drawn([1.0] + [0.0] * 99)
    loss = lower_bound(before, ALPHA) - lower_bound(after, ALPHA)
    assert 0 < loss < 1 / 100


@settings(deadline=None)
@given(differences, st.integers(0, 39))
def test_improving_a_case_never_worsens_the_guard(found: list[Difference], index: int) -> None:
    improved = [
        Difference(value=1.0 if place == index else each.value, cluster=each.cluster)
        for place, each in enumerate(found)
    ]
    assert rare_loss_bound(sample(improved), ALPHA) <= rare_loss_bound(sample(found), ALPHA)


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1.0, 1e300])
def test_only_how_cases_weigh_beside_each_other_counts(unit: float) -> None:
    values = [-1.0, 0.0, 0.5, 0.0, 0.0, 1.0]
    weighed = sample([Difference(value=value, weight=unit) for value in values])
    assert lower_bound(weighed, ALPHA) == pytest.approx(lower_bound(drawn(values), ALPHA))


def test_a_case_that_weighs_twice_counts_like_two_in_the_mean_but_as_less_in_number() -> None:
    heavy = sample([Difference(value=-1.0, weight=2.0), *(Difference(value=0.0) for _ in range(8))])
    assert heavy.mean == pytest.approx(-0.2)
    assert heavy.effective == pytest.approx(10**2 / 12)
    assert rare_loss_bound(heavy, ALPHA) > rare_loss_bound(flips(losses=1, wins=0, cases=9), ALPHA)


def test_the_guard_looks_at_what_further_trials_say_of_a_loss_and_the_mean_does_not() -> None:
    slip = sample(
        [Difference(value=-1.0, guarded=-0.25), *(Difference(value=0.0) for _ in range(99))]
    )
    assert slip.mean == pytest.approx(-0.01)
    assert rare_loss_bound(slip, ALPHA) == rare_loss_bound(drawn([0.0] * 100), ALPHA)


def test_a_case_of_weight_zero_does_not_count() -> None:
    told = [Difference(value=value) for value in (-1.0, 0.0, 0.5)]
    assert sample([*told, Difference(value=-1.0, weight=0.0)]) == sample(told)
