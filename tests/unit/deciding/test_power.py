"""Sizes before any trial: published and own values, statsmodels as the oracle, and the laws.

Ids say where a value is from: `recomputed` is a published value whose source was not read but which
was computed a second time, `ours` is a value of our own.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import (  # type: ignore[import-untyped]
    normal_sample_size_one_tail,
)

from evalgate.deciding.power import Spread, cases_needed, detectable_drop

VARIANCE = st.floats(0.001, 1)
RATE = st.floats(0.001, 0.2)


@pytest.mark.parametrize(
    ("drop", "between", "expected"),
    [
        pytest.param(0.03, 1 / 9, 969, id="recomputed: Miller, 3 points"),
        # Of two proportions that change sides, the sum less the square of the difference.
        pytest.param(0.05, 0.1 - 0.05**2, 307, id="ours: 7.5 % lost, 2.5 % won"),
        pytest.param(0.05, 0.15 - 0.05**2, 464, id="ours: 10 % lost, 5 % won"),
    ],
)
def test_the_cases_needed_are_the_reference_values(
    drop: float, between: float, expected: int
) -> None:
    spread = Spread(between=between, within=0.5, trials=math.inf)
    assert cases_needed(drop, spread, alpha=0.05, two_sided=True) == expected


@pytest.mark.parametrize(
    ("trials", "expected"),
    [
        pytest.param(1, 0.1327, id="recomputed: Miller, 1 trial"),
        pytest.param(10, 0.0757, id="recomputed: Miller, 10 trials"),
    ],
)
def test_detectable_drops_are_the_published_ones(trials: int, expected: float) -> None:
    # 198 cases; a variance of one sixth within either arm.
    spread = Spread(between=1 / 9, within=1 / 6 + 1 / 6, trials=trials)
    assert detectable_drop(198, spread, alpha=0.05, two_sided=True) == pytest.approx(
        expected, abs=5e-5
    )


@given(st.floats(0.005, 0.5), VARIANCE, RATE, st.floats(0.55, 0.99))
def test_the_cases_needed_agree_with_statsmodels(
    drop: float, variance: float, alpha: float, power: float
) -> None:
    spread = Spread(between=variance, within=0, trials=1)
    expected = normal_sample_size_one_tail(drop, power, alpha, std_null=math.sqrt(variance))
    found = cases_needed(drop, spread, alpha=alpha, power=power)
    assert found == max(1, math.ceil(expected * (1 - 1e-9)))


@given(st.integers(1, 100_000), VARIANCE, VARIANCE, RATE)
def test_as_many_cases_notice_the_drop_as_it_needs(
    cases: int, between: float, within: float, alpha: float
) -> None:
    spread = Spread(between=between, within=within, trials=3)
    drop = detectable_drop(cases, spread, alpha=alpha)
    assert cases_needed(drop, spread, alpha=alpha) == cases


@given(VARIANCE, VARIANCE)
def test_trials_shrink_the_variance_within_and_nothing_else(between: float, within: float) -> None:
    once, often, always = (
        Spread(between=between, within=within, trials=trials).variance
        for trials in (1, 4, math.inf)
    )
    assert once - between == pytest.approx(4 * (often - between))
    assert once == pytest.approx(between + within)
    assert always == between


def test_two_sides_share_the_error_rate() -> None:
    spread = Spread(between=0.1, within=0.1, trials=2)
    both = cases_needed(0.05, spread, alpha=0.05, power=0.9, two_sided=True)
    one = cases_needed(0.05, spread, alpha=0.025, power=0.9)
    assert both == one > cases_needed(0.05, spread, alpha=0.05, power=0.9)


def test_a_drop_is_to_be_noticed_four_times_in_five_unless_said_otherwise() -> None:
    spread = Spread(between=0.1, within=0.1, trials=2)
    assert detectable_drop(90, spread, alpha=0.05) == detectable_drop(
        90, spread, alpha=0.05, power=0.8
    )


def test_a_drop_needs_at_least_one_case() -> None:
    assert cases_needed(0.5, Spread(between=0, within=0, trials=1), alpha=0.05) == 1
