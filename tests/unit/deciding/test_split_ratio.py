"""Whether units fell on two arms as configured: known values, scipy, and how often it errs."""

import math
import random

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.split_ratio import SKEWED, split_p_value

SHARES = st.floats(0.01, 0.99)
UNITS = st.integers(0, 3000)


@pytest.mark.parametrize(
    ("canary", "stable", "share", "expected"),
    [
        (5300, 4700, 0.5, 1.811e-07),
        (4700, 5300, 0.5, 1.811e-07),
        (160, 1840, 0.05, 1.079e-06),
        (520, 480, 0.5, 1.0),
        (95, 1905, 0.05, 1.0),
    ],
)
def test_the_values_are_those_of_savvi(
    canary: int, stable: int, share: float, expected: float
) -> None:
    assert split_p_value(canary, stable, share=share) == pytest.approx(expected, rel=1e-3)


@given(UNITS, UNITS, SHARES)
def test_it_is_one_over_the_bayes_factor_of_scipy(canary: int, stable: int, share: float) -> None:
    units = canary + stable
    configured = scipy.stats.binom.logpmf(canary, units, share)
    other = scipy.stats.betabinom.logpmf(canary, units, 100 * share, 100 * (1 - share))
    found = math.log(split_p_value(canary, stable, share=share))
    assert found == pytest.approx(max(-690.0, min(0.0, configured - other)), rel=1e-6, abs=1e-5)


@given(UNITS, UNITS, SHARES)
def test_both_arms_are_treated_alike(canary: int, stable: int, share: float) -> None:
    found = split_p_value(canary, stable, share=share)
    assert split_p_value(stable, canary, share=1 - share) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 0.999])
def test_without_units_no_split_is_wrong(share: float) -> None:
    assert split_p_value(0, 0, share=share) == 1.0


def test_an_arm_without_units_is_soon_wrong() -> None:
    assert split_p_value(0, 100, share=0.05) > SKEWED
    assert split_p_value(0, 1000, share=0.05) < SKEWED
    assert split_p_value(30, 0, share=0.05) < SKEWED


def test_a_million_units_are_no_trouble() -> None:
    assert split_p_value(50_000, 950_000, share=0.05) == 1.0
    assert 0 < split_p_value(500_000, 500_000, share=0.05) < 1e-200


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_split_as_configured_is_seldom_called_wrong_however_often_one_looks(
    share: float,
) -> None:
    rng = random.Random(f"as configured {share}")  # noqa: S311 - repeatable draws, no secret
    runs, alarms = 150, 0
    for _ in range(runs):
        canary, lowest = 0, 1.0
        for units in range(1, 501):
            canary += rng.random() < share
            lowest = min(lowest, split_p_value(canary, units - canary, share=share))
        alarms += lowest < 0.05
    assert alarms <= runs * (0.05 + 2 * math.sqrt(0.05 * 0.95 / runs))


def test_half_of_what_was_configured_is_found() -> None:
    rng = random.Random("half")  # noqa: S311 - repeatable draws, no secret
    for _ in range(20):
        canary = sum(rng.random() < 0.025 for _ in range(4000))
        assert split_p_value(canary, 4000 - canary, share=0.05) < SKEWED
