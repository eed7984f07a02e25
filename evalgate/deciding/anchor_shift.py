"""Whether a judge scores answers that never change otherwise than before.

Each anchor is compared with its own earlier scores, so that what anchors are about does not matter;
the mean of their differences is held against the spread of the differences (Student's t, paired).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.deciding.quantiles import student_quantile, student_tail

LEVEL = 0.0005
"""The chance of one look to call a judge moved that is as it was: 1.5 % in a month of looks."""

FEWEST = 5
"""Anchors without which nothing is said."""

LEAST_SD = 0.01
"""Of the differences: a judge that repeats itself to the letter is not known to the letter."""

_CONFIDENCE = 0.975


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a judge scores its anchors higher, on average, and the limits of that.

    `p_value` is the chance that an unchanged judge seems to have moved as far, either way.
    """

    mean: float
    low: float
    high: float
    n: int
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether the judge has moved."""
        return self.p_value < LEVEL


def shift_of(differences: Sequence[float]) -> Shift | None:
    """Return how far a judge moved; None where there are too few anchors.

    Args:
        differences: of each anchor, its score now less its score before.
    """
    n = len(differences)
    if n < FEWEST:
        return None
    mean = math.fsum(differences) / n
    squares = math.fsum((each - mean) ** 2 for each in differences)
    error = max(LEAST_SD, math.sqrt(squares / (n - 1))) / math.sqrt(n)
    reach = student_quantile(_CONFIDENCE, n - 1) * error
    return Shift(
        mean=mean,
        low=mean - reach,
        high=mean + reach,
        n=n,
        p_value=min(1.0, 2 * student_tail(abs(mean) / error, n - 1)),
    )
