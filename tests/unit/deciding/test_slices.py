"""Slices: the pass rates of the cases that share a tag, and whether they got worse."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.bounds import Difference, Sample, drop_p_value, sample
from evalgate.deciding.bounds import lower_bound as lower
from evalgate.deciding.bounds import upper_bound as upper
from evalgate.deciding.slices import UntestedSlice, fewest_to_fail, slices, untested
from evalgate.deciding.suite import suite_sample
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.verdict import Slice, SliceFlag

RULES = GateRules()
BEYOND = FailWhen.BEYOND_LIMIT


def pair(
    *tags: str,
    before: tuple[float, ...] = (1.0,),
    after: tuple[float, ...] = (1.0,),
    kind: CaseKind = CaseKind.SAME,
) -> CasePair:
    return CasePair(case="a", kind=kind, baseline=before, candidate=after, tags=tags)


def pairs(tag: str, number: int, *, lost: int = 0) -> list[CasePair]:
    """Build a slice of which some cases are lost."""
    return [pair(tag, after=(float(place >= lost),)) for place in range(number)]


def by_case(compared: tuple[CasePair, ...]) -> Sample:
    return sample([Difference(value=each.difference or 0.0) for each in compared])


def protecting(*tags: str) -> GateRules:
    return GateRules(protected_slices=tags)


def found(of: list[CasePair], rules: GateRules = RULES) -> dict[str, Slice]:
    return {each.tag: each for each in slices(of, rules, draw=by_case)}


def numbers(of: list[CasePair]) -> tuple[Slice, ...]:
    """Return the slices without a test of them."""
    return slices(of, RULES, draw=None)


def test_a_slice_compares_the_cases_of_its_tag() -> None:
    told = numbers([pair("refund", after=(0.0,)), pair("refund"), pair("tone")])
    assert told[0] == Slice(tag="refund", cases=2, baseline=1.0, candidate=0.5, delta=-0.5)
    assert told[1] == Slice(tag="tone", cases=1, baseline=1.0, candidate=1.0, delta=0.0)


def test_slices_are_sorted_by_tag() -> None:
    assert [each.tag for each in numbers([pair("b", "a"), pair("c"), pair("a")])] == ["a", "b", "c"]


def test_a_case_with_a_repeated_tag_counts_once() -> None:
    assert numbers([pair("a", "a")])[0].cases == 1


def test_new_and_edited_cases_stay_out_of_a_slice_that_can_be_compared() -> None:
    new = pair("a", before=(), after=(0.0,), kind=CaseKind.NEW)
    edited = pair("a", after=(0.0,), kind=CaseKind.EDITED)
    assert numbers([pair("a"), new, edited]) == (
        Slice(tag="a", cases=1, baseline=1.0, candidate=1.0, delta=0.0),
    )


def test_a_slice_that_cannot_be_compared_has_the_candidate_alone_and_no_p_value() -> None:
    new = pair("a", before=(), after=(0.0, 1.0), kind=CaseKind.NEW)
    alone = Slice(tag="a", cases=1, baseline=None, candidate=0.5, delta=None)
    assert numbers([new]) == (alone,)
    assert found([new, *pairs("b", 9, lost=9)])["a"] == alone


def test_a_tag_without_graded_cases_has_no_slice() -> None:
    assert numbers([pair("a", before=(), after=())]) == ()


# The test of one slice


def test_the_bounds_of_a_slice_are_those_of_its_own_cases() -> None:
    rules = GateRules(alpha=0.1)
    part = found([*pairs("a", 40, lost=8), *pairs("b", 90)], rules)["a"]
    alone = by_case(tuple(pairs("a", 40, lost=8)))
    assert (part.low, part.high) == (lower(alone, 0.1), upper(alone, 0.1))
    assert (part.low, part.high) != (lower(alone, 0.05), upper(alone, 0.05))


def test_a_slice_that_is_not_compared_has_no_bounds() -> None:
    (part,) = numbers(pairs("a", 9))
    assert (part.low, part.high) == (None, None)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30),
    st.sampled_from([0.001, 0.01, 0.05, 0.1, 0.2]),
    st.sampled_from([by_case, suite_sample]),
)
def test_a_slice_is_confirmed_to_be_worse_just_when_its_upper_bound_says_so(
    outcomes: list[tuple[int, int]], alpha: float, draw: Callable[[tuple[CasePair, ...]], Sample]
) -> None:
    cases = [pair("a", before=_three(before), after=_three(after)) for before, after in outcomes]
    (part,) = slices(cases, GateRules(alpha=alpha), draw=draw)
    assert part.low is not None
    assert part.high is not None
    assert part.delta is not None
    assert part.p_value is not None
    assert -1 <= part.low <= part.delta + 1e-9
    assert part.delta - 1e-9 <= part.high <= 1
    if abs(part.p_value - alpha) > 1e-9:
        assert (part.p_value < alpha) is (part.high < 0)


def _three(passed: int) -> tuple[float, ...]:
    return tuple(float(number < passed) for number in range(3))


def test_the_p_value_is_the_smallest_alpha_at_which_the_drop_is_confirmed() -> None:
    of = by_case(tuple(pairs("a", 30, lost=4)))
    p_value = drop_p_value(of)
    assert upper(of, p_value * 1.001) < 0 < upper(of, p_value * 0.999)
    beyond = drop_p_value(of, beyond=0.05)
    assert upper(of, beyond * 1.001) < -0.05 < upper(of, beyond * 0.999)


DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 1 / 3, 1.0]), min_size=2, max_size=40)


@given(DIFFERENCES, st.sampled_from([0.01, 0.05, 0.2]), st.sampled_from([0.0, 0.05]))
def test_p_value_and_bound_agree_on_every_sample(
    values: list[float], alpha: float, beyond: float
) -> None:
    of = sample([Difference(value=value) for value in values])
    p_value = drop_p_value(of, beyond=beyond)
    assert 0 <= p_value <= 1
    if abs(p_value - alpha) > 1e-9:
        assert (p_value < alpha) is (upper(of, alpha) < -beyond)


def test_a_single_unit_says_nothing() -> None:
    assert drop_p_value(by_case((pair(after=(0.0,)),))) == 1.0


def test_an_unchanged_slice_is_as_likely_better_as_worse() -> None:
    assert found(pairs("a", 40))["a"].p_value == pytest.approx(0.5)


def test_edited_cases_stay_out_of_the_test() -> None:
    edited = pair("a", after=(0.0,), kind=CaseKind.EDITED)
    assert found([*pairs("a", 40), *[edited] * 9])["a"].p_value == pytest.approx(0.5)


def test_clusters_count_once() -> None:
    alone = [replace(each, cluster=None) for each in pairs("a", 30, lost=6)]
    together = [replace(each, cluster=f"c{place // 6}") for place, each in enumerate(alone)]

    def clustered(compared: tuple[CasePair, ...]) -> Sample:
        return sample(
            [Difference(value=each.difference or 0.0, cluster=each.cluster) for each in compared]
        )

    (one,) = slices(alone, RULES, draw=clustered)
    (other,) = slices(together, RULES, draw=clustered)
    assert (one.p_value or 1) < 0.01 < (other.p_value or 0)


def test_a_suite_takes_trials_as_units() -> None:
    three = [pair("a", before=(1.0,) * 3, after=(0.0,) * 3)]
    (alone,) = slices(three, protecting("a"), draw=suite_sample)
    assert alone.p_value == drop_p_value(sample([Difference(value=-1.0)] * 3))


# What follows from the test


def test_a_protected_slice_that_got_worse_is_flagged() -> None:
    told = found([*pairs("a", 30, lost=8), *pairs("b", 30)], protecting("a", "b"))
    assert told["a"].flag is SliceFlag.WORSE
    assert told["a"].adjusted == pytest.approx(2 * (told["a"].p_value or 0))
    assert told["b"].flag is None
    assert told["b"].adjusted == pytest.approx(0.5)


def test_the_same_drop_in_a_slice_that_is_not_protected_is_only_suspect() -> None:
    told = found([*pairs("a", 30, lost=8), *pairs("b", 30)], protecting("b"))
    assert (told["a"].flag, told["a"].protected) == (SliceFlag.SUSPECT, False)


def test_many_protected_slices_ask_for_more_evidence_each() -> None:
    few, many = [*pairs("a", 20, lost=4)], [f"b{number}" for number in range(9)]
    others = [each for tag in many for each in pairs(tag, 20)]
    assert found(few, protecting("a"))["a"].flag is SliceFlag.WORSE
    told = found([*few, *others], protecting("a", *many))["a"]
    assert (told.adjusted or 0) > RULES.alpha > (told.p_value or 1)
    assert told.flag is None


def test_a_slice_that_others_make_unremarkable_is_not_suspect() -> None:
    others = [each for number in range(9) for each in pairs(f"b{number}", 20)]
    told = found([*pairs("a", 20, lost=4), *others])["a"]
    assert told.flag is None
    assert told.adjusted == pytest.approx(min(0.5, 10 * (told.p_value or 0)))


def test_a_small_drop_that_is_shown_to_stay_within_the_limit_does_not_fail() -> None:
    told = found(pairs("a", 2000, lost=20), protecting("a"))["a"]
    assert (told.adjusted or 1) < RULES.alpha
    assert told.flag is SliceFlag.SUSPECT


def test_beyond_limit_asks_for_a_drop_larger_than_the_limit() -> None:
    lost = pairs("a", 60, lost=7)
    rules = protecting("a")
    assert found(lost, rules)["a"].flag is SliceFlag.WORSE
    assert found(lost, replace(rules, fail_when=BEYOND))["a"].flag is SliceFlag.SUSPECT
    worse = pairs("a", 60, lost=15)
    assert found(worse, replace(rules, fail_when=BEYOND))["a"].flag is SliceFlag.WORSE


CASES = st.lists(
    st.builds(
        lambda tags, after: pair(*tags, after=(after,)),
        st.lists(st.sampled_from("abc"), max_size=3),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=25,
)


@given(CASES, st.permutations("abc"), st.randoms(use_true_random=False))
def test_neither_the_order_of_cases_nor_that_of_the_policy_matters(
    of: list[CasePair], tags: list[str], random: Random
) -> None:
    shuffled = list(of)
    random.shuffle(shuffled)
    one, other = found(of, protecting("a", "b", "c")), found(shuffled, protecting(*tags))
    assert one.keys() == other.keys()
    for tag, each in one.items():
        assert each.flag is other[tag].flag
        assert each.adjusted == pytest.approx(other[tag].adjusted)


# Slices that could not have failed


def comparing(of: list[CasePair], waived: Sequence[CasePair] = ()) -> Comparison:
    return Comparison(
        pairs=tuple(of),
        deleted=(),
        ledger={},
        planned_pairs=len(of),
        lost_pairs=0,
        error_kinds={},
        waived=tuple(waived),
    )


@pytest.mark.parametrize(
    ("left", "waived", "told"),
    [(3, 5, [True]), (0, 8, [True]), (4, 4, []), (2, 1, [False]), (0, 3, [])],
)
def test_waivers_switch_off_a_slice_that_could_have_failed_without_them(
    left: int, waived: int, told: list[bool]
) -> None:
    found = untested(comparing(pairs("a", left), pairs("a", waived)), protecting("a"), draw=by_case)
    assert [each.by_waivers for each in found] == told


def test_ungraded_trials_do_not_hide_that_waivers_switch_a_slice_off() -> None:
    ungraded = [pair("a", before=(), after=())] * 5
    (told,) = untested(comparing(pairs("a", 3), ungraded), protecting("a"), draw=by_case)
    assert (told.by_waivers, told.unedited, told.waived) == (True, 8, 5)


def test_a_slice_of_few_clusters_could_not_have_failed_without_waivers_either() -> None:
    def by_pair_of_clusters(compared: tuple[CasePair, ...]) -> Sample:
        clusters = [f"c{index % 2}" for index, _ in enumerate(compared)]
        return sample([Difference(value=0.0, cluster=cluster) for cluster in clusters])

    of = comparing(pairs("a", 3), pairs("a", 5))
    (told,) = untested(of, protecting("a"), draw=by_pair_of_clusters)
    assert not told.by_waivers


def test_four_losses_of_four_are_the_fewest_that_can_fail() -> None:
    assert fewest_to_fail(RULES) == 4
    assert found(pairs("a", 4, lost=4), protecting("a"))["a"].flag is SliceFlag.WORSE
    assert found(pairs("a", 3, lost=3), protecting("a"))["a"].flag is not SliceFlag.WORSE
    assert fewest_to_fail(replace(RULES, alpha=0.001)) > 4
    assert fewest_to_fail(GateRules(max_drop=0.5, fail_when=BEYOND)) > 4


@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.2])
@pytest.mark.parametrize("max_drop", [0.05, 0.5, 0.9])
def test_from_the_fewest_on_a_lost_slice_fails_and_before_it_does_not(
    max_drop: float, alpha: float
) -> None:
    rules = GateRules(max_drop=max_drop, alpha=alpha, fail_when=BEYOND)
    fewest = fewest_to_fail(rules)
    chances = [
        drop_p_value(sample([Difference(value=-1.0)] * units), beyond=max_drop)
        for units in (fewest - 1, fewest)
    ]
    assert chances[0] > alpha >= chances[1]


def test_a_limit_that_no_slice_can_be_seen_to_pass_is_no_endless_search() -> None:
    rules = GateRules(max_drop=0.999999, alpha=1e-9, fail_when=BEYOND)
    assert fewest_to_fail(rules) == 1_000_000


@pytest.mark.parametrize("number", [2, 3, 5])
def test_losses_that_reach_alpha_exactly_can_fail(number: int) -> None:
    reached = drop_p_value(by_case(tuple(pairs("a", number, lost=number))), beyond=0.0)
    assert fewest_to_fail(replace(RULES, alpha=reached)) == number


def test_a_protected_slice_that_is_too_small_is_told() -> None:
    of = [*pairs("a", 3), *pairs("b", 9)]
    assert untested(comparing(of), protecting("a", "b", "elsewhere"), draw=by_case) == (
        UntestedSlice(tag="a", carriers=3, compared=3, lost=0, expected=False, unedited=3),
    )


@pytest.mark.parametrize(
    ("graded", "lost", "expected"),
    [(3, 1, True), (3, 6, True), (0, 2, True), (2, 1, False), (4, 9, None)],
)
def test_a_protected_slice_that_lost_its_comparison_was_expected_to_have_one(
    graded: int, lost: int, expected: bool | None
) -> None:
    of = [*pairs("a", graded), *[pair("a", before=(), after=())] * lost]
    told = untested(comparing(of), protecting("a"), draw=by_case)
    assert [each.expected for each in told] == ([] if expected is None else [expected])


def test_new_and_edited_cases_cannot_be_lost() -> None:
    kinds = [CaseKind.NEW, CaseKind.EDITED] * 4
    of = [pair("a", before=(), kind=kind) for kind in kinds]
    (told,) = untested(comparing(of), protecting("a"), draw=by_case)
    assert (told.carriers, told.compared, told.lost, told.expected) == (8, 0, 0, False)
