"""Decides whether fewer answers pass the smell test than did before, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot, sqrt

from evalgate.deciding.quantiles import normal_quantile
from evalgate.model.smell_baseline import PassCount

ALPHA = 0.05
"""Error rate of either limit of a drop alone."""

ROOM = 2.0
"""What a drop must be shown to stay below for the rate to hold, in limits."""

_ROUNDING = 1e-9


class Course(StrEnum):
    """What became of a pass rate; `unclear` asks for more answers."""

    HOLDS = "holds"
    FELL = "fell"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """By how much a pass rate fell, 0..1, with one-sided limits; below 0 it rose."""

    estimate: float
    low: float
    high: float
    limit: float

    @property
    def course(self) -> Course:
        """What is to be concluded.

        The rate fell when the drop reaches the limit and is none of chance: its lower limit is
        above 0. It holds when the drop stays within the limit and is shown to stay below twice as
        much. Everything else is unclear.
        """
        if self.estimate >= self.limit - _ROUNDING:
            return Course.FELL if self.low > 0 else Course.UNCLEAR
        return Course.HOLDS if self.high < ROOM * self.limit else Course.UNCLEAR


def drop_of(before: PassCount, now: PassCount, *, limit: float, alpha: float = ALPHA) -> Drop:
    """Return by how much the pass rate fell.

    The limits are those of Newcombe's hybrid of score intervals (Statistics in Medicine 17, 1998,
    873, method 10), which hold for few answers and for rates near 1.

    Args:
        before: the baseline's; at least one answer.
        now: at least one answer.
        limit: the drop that is too much, 0..1.
        alpha: error rate of either limit.
    """
    first_low, first_high = _score_limits(before, alpha)
    last_low, last_high = _score_limits(now, alpha)
    estimate = before.rate - now.rate
    return Drop(
        estimate=estimate,
        low=estimate - hypot(before.rate - first_low, last_high - now.rate),
        high=estimate + hypot(first_high - before.rate, now.rate - last_low),
        limit=limit,
    )


def _score_limits(count: PassCount, alpha: float) -> tuple[float, float]:
    """Return Wilson's limits of a rate, either at 1 − alpha."""
    z = normal_quantile(1 - alpha)
    rate, number = count.rate, count.of
    middle = rate + z * z / (2 * number)
    spread = z * sqrt(rate * (1 - rate) / number + (z / (2 * number)) ** 2)
    scale = 1 + z * z / number
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
