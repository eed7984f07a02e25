"""Limits that hold at all times at once, for charts that are looked at again and again.

They show what the evidence is about and decide nothing. Those of a rate are exact: the rates on
which a bet, with a prior on them, has not made 20 of 1 (Robbins, Annals of Mathematical Statistics
41, 1970, 1397). Those of a difference are asymptotic, by a normal mixture (Waudby-Smith, Arbour,
Sinha, Kennedy and Ramdas, Annals of Statistics 52, 2024, 2613).
"""

import math
from collections.abc import Callable

from evalgate.deciding.logarithms import log_beta

ALPHA = 0.05
_TIGHTEST_AT = 300.0
"""After how many units the limits are narrowest for what they promise."""

_MIXING = (-2 * math.log(ALPHA) + math.log(1 - 2 * math.log(ALPHA))) / _TIGHTEST_AT
_PRIOR = 0.5
"""Failures, and as many successes, that a rate is bet on with."""

_HALVINGS = 50


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
    """Return the limits of a failure rate, in 0..1; without units they are 0 and 1."""
    if not units:
        return 0.0, 1.0
    passed = max(0.0, units - failed)
    bet = log_beta(_PRIOR + failed, _PRIOR + passed) - log_beta(_PRIOR, _PRIOR)

    def holds(rate: float) -> bool:
        return bet - failed * math.log(rate) - passed * math.log1p(-rate) <= -math.log(ALPHA)

    rate = failed / units
    return (
        _edge(holds, outside=0.0, inside=rate) if failed else 0.0,
        _edge(holds, outside=1.0, inside=rate) if passed else 1.0,
    )


def _edge(holds: Callable[[float], bool], *, outside: float, inside: float) -> float:
    """Return where a rate begins to hold, on the side where it does not yet."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        if 0 < middle < 1 and holds(middle):
            inside = middle
        else:
            outside = middle
    return outside
