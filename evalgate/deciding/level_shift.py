"""Where the level of a series moved, and which part of the answers moved with it.

Of all places the one is taken at which two levels fit best: by least squares, which is the maximum
of likelihood for scores of one deviation (Hinkley, Biometrika 57, 1970, 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

FEWEST = 5
"""Scores that each of the two levels has at least."""


@dataclass(frozen=True, slots=True)
class Level:
    """The number of some scores, and their mean."""

    n: int
    mean: float


def change_point(scores: Sequence[float], *, least: int = 0) -> int:
    """Return the index of the first score of the lower level; `least` when the scores are too few.

    Args:
        scores: in the order of time.
        least: the first index where the level may have moved; what is before shows how it was.
    """
    total = len(scores)
    sums = list(accumulate(scores, initial=0.0))
    best, place = 0.0, least
    for first in range(max(FEWEST, least), total - FEWEST + 1):
        fall = sums[first] / first - (sums[total] - sums[first]) / (total - first)
        gain = fall * fall * first * (total - first) if fall > 0 else 0.0
        if gain > best:
            best, place = gain, first
    return place


def gain_of(before: Level, after: Level, sd: float) -> float:
    """Return how much likelier a fall between two levels is than none, as a logarithm.

    It is 0 where the level did not fall.
    """
    fall = before.mean - after.mean
    if fall <= 0 or not before.n or not after.n:
        return 0.0
    return fall * fall / (2 * sd * sd * (1 / before.n + 1 / after.n))
