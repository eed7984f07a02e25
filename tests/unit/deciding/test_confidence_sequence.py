"""Limits that hold at all times at once: the formula another way, and how often they hold."""

import math
import random

import pytest
import scipy.integrate  # type: ignore[import-untyped]
import scipy.optimize  # type: ignore[import-untyped]
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.confidence_sequence import ALPHA, half_width, rate_limits


def mixture(deviation: float, units: float, spread: float) -> float:
    """Return the logarithm of what a bet on a drift, drawn from a normal prior, has made of 1."""
    best = deviation**2 / (2 * (units + spread**-2))

    def capital(drift: float) -> float:
        growth = drift * deviation - units * drift**2 / 2 - drift**2 / (2 * spread**2)
        return math.exp(growth - best) / (spread * math.sqrt(2 * math.pi))

    peak, reach = deviation / (units + spread**-2), 12 / math.sqrt(units + spread**-2)
    return best + math.log(scipy.integrate.quad(capital, peak - reach, peak + reach)[0])


def width_by_mixture(units: float, spread: float) -> float:
    """Return the deviation of a mean of so many outcomes with variance 1 at which 1 becomes 20."""
    reached = scipy.optimize.brentq(
        lambda deviation: mixture(deviation, units, spread) - math.log(1 / ALPHA),
        0.01,
        40 * math.sqrt(units),
    )
    return float(reached) / units


SPREAD = 1 / math.sqrt(3 * 12.60056)


@pytest.mark.parametrize("units", [1.0, 9.5, 100.0, 300.0, 5000.0])
def test_the_limits_are_where_a_bet_on_a_drift_makes_twenty_of_one(units: float) -> None:
    assert half_width(units, 1.0) == pytest.approx(width_by_mixture(units, SPREAD), rel=1e-5)


def test_the_width_is_that_of_the_confseq_package() -> None:
    # Its bound for a variance of 100, narrowest there, is 30.35209; ours is narrowest at 300.
    assert 300 * half_width(300, 1.0) == pytest.approx(30.35209 * math.sqrt(3), rel=1e-5)


def test_no_other_mixture_has_narrower_limits_after_three_hundred_units() -> None:
    narrowest = scipy.optimize.minimize_scalar(
        lambda spread: width_by_mixture(300, spread), bounds=(0.01, 2), method="bounded"
    )
    assert half_width(300, 1.0) == pytest.approx(narrowest.fun, rel=1e-4)


@given(st.floats(0.5, 1e6), st.floats(1e-4, 0.25))
def test_limits_grow_with_the_deviation_and_narrow_with_units(
    units: float, variance: float
) -> None:
    width = half_width(units, variance)
    assert half_width(units, 4 * variance) == pytest.approx(2 * width)
    assert 0 < half_width(2 * units, variance) < width


def test_always_valid_limits_are_wider_than_those_for_one_look() -> None:
    for units in (10, 300, 10_000):
        assert half_width(units, 0.25) > 1.96 * math.sqrt(0.25 / units)


# Of a rate


def test_without_units_a_rate_may_be_anything() -> None:
    assert rate_limits(0.0, 0) == (0.0, 1.0)


@given(st.integers(1, 100_000), st.floats(0, 1))
def test_a_rate_lies_within_its_limits(units: int, rate: float) -> None:
    failed = rate * units
    low, high = rate_limits(failed, units)
    assert 0 <= low <= failed / units <= high <= 1
    assert high - low > 0


@given(st.integers(1, 10_000), st.data())
def test_failures_and_successes_are_treated_alike(units: int, data: st.DataObject) -> None:
    failed = data.draw(st.integers(0, units))
    low, high = rate_limits(failed, units)
    assert rate_limits(units - failed, units) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_a_rate_of_none_or_of_all_is_not_certain() -> None:
    assert rate_limits(0, 20) == pytest.approx((0.0, 0.2240061))
    assert rate_limits(20, 20) == pytest.approx((0.7759939, 1.0))


@pytest.mark.parametrize(("failed", "units"), [(3.0, 40), (0.7, 9), (30.0, 300), (299.5, 300)])
def test_the_limits_of_a_rate_are_where_a_bet_makes_twenty_of_one(
    failed: float, units: int
) -> None:
    prior = scipy.stats.beta(0.5, 0.5)

    def capital(rate: float) -> float:
        def gain(other: float) -> float:
            log = failed * math.log(other / rate)
            log += (units - failed) * math.log((1 - other) / (1 - rate))
            return float(prior.pdf(other)) * math.exp(log)

        likely = failed / units
        points = [likely * 0.5, likely, (1 + likely) / 2]
        return float(scipy.integrate.quad(gain, 1e-12, 1 - 1e-12, points=points, limit=200)[0])

    low, high = rate_limits(failed, units)
    assert capital(low) == pytest.approx(20, rel=1e-4)
    assert capital(high) == pytest.approx(20, rel=1e-4)


def test_many_units_leave_little_doubt() -> None:
    low, high = rate_limits(100_000, 1_000_000)
    assert 0.098 < low < 0.1 < high < 0.102


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_the_limits_hold_a_rate_at_all_times_at_once(rate: float) -> None:
    rng = random.Random(f"held {rate}")  # noqa: S311 - repeatable draws, no secret
    runs, missed = 150, 0
    for _ in range(runs):
        failed, is_held = 0, True
        for units in range(1, 301):
            failed += rng.random() < rate
            if units % 20 == 0:
                low, high = rate_limits(failed, units)
                is_held = is_held and low <= rate <= high
        missed += not is_held
    assert missed <= runs * (0.05 + 2 * math.sqrt(0.05 * 0.95 / runs))
