"""Quantiles and tails agree with scipy over the range that is used, and with published values.

Ids say where a value is from: `published` was read in a public source, `recomputed` is a published
value whose source was not read but which was computed a second time, `ours` is a value of our own.
"""

import math

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.quantiles import (
    beta_quantile,
    incomplete_beta,
    normal_quantile,
    normal_tail,
    solve,
    student_quantile,
    student_tail,
)

PROBABILITIES = (0.001, 0.025, 0.05, 0.3, 0.5, 0.8, 0.95, 0.975, 0.999, 0.9999)


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_normal_quantiles_agree_with_scipy(probability: float) -> None:
    expected = scipy.stats.norm.ppf(probability)
    assert normal_quantile(probability) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("degrees", [1, 1.5, 2, 3, 9, 57.5, 199, 4_999, 99_999])
@pytest.mark.parametrize("probability", PROBABILITIES)
def test_student_quantiles_agree_with_scipy(probability: float, degrees: float) -> None:
    expected = scipy.stats.t.ppf(probability, degrees)
    assert student_quantile(probability, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1),
        (1, 59),
        (1, 100_000),
        (4, 97),
        (14, 3),
        (0.5, 0.5),
        (2.5, 60),
        (900, 99_100),
        (60, 1),
    ],
)
@pytest.mark.parametrize("probability", PROBABILITIES)
def test_beta_quantiles_agree_with_scipy(probability: float, a: float, b: float) -> None:
    expected = scipy.stats.beta.ppf(probability, a, b)
    assert beta_quantile(probability, a, b) == pytest.approx(expected, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(1, 1e-3), (1e-3, 1), (1e-9, 1), (1, 1e-9), (5e-324, 3)])
@pytest.mark.parametrize("probability", [0.05, 0.5, 0.95])
def test_beta_quantiles_of_hardly_any_evidence_lie_at_an_end(
    probability: float, a: float, b: float
) -> None:
    expected = scipy.stats.beta.ppf(probability, a, b)
    assert beta_quantile(probability, a, b) == pytest.approx(expected, rel=1e-8, abs=1e-9)


def test_a_place_is_found_in_few_steps_from_nearby() -> None:
    asked: list[float] = []

    def cumulative(value: float) -> float:
        asked.append(value)
        return incomplete_beta(value, 12.5, 588.5)

    def density(value: float) -> float:
        return float(scipy.stats.beta.pdf(value, 12.5, 588.5))

    found = solve(cumulative, density, 0.95, between=(0.0, 1.0), start=0.03)
    assert found == pytest.approx(scipy.stats.beta.ppf(0.95, 12.5, 588.5), rel=1e-10)
    assert asked[0] == 0.03
    assert len(asked) <= 6


@pytest.mark.parametrize(("x", "expected"), [(-0.1, 0.0), (0.0, 0.0), (1.0, 1.0), (1.1, 1.0)])
def test_the_incomplete_beta_function_is_flat_outside_the_unit_interval(
    x: float, expected: float
) -> None:
    assert incomplete_beta(x, 2.0, 3.0) == expected


def test_the_incomplete_beta_function_has_a_value_where_rounding_favours_both_sides() -> None:
    """Here x is above its limit, and 1 − x above that of the reflection."""
    a, b, x = 0.0006429540039508039, 2.489791763877675, 0.2228387710479859
    assert x > (a + 1) / (a + b + 2)
    assert 1 - x > (b + 1) / (a + b + 2)
    assert incomplete_beta(x, a, b) == pytest.approx(scipy.stats.beta.cdf(x, a, b), abs=1e-12)


