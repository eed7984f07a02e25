"""Limits of a mean that hold at all times at once, for charts that are looked at again and again.

Asymptotic confidence sequences by a normal mixture (Waudby-Smith, Arbour, Sinha, Kennedy and
Ramdas, Annals of Statistics 52, 2024, 2613). They show what the evidence is about and decide
nothing.
"""

import math

ALPHA = 0.05
_TIGHTEST_AT = 300.0
"""After how many units the limits are narrowest for what they promise."""

_MIXING = (-2 * math.log(ALPHA) + math.log(1 - 2 * math.log(ALPHA))) / _TIGHTEST_AT


def half_width(units: float, variance: float) -> float:
    """Return how far the limits stand from a mean.

    Args:
        units: how many outcomes the mean is of; above 0.
        variance: of one outcome.
    """
    spread = units * _MIXING + 1
    return math.sqrt(
        2 * variance * spread / (units * units * _MIXING) * math.log(math.sqrt(spread) / ALPHA)
    )


def rate_limits(failed: float, units: int) -> tuple[float, float]:
    """Return the limits of a failure rate, in 0..1; without units they are 0 and 1.

    The variance is that of a rate with two more units, one of which fails, so that it is never 0.
    """
    if not units:
        return 0.0, 1.0
    careful = (failed + 1) / (units + 2)
    rate, width = failed / units, half_width(units, careful * (1 - careful))
    return max(0.0, rate - width), min(1.0, rate + width)
