"""Adjusts several p-values for their number, so that asking more questions does not find more."""

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return adjusted p-values: those up to alpha hold with a chance of alpha for any wrong one.

    The i-th smallest of n is multiplied by n − i + 1 and is at least the one before it.
    Source: Holm, Scand. J. Statist. 6 (1979) 65.

    Args:
        p_values: in any order; the adjusted ones are in the same order.
    """
    number = len(p_values)
    order = sorted(range(number), key=p_values.__getitem__)
    raised = (min(1.0, p_values[place] * (number - rank)) for rank, place in enumerate(order))
    return _back(order, list(accumulate(raised, max)))


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return adjusted p-values: of those up to q, a share of q is wrong on average.

    The i-th smallest of n is multiplied by n / i and is at most the one after it.
    Source: Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289.

    Args:
        p_values: in any order; the adjusted ones are in the same order.
    """
    number = len(p_values)
    order = sorted(range(number), key=p_values.__getitem__, reverse=True)
    raised = (
        min(1.0, p_values[place] * number / (number - rank)) for rank, place in enumerate(order)
    )
    return _back(order, list(accumulate(raised, min)))


def _back(order: Sequence[int], values: Sequence[float]) -> tuple[float, ...]:
    placed = dict(zip(order, values, strict=True))
    return tuple(placed[place] for place in range(len(order)))