def test_the_incomplete_beta_function_meets_a_closed_form() -> None:
    # I_x(2, 3) is the chance of two or more successes in four draws.
    x = 0.3
    expected = 1 - (1 - x) ** 4 - 4 * x * (1 - x) ** 3
    assert incomplete_beta(x, 2, 3) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize(
    ("passes", "trials", "low", "high"),
    [
        (13, 16, 0.5435, 0.9595),
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_published_clopper_pearson_limits_follow_from_beta_quantiles(
    passes: int, trials: int, low: float, high: float
) -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857.
    lower = beta_quantile(0.025, passes, trials - passes + 1)
    upper = beta_quantile(0.975, passes + 1, trials - passes)
    assert (lower, upper) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("passes", "trials", "low", "high"),
    [
        pytest.param(13, 16, 0.5792, 0.9442, id="published: contingencytables, Jeffreys 13/16"),
    ],
)
def test_jeffreys_limits_follow_from_beta_quantiles(
    passes: int, trials: int, low: float, high: float
) -> None:
    shapes = (passes + 0.5, trials - passes + 0.5)
    limits = (beta_quantile(0.025, *shapes), beta_quantile(0.975, *shapes))
    assert limits == pytest.approx((low, high), abs=5e-5)


@given(st.floats(-30, 30))
def test_normal_tails_agree_with_scipy(value: float) -> None:
    assert normal_tail(value) == pytest.approx(scipy.stats.norm.sf(value), rel=1e-12)


@given(st.floats(-60, 60), st.floats(0.5, 100_000))
def test_student_tails_agree_with_scipy(value: float, degrees: float) -> None:
    assert student_tail(value, degrees) == pytest.approx(scipy.stats.t.sf(value, degrees), rel=1e-8)


@given(st.floats(0.001, 0.999), st.floats(1, 1000))
def test_the_student_tail_undoes_the_quantile(probability: float, degrees: float) -> None:
    value = student_quantile(1 - probability, degrees)
    assert student_tail(value, degrees) == pytest.approx(probability, rel=1e-9)


@pytest.mark.parametrize(
    ("statistic", "p_value", "precision"),
    [
        # McNemar's chi-square for 7 and 1, 6 and 16, 150 and 86, 12 and 2 changes of sides.
        pytest.param(4.5, 0.033895, 5e-7, id="ours: Bentur data"),
        pytest.param(3.125, 0.077100, 5e-7, id="ours: Bentur data, continuity corrected"),
        pytest.param(2.132**2, 0.033006, 5e-6, id="published: Cavo 2012, contingencytables"),
        pytest.param(81 / 22, 0.055009, 5e-7, id="published: Cavo 2012, continuity corrected"),
        pytest.param(16.818, 4.115e-5, 2e-8, id="published: Agresti 1990, continuity corrected"),
        pytest.param(17.356, 3.099e-5, 2e-8, id="published: Agresti 1990"),
        pytest.param(5.785714, 0.0162, 5e-5, id="published: StatsDirect, Armitage and Berry"),
    ],
)
def test_published_chi_square_p_values_are_two_normal_tails(
    statistic: float, p_value: float, precision: float
) -> None:
    assert 2 * normal_tail(math.sqrt(statistic)) == pytest.approx(p_value, abs=precision)


def test_the_paired_t_test_of_student_is_recomputed() -> None:
    # Student, Biometrika 6 (1908): hours of sleep gained by ten patients with one drug, then with
    # another; t, p and limits are recomputed published values.
    first = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
    second = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
    gains = [one - other for one, other in zip(first, second, strict=True)]
    mean = math.fsum(gains) / 10
    error = math.sqrt(math.fsum((gain - mean) ** 2 for gain in gains) / 9 / 10)
    reach = student_quantile(0.975, 9) * error
    assert mean / error == pytest.approx(-4.0621, abs=5e-5)
    assert 2 * student_tail(-mean / error, 9) == pytest.approx(0.002833, abs=5e-7)
    assert (mean - reach, mean + reach) == pytest.approx((-2.4599, -0.7001), abs=5e-5)


@pytest.mark.parametrize(
    ("degrees", "probability", "critical"),
    [
        pytest.param(1, 0.95, 6.314, id="recomputed: NIST handbook 1.3.6.7.2, t of 1 at .95"),
        pytest.param(1, 0.975, 12.706, id="recomputed: NIST handbook 1.3.6.7.2, t of 1 at .975"),
        pytest.param(1, 0.99, 31.821, id="recomputed: NIST handbook 1.3.6.7.2, t of 1 at .99"),
        pytest.param(10, 0.95, 1.812, id="recomputed: NIST handbook 1.3.6.7.2, t of 10 at .95"),
        pytest.param(10, 0.975, 2.228, id="recomputed: NIST handbook 1.3.6.7.2, t of 10 at .975"),
        pytest.param(10, 0.99, 2.764, id="recomputed: NIST handbook 1.3.6.7.2, t of 10 at .99"),
        pytest.param(30, 0.95, 1.697, id="recomputed: NIST handbook 1.3.6.7.2, t of 30 at .95"),
        pytest.param(30, 0.975, 2.042, id="recomputed: NIST handbook 1.3.6.7.2, t of 30 at .975"),
        pytest.param(100, 0.95, 1.660, id="recomputed: NIST handbook 1.3.6.7.2, t of 100 at .95"),
        pytest.param(100, 0.99, 2.364, id="recomputed: NIST handbook 1.3.6.7.2, t of 100 at .99"),
    ],
)
def test_critical_values_of_student_are_those_published(
    degrees: int, probability: float, critical: float
) -> None:
    assert student_quantile(probability, degrees) == pytest.approx(critical, abs=5.1e-4)


@given(st.floats(0.01, 0.99))
def test_a_place_is_found_without_a_slope(target: float) -> None:
    found = solve(lambda value: value**3, lambda _: 0.0, target, between=(0.0, 1.0))
    assert found == pytest.approx(target ** (1 / 3), rel=1e-14)


@pytest.mark.parametrize("value", [1e-7, 1e-5, 0.9999, 1.0, 1.0001])
@pytest.mark.parametrize("degrees", [0.5, 3, 52_429])
def test_student_tails_near_the_middle_keep_their_digits(value: float, degrees: float) -> None:
    apart = 0.5 - student_tail(value, degrees)
    assert apart == pytest.approx(0.5 - scipy.stats.t.sf(value, degrees), rel=1e-8, abs=1e-15)
