"""How large a set must be: before any trial, from the limit and the error rate alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from evalgate.deciding.bounds import Difference, proves_limit, sample

MOST_UNITS = 1_000_000

LIMITS = (0.05, 0.1, 0.15, 0.25)
"""The limits that are proposed, the strictest first."""

FEWEST_TRIALS, MOST_TRIALS = 3, 8
"""How many trials per case are proposed: below, luck rules; above, cases are the better buy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A limit, as a fraction, and a number of trials per case that can reach a verdict."""

    max_drop: float
    trials: int


_USUAL = sample([Difference(value=value) for value in (-1.0, 1.0, *(0.0,) * 18)])
"""An ordinary harmless change: one unit in twenty comes out worse and one better."""


def fewest_units(max_drop: float, alpha: float) -> int | None:
    """Return the number of units that proves the limit when nothing changes at all.

    A unit is a case, a cluster of cases, or, for a verdict about exactly these cases, a trial. None
    when a million units would not do.

    Args:
        max_drop: the limit, as a fraction.
        alpha: one-sided error rate.
    """
    still = sample([Difference(value=0.0)])
    return _fewest(lambda units: proves_limit(still, max_drop, alpha, copies=units))


def usual_units(max_drop: float, alpha: float) -> int | None:
    """Return the number of units that proves the limit for an ordinary harmless change.

    In such a change one unit in twenty comes out worse and one in twenty better.

    Args:
        max_drop: the limit, as a fraction.
        alpha: one-sided error rate.
    """
    return _fewest(lambda units: proves_limit(_USUAL, max_drop, alpha, copies=units / _USUAL.units))


def suggested(cases: int, alpha: float) -> Setup:
    """Return the strictest of the usual limits that so many cases can be expected to prove.

    That is: about exactly these cases, for an ordinary harmless change, with few trials per case.

    Args:
        cases: how many the set has.
        alpha: one-sided error rate.
    """
    for max_drop in LIMITS:
        units = usual_units(max_drop, alpha)
        if units is not None and units <= cases * MOST_TRIALS:
            return Setup(max_drop=max_drop, trials=max(FEWEST_TRIALS, -(-units // cases)))
    return Setup(max_drop=LIMITS[-1], trials=MOST_TRIALS)


def _fewest(is_enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number that is enough, given that every larger one is too."""
    high = 2
    while not is_enough(high):
        if high >= MOST_UNITS:
            return None
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = math.floor((low + high) / 2)
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
