"""Quantiles agree with scipy over the range that the bounds use."""

import pytest
import scipy.stats  # type: ignore[import-untyped]

from evalgate.deciding.quantiles import (
    beta_quantile,
    incomplete_beta,
    normal_quantile,
    student_quantile,
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


@pytest.mark.parametrize(("x", "expected"), [(-0.1, 0.0), (0.0, 0.0), (1.0, 1.0), (1.1, 1.0)])
def test_the_incomplete_beta_function_is_flat_outside_the_unit_interval(
    x: float, expected: float
) -> None:
    assert incomplete_beta(x, 2.0, 3.0) == expected


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
