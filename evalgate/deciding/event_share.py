"""Evidence that one arm fails more often than the other, valid however often it is looked at.

The units of both arms come in blocks of one time. Given how many units of a block failed, and as
long as both arms fail alike, every choice of so many among its units is as likely as any other, so
that each failure is the canary's with its share of the block. Under a ratio of the odds the number
is Fisher's noncentral hypergeometric one (J. R. Stat. Soc. 98, 1935, 39). The evidence is the
likelihood ratio, multiplied over blocks and averaged over five ratios: a nonnegative martingale
that reaches 20 at most once in 20 times (Ville), whatever the rates and however they move with
the time of day, since both arms move with it. With one unit in each arm, or few failures in many
units, it is the share of the canary among failures (Lindon and Malek, arXiv 2011.03567).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import add

from evalgate.deciding.logarithms import log_of_sum, log_ways, number_of

RATIOS = (1.2, 1.5, 2.0, 3.0, 5.0)
"""How many times as often a worse version is taken to fail."""

_LOG_RATIOS = tuple(map(math.log, RATIOS))
_STAKES = tuple((ratio - 1) / (ratio + 1) for ratio in RATIOS)
"""Of a pair in which one unit fails, θ / (1 + θ) is the canary's instead of 1/2."""


class EventShare:
    """The evidence of harm, as it grows with every block."""

    def __init__(self, *, is_graded: bool = False) -> None:
        """Begin with no evidence.

        Args:
            is_graded: whether outcomes lie between 0 and 1. Each is then taken for a chance of
                failing, and the evidence of a block is the mean over all pairs of a canary unit
                with a stable one.
        """
        self._logs = [0.0] * len(RATIOS)
        self._is_graded = is_graded
        self.evidence = 1.0
        """The e-value against "the canary fails no more often", from 0 up; 1 says nothing."""

    def add(self, canary: Sequence[float], stable: Sequence[float]) -> None:
        """Count a block; both arms have units in it.

        Args:
            canary: by how much each unit failed, in 0..1.
            stable: the same of the other arm.
        """
        failed = sum(canary), sum(stable)
        if not any(failed):
            return
        if self._is_graded:
            rise = failed[0] / len(canary) - failed[1] / len(stable)
            logs = tuple(math.log1p(stake * rise) for stake in _STAKES)
        else:
            hits = round(failed[0])
            logs = _log_likelihoods(len(canary), len(stable), hits, hits + round(failed[1]))
        self._logs = [*map(add, self._logs, logs)]
        self.evidence = number_of(log_of_sum(self._logs) - math.log(len(self._logs)))


@lru_cache(maxsize=4096)
def _log_likelihoods(canary: int, stable: int, hits: int, failed: int) -> tuple[float, ...]:
    """Return for each ratio how much likelier it makes so many hits among the failed units."""
    possible = range(max(0, failed - stable), min(canary, failed) + 1)
    ways = [log_ways(canary, each) + log_ways(stable, failed - each) for each in possible]
    even = log_of_sum(ways)
    found = []
    for ratio in _LOG_RATIOS:
        tilted = [way + each * ratio for way, each in zip(ways, possible, strict=True)]
        found.append(hits * ratio - (log_of_sum(tilted) - even))
    return tuple(found)
