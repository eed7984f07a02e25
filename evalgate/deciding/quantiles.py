"""Quantiles and tails of the normal, Student and Beta distributions, to about 1e-9."""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

from evalgate.deciding.logarithms import log_beta

_PRECISION = 1e-15
_SETTLED = 1e-9  # of a step of Newton's method: what is left after it is about the square
_MOST_STEPS = 500
_TINY = 1e-300
_MOST_LOG_ODDS = 34.0  # beyond which a probability is rounded to 1


def normal_quantile(probability: float) -> float:
    """Return the value that a standard normal variable stays below with this probability."""
    return NormalDist().inv_cdf(probability)


def normal_tail(value: float) -> float:
    """Return the probability that a standard normal variable exceeds the value."""
    return 0.5 * math.erfc(value / math.sqrt(2))


@lru_cache(maxsize=4096)  # one comparison asks for the same few several times
def student_quantile(probability: float, degrees: float) -> float:
    """Return the value that Student's t stays below with this probability.

    Args:
        probability: strictly between 0 and 1.
        degrees: degrees of freedom, at least 1 for full precision, not necessarily whole.
    """
    if probability < 0.5:
        return -student_quantile(1 - probability, degrees)

    def cumulative(value: float) -> float:
        return 0.5 + 0.5 * incomplete_beta(value**2 / (degrees + value**2), 0.5, degrees / 2)

    def density(value: float) -> float:
        log_scale = log_beta(0.5, degrees / 2) + 0.5 * math.log(degrees)
        return math.exp(-(degrees + 1) / 2 * math.log1p(value**2 / degrees) - log_scale)

    high = 1.0
    while cumulative(high) < probability:
        high *= 2
    return solve(cumulative, density, probability, between=(0.0, high))


def student_tail(value: float, degrees: float) -> float:
    """Return the probability that Student's t exceeds the value.

    Small tails keep their relative precision.
    Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.1 and 26.5.27.

    Args:
        value: the statistic, finite.
        degrees: degrees of freedom, above 0, not necessarily whole.
    """
    if value < 0:
        return 1 - student_tail(-value, degrees)
    square = value**2
    if square < 1:
        return 0.5 - 0.5 * incomplete_beta(square / (degrees + square), 0.5, degrees / 2)
    return 0.5 * incomplete_beta(degrees / (degrees + square), degrees / 2, 0.5)


@lru_cache(maxsize=4096)
def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return the value that a Beta(a, b) variable stays below with this probability.

    Args:
        probability: strictly between 0 and 1.
        a: first shape, above 0.
        b: second shape, above 0.
    """

    def cumulative(value: float) -> float:
        return incomplete_beta(value, a, b)

    def density(value: float) -> float:
        log_power = (a - 1) * math.log(value) + (b - 1) * math.log1p(-value)
        return math.exp(log_power - log_beta(a, b))

    spread = math.sqrt(1 / a + 1 / b)
    log_odds = math.log(a) - math.log(b) + normal_quantile(probability) * spread
    start = 1 / (1 + math.exp(-max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, log_odds))))
    return solve(cumulative, density, probability, between=(0.0, 1.0), start=start)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    Source: DLMF 8.17.22 (continued fraction) and 8.17.4 (reflection, where it converges slowly).
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_below(1 - x, b, a)
    return _beta_below(x, a, b)


def _beta_below(x: float, a: float, b: float) -> float:
    """Return I_x(a, b) where the continued fraction converges fast: x up to (a + 1)/(a + b + 2)."""
    log_front = a * math.log(x) + b * math.log1p(-x) - log_beta(a, b)
    return math.exp(log_front) / (a * _beta_fraction(x, a, b))


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Evaluate 1 + d1/(1 + d2/(1 + …)) forwards, with the coefficients of DLMF 8.17.22.

    Source: the modified Lentz method, Thompson and Barnett, J. Comput. Phys. 64 (1986) 490.
    """
    fraction = upper = 1.0
    lower = 0.0
    for m in range(_MOST_STEPS // 2):  # two terms at once: most of the time of a look goes by here
        place = a + 2 * m
        odd = -(a + m) * (a + b + m) * x / (place * (place + 1))
        lower = 1 / (1 + odd * lower or _TINY)
        upper = 1 + odd / upper or _TINY
        fraction *= upper * lower
        even = (m + 1) * (b - m - 1) * x / ((place + 1) * (place + 2))
        lower = 1 / (1 + even * lower or _TINY)
        upper = 1 + even / upper or _TINY
        fraction *= upper * lower
        if abs(upper * lower - 1) < _PRECISION:
            break
    return fraction


def solve(
    cumulative: Callable[[float], float],
    density: Callable[[float], float],
    target: float,
    *,
    between: tuple[float, float],
    start: float | None = None,
) -> float:
    """Find where a rising function meets its target: Newton, with bisection as the fallback.

    Args:
        cumulative: the function, rising between the two ends.
        density: its slope; 0 where it is not known.
        target: the value to meet, between those at the ends.
        between: a place at or below the answer, and one at or above it.
        start: a place between the two from which to begin; None for the middle.
    """
    low, high = between
    value = (low + high) / 2 if start is None else start
    for _ in range(_MOST_STEPS):
        excess = cumulative(value) - target
        low, high = (low, value) if excess > 0 else (value, high)
        slope = density(value)
        newton = value - excess / slope if slope > 0 else low
        is_newton = low < newton < high
        following = newton if is_newton else (low + high) / 2
        apart, value = abs(following - value), following
        if apart <= (_SETTLED if is_newton else _PRECISION) * abs(value):
            break
    return value
