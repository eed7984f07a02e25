"""A cumulative sum of what scores lose: it notices small falls that last, which a window does not.

S rises by (baseline − score) / sd − slack with each score and never falls below 0; at the limit it
alarms (Page, Biometrika 41, 1954, 100). A fall of twice the slack is noticed soonest. The average
number of scores up to an alarm follows Siegmund (Sequential Analysis, 1985, 2.53), whose correction
of 1.166 for looks at whole scores is added to the limit. Losses with a long tail climb more often:
the exponent is then the root t of log E exp(t loss) = t slack, for passes and failures exactly,
else for a shifted gamma distribution. Neighbours that are alike make for larger swings: the limit
is scaled by (1 + r) / (1 − r). The baseline is a sample, so the chance of a false alarm is averaged
over where the true mean may lie; passes that fail more often than the baseline's vary more as well.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from evalgate.deciding.moving_window import SCORES, Spread, beliefs

CORRECTION = 1.166
"""Siegmund's, in standard deviations: how far a sum of whole scores overshoots its bounds."""

TUNED_FOR = 0.6
"""The share of `max_drop` that is to be noticed soonest: 3 points of 5."""

_SURE = 2.0
"""Standard errors of the baseline's mean that the slack is at least."""

_HIGHEST = 1e5
_BISECTIONS = 60
_TINY = 1e-6
_LARGEST = 600.0
"""The power of e from which on only infinity is told."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a cumulative sum takes off each score, and where it alarms; both in deviations."""

    mean: float
    sd: float
    slack: float
    limit: float

    def sums(self, scores: Iterable[float], *, start: float = 0.0) -> Iterator[float]:
        """Yield the sum after each score."""
        level, offset, sd = start, self.mean - self.slack * self.sd, self.sd
        for score in scores:
            level += (offset - score) / sd
            if level < 0:
                level = 0.0
            yield level


@lru_cache(maxsize=1024)
def tuned(of: Spread, drop: float, *, chance: float, scores: int = SCORES) -> Tuning:
    """Return the cumulative sum that notices a part of a drop soonest and is seldom wrong.

    Args:
        of: how the scores of the baseline vary.
        drop: what the window pages about, as a fraction.
        chance: of a false alarm within `scores`.
        scores: how many come.
    """
    sd = of.sd
    slack = max(TUNED_FOR / 2 * drop / sd, _SURE / math.sqrt(of.n))
    low, high = 0.0, 1.0
    while false_sum_chance(of, slack, high, scores=scores) > chance and high < _HIGHEST:
        low, high = high, 2 * high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        seldom = false_sum_chance(of, slack, middle, scores=scores) <= chance
        low, high = (low, middle) if seldom else (middle, high)
    return Tuning(mean=1 - of.lost, sd=sd, slack=slack, limit=high)


def false_sum_chance(of: Spread, slack: float, limit: float, *, scores: int = SCORES) -> float:
    """Return the chance that a sum alarms within so many scores although nothing has changed."""
    looks = scores * of.worth
    return math.fsum(
        weight * -math.expm1(-looks / _believed_run_length(of, lost, slack, limit))
        for lost, weight in beliefs(of)
    )


def delay(of: Spread, tuning: Tuning, fall: float) -> float:
    """Return after how many scores a fall is noticed on average, from a sum of 0 on."""
    return run_length(tuning.slack - fall / tuning.sd, tuning.limit * of.worth) / of.worth


def _believed_run_length(of: Spread, lost: float, slack: float, limit: float) -> float:
    """Return the average number of scores up to an alarm where the share that is lost is known.

    Slack and limit are in deviations of the baseline.
    """
    sd = max(_TINY, math.sqrt(lost * (1 - lost))) if of.is_binary else of.sd
    true, wider = replace(of, lost=lost, sd=sd), of.sd / sd
    left = slack * wider - (lost - of.lost) / sd
    return run_length(left, limit * wider * of.worth, exponent=_exponent(true, left))


def run_length(slack: float, limit: float, *, exponent: float | None = None) -> float:
    """Return the average number of scores up to an alarm.

    Args:
        slack: what a score takes off on average, in deviations; below 0 where the sum climbs.
        limit: where it alarms, in deviations.
        exponent: the root t of log E exp(t loss) = t slack; None for normal losses, 2 × slack.
    """
    height = limit + CORRECTION
    root = 2 * slack if exponent is None else exponent
    if abs(root * height) < _TINY:
        return height**2
    power = root * height
    if power > _LARGEST:
        return math.inf
    return (math.exp(power) - power - 1) / (root * slack)


@lru_cache(maxsize=8192)
def _exponent(of: Spread, slack: float) -> float:
    """Return how steeply the chance of a high sum falls, for losses with their own tail."""
    if slack <= 0 or (not of.is_binary and of.skew <= 0):
        return 2 * slack
    low, high = 0.0, 2 * slack
    if of.is_binary and _excess(of, high, slack) < 0:
        return high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _excess(of, middle, slack) < 0 else (low, middle)
    return high


def _excess(of: Spread, root: float, slack: float) -> float:
    """Return log E exp(root × loss) − root × slack of a loss with mean 0 and deviation 1."""
    if of.is_binary:
        rise = root / of.sd
        if rise > _LARGEST:
            return math.inf
        return math.log1p(of.lost * math.expm1(rise)) - rise * of.lost - root * slack
    shape = 2 / of.skew
    if root >= shape:
        return math.inf
    return -(shape**2) * math.log1p(-root / shape) - root * shape - root * slack
