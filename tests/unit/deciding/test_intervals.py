"""The interval of one rate: published limits, statsmodels as the oracle, and what holds at the ends.

Ids say where a value is from: `published` was read in a public source, `recomputed` is a published
value whose source was not read but which was computed a second time, `ours` is a value of our own.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from evalgate.deciding.intervals import clopper_pearson

COUNTS = st.integers(1, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
CONFIDENCE = st.floats(0.5, 0.999)


@pytest.mark.parametrize(
    ("passed", "of", "low", "high"),
    [
        pytest.param(13, 16, 0.5435, 0.9595, id="published: contingencytables, 13/16"),
        pytest.param(0, 10, 0, 0.3085, id="published: contingencytables, 0/10"),
        pytest.param(10, 10, 0.6915, 1, id="published: contingencytables, 10/10"),
        pytest.param(81, 263, 0.2527, 0.3676, id="recomputed: Newcombe 1998, 81/263"),
        pytest.param(15, 148, 0.0578, 0.1617, id="recomputed: Newcombe 1998, 15/148"),
        pytest.param(0, 20, 0, 0.1684, id="recomputed: Newcombe 1998, 0/20"),
        pytest.param(1, 29, 0.0009, 0.1776, id="recomputed: Newcombe 1998, 1/29"),
    ],
)
def test_exact_limits_are_those_published(passed: int, of: int, low: float, high: float) -> None:
    assert clopper_pearson(passed, of) == pytest.approx((low, high), abs=5.1e-5)


def test_no_failure_in_thirty_allows_for_nearly_one_in_ten() -> None:
    # Ours: the exact form of the rule of three.
    high = clopper_pearson(0, 30, confidence=0.9)[1]
    assert high == pytest.approx(0.0950, abs=5e-5)
    assert high == pytest.approx(1 - 0.05 ** (1 / 30), abs=1e-12)


@given(COUNTS, CONFIDENCE)
def test_exact_limits_agree_with_statsmodels(counts: tuple[int, int], confidence: float) -> None:
    expected = proportion_confint(*counts, alpha=1 - confidence, method="beta")
    assert clopper_pearson(*counts, confidence=confidence) == pytest.approx(expected, abs=1e-8)


def test_at_the_ends_a_limit_is_the_end_itself() -> None:
    assert clopper_pearson(0, 7)[0] == 0.0
    assert clopper_pearson(7, 7)[1] == 1.0
    assert 0 < clopper_pearson(0, 7)[1] < 1
    assert 0 < clopper_pearson(7, 7)[0] < 1


@pytest.mark.parametrize("of", [0, -1])
def test_without_trials_nothing_is_known(of: int) -> None:
    assert clopper_pearson(0, of) == (0.0, 1.0)


def test_a_sum_of_scores_lies_between_its_neighbours() -> None:
    below, middle, above = (clopper_pearson(passed, 10) for passed in (3, 3.5, 4))
    assert below[0] < middle[0] < above[0]
    assert below[1] < middle[1] < above[1]


@given(COUNTS, CONFIDENCE)
def test_the_rate_lies_within_and_failures_mirror_passes(
    counts: tuple[int, int], confidence: float
) -> None:
    passed, of = counts
    low, high = clopper_pearson(passed, of, confidence=confidence)
    mirrored = clopper_pearson(of - passed, of, confidence=confidence)
    assert 0 <= low <= passed / of <= high <= 1
    assert (low == 0.0) is (passed == 0)
    assert (high == 1.0) is (passed == of)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)
