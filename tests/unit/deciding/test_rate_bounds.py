"""Facts about the bounds on one pass rate."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import comb, prod
from statistics import fmean

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from evalgate.deciding.bounds import Difference, Sample, sample
from evalgate.deciding.rate_bounds import arm_bounds, effective_units, rate_bounds
from evalgate.model.comparison import CaseKind, CasePair
from evalgate.model.trial import Arm

ALPHA = 0.05


def of(values: Sequence[float], clusters: Sequence[str | None] = ()) -> Sample:
    named = clusters or [None] * len(values)
    return sample(
        [Difference(value=value, cluster=name) for value, name in zip(values, named, strict=True)]
    )


def passed(number: int, units: int) -> Sample:
    return of([1.0] * number + [0.0] * (units - number))


@pytest.mark.parametrize(
    ("number", "units", "low", "high"),
    [
        # Intervals of 90 % for small counts as they stand in tables of Clopper and Pearson's limits.
        (10, 10, 0.7411, 1.0),
        (0, 10, 0.0, 0.2589),
        (1, 10, 0.0051, 0.3942),
        (5, 10, 0.2224, 0.7776),
        (19, 20, 0.7839, 0.9974),
    ],
)
def test_cases_that_pass_or_fail_have_the_exact_binomial_bounds(
    number: int, units: int, low: float, high: float
) -> None:
    assert rate_bounds(passed(number, units), ALPHA) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("units", [1, 2, 7, 40])
def test_they_are_those_of_scipy(units: int) -> None:
    for number in range(units + 1):
        exact = scipy.stats.binomtest(number, units).proportion_ci(1 - 2 * ALPHA, method="exact")
        found = rate_bounds(passed(number, units), ALPHA)
        assert found == pytest.approx((exact.low, exact.high), abs=1e-7)


def test_an_empty_sample_says_nothing() -> None:
    assert rate_bounds(sample([]), ALPHA) == (0.0, 1.0)


def test_a_cluster_counts_once_however_many_cases_it_has() -> None:
    clustered = of([1.0] * 100, [str(number // 5) for number in range(100)])
    assert rate_bounds(clustered, ALPHA) == pytest.approx(rate_bounds(passed(20, 20), ALPHA))


def test_clusters_of_unequal_size_count_for_fewer() -> None:
    # Kish: (16 + 4 × 1)² / (16² + 4 × 1²) units.
    uneven = of([1.0] * 20, ["large"] * 16 + list("abcd"))
    assert effective_units(uneven, ALPHA) == pytest.approx(20**2 / (16**2 + 4))


def test_cases_that_lie_close_together_tell_more_than_their_number() -> None:
    spread, close = passed(14, 20), of([0.7] * 20)
    assert effective_units(spread, ALPHA) == pytest.approx(20)
    assert effective_units(close, ALPHA) > 60
    low, high = rate_bounds(close, ALPHA)
    assert 0.6 < low < 0.7 < high < 0.8


def test_what_few_units_say_of_their_spread_is_worth_less() -> None:
    """Two units that agree must not look like many: the quantile of one degree is 6.3."""
    assert effective_units(of([0.7, 0.7]), ALPHA) == pytest.approx(2)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_rate_lies_between_bounds_that_are_apart(values: list[float]) -> None:
    low, high = rate_bounds(of(values), ALPHA)
    assert 0 <= low < high <= 1
    assert low - 1e-9 <= fmean(values) <= high + 1e-9


@example([3.2585077479858815e-16])
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_failures_are_passes_seen_from_the_other_side(values: list[float]) -> None:
    low, high = rate_bounds(of(values), ALPHA)
    mirrored = rate_bounds(of([1 - value for value in values]), ALPHA)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-6)


def outcomes(
    units: int, kinds: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, list[float]]]:
    """Yield each result of drawing units, up to their order, with its chance.

    Args:
        units: how many are drawn.
        kinds: the values that a unit can have, each with its chance.
    """
    for counts in product(range(units + 1), repeat=len(kinds) - 1):
        left = units - sum(counts)
        if left < 0:
            continue
        numbers = (*counts, left)
        ways = prod(comb(sum(numbers[at:]), number) for at, number in enumerate(numbers))
        chance = prod(chance**number for (_, chance), number in zip(kinds, numbers, strict=True))
        values = [
            value for (value, _), number in zip(kinds, numbers, strict=True) for _ in range(number)
        ]
        yield ways * chance, values


def three_trials(chance: float) -> list[tuple[float, float]]:
    """The mean outcomes of a case that passes so often, with their chances."""
    return [(k / 3, comb(3, k) * chance**k * (1 - chance) ** (3 - k)) for k in range(4)]


def mixed(*cases: tuple[float, float]) -> list[tuple[float, float]]:
    """The mean outcomes of three trials where cases of several kinds have their shares."""
    parts = [(share, three_trials(chance)) for share, chance in cases]
    return [(k / 3, sum(share * part[k][1] for share, part in parts)) for k in range(4)]


@pytest.mark.parametrize("units", [5, 12, 16])
@pytest.mark.parametrize(
    "kinds",
    [
        three_trials(0.5),
        three_trials(0.9),
        mixed((0.9, 0.98), (0.1, 0.0)),
        mixed((0.95, 1.0), (0.05, 0.0)),
        mixed((0.5, 0.95), (0.5, 0.5)),
        mixed((0.8, 1.0), (0.2, 0.2)),
    ],
    ids=["half", "nine", "broken", "rare", "flaky", "split"],
)
def test_either_bound_is_wrong_in_about_a_twentieth_of_all_sets_at_most(
    units: int, kinds: list[tuple[float, float]]
) -> None:
    """Counted over every set that can be drawn, not simulated."""
    rate = sum(value * chance for value, chance in kinds)
    above = below = total = 0.0
    for chance, values in outcomes(units, kinds):
        low, high = rate_bounds(of(values), ALPHA)
        above += chance * (low > rate)
        below += chance * (high < rate)
        total += chance
    assert total == pytest.approx(1)
    assert above <= 1.2 * ALPHA
    assert below <= 1.2 * ALPHA


def test_the_bounds_of_an_arm_are_those_of_its_cases_and_clusters() -> None:
    pairs = [
        CasePair(
            case=str(number),
            kind=CaseKind.SAME,
            baseline=(1.0, 1.0),
            candidate=(1.0, float(number % 2)),
            cluster=f"c{number // 2}",
        )
        for number in range(10)
    ]
    clusters = [pair.cluster for pair in pairs]
    assert arm_bounds(pairs, Arm.BASELINE, ALPHA) == rate_bounds(of([1.0] * 10, clusters), ALPHA)
    halves = [0.5, 1.0] * 5
    assert arm_bounds(pairs, Arm.CANDIDATE, ALPHA) == rate_bounds(of(halves, clusters), ALPHA)


def test_an_arm_without_an_outcome_has_no_bounds() -> None:
    pair = CasePair(case="a", kind=CaseKind.NEW, baseline=(), candidate=(1.0,))
    assert arm_bounds([pair], Arm.BASELINE, ALPHA) is None
