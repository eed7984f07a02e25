"""Adjusts p-values for the number of questions asked, such as one for each slice."""

from collections.abc import Sequence
from itertools import accumulate


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return adjusted p-values that keep the chance of any false alarm, in the given order.

    Rejecting those at or below alpha claims too much with a probability of at most alpha, however
    the p-values depend on each other.
    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    scaled = [p_values[place] * (len(order) - rank) for rank, place in enumerate(order)]
    return _in_place(order, list(accumulate(scaled, max)))


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return adjusted p-values that keep the expected share of false alarms, in the given order.

    Among those at or below q, a share of at most q is expected to be false, if the p-values are
    independent or rise together.
    Source: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995) 289.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place], reverse=True)
    most = len(order)
    # The factor first: the largest p-value is multiplied by exactly 1.
    scaled = [p_values[place] * (most / (most - rank)) for rank, place in enumerate(order)]
    return _in_place(order, list(accumulate(scaled, min)))


def _in_place(order: Sequence[int], adjusted: Sequence[float]) -> tuple[float, ...]:
    by_place = dict(zip(order, adjusted, strict=True))
    return tuple(min(1.0, by_place[place]) for place in range(len(order)))
