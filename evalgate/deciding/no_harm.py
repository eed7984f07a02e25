"""Evidence that one arm does not fail much more often, valid however often it is looked at.

A bet against "the canary fails more often by `max_rise` or more": of each block of units of one
time, the capital is multiplied by 1 + stake × (max_rise − rise). Under the claim its expectation
does not grow, so that it reaches 40 at most once in 40 times (Ville; Waudby-Smith and Ramdas,
arXiv 2010.09686, J. R. Stat. Soc. B 86, 2024, 1). The stake is set before a block is seen, by how
much outcomes varied so far, so that capital grows fastest when both arms are alike. Units that
did not fail count too: blocks without a failure multiply the capital by nearly 1 + max_rise each.
"""

import math
from collections.abc import Sequence

from evalgate.deciding.logarithms import log_ways, number_of

_MOST_OF_CAPITAL = 0.9


class NoHarm:
    """The evidence that no harm is done, as it grows with every block."""

    def __init__(self, max_rise: float) -> None:
        """Begin with no evidence.

        Args:
            max_rise: by how much more of the canary's units may fail, strictly between 0 and 1.
        """
        self._max_rise = max_rise
        self._log = 0.0
        # Two made-up units, of which one fails, until there are real ones.
        self._units, self._sum, self._squares = 2, 1.0, 1.0

    @property
    def evidence(self) -> float:
        """The e-value against "the rise is `max_rise` or more", from 0 up; 1 says nothing."""
        return number_of(self._log)

    def growth(self, canary: int, stable: int) -> float:
        """Return by how much the logarithm should grow with a block while both arms are alike.

        The units of the smaller arm are gone through, as if they failed or did not; those of the
        other one are taken for many.

        Args:
            canary: units of the block.
            stable: the same of the other arm.
        """
        few, many = sorted((canary, stable))
        rate, stake = self._sum / self._units, self._stake(canary, stable)
        spread = math.copysign(math.sqrt(self._one / (rate * (1 - rate))), stable - canary)
        grown = 0.0
        for hits in range(few + 1):
            misses = few - hits
            log = log_ways(few, hits) + hits * math.log(rate) + misses * math.log1p(-rate)
            kept = 1 + stake * (self._max_rise - spread * (hits / few - rate))
            grown += math.exp(log) * (math.log(kept) - self._one / many * (stake / kept) ** 2 / 2)
        return grown

    def add(self, canary: Sequence[float], stable: Sequence[float]) -> None:
        """Count a block; both arms have units in it.

        Args:
            canary: by how much each unit failed, in 0..1.
            stable: the same of the other arm.
        """
        rise = sum(canary) / len(canary) - sum(stable) / len(stable)
        stake = self._stake(len(canary), len(stable))
        self._log += math.log1p(stake * (self._max_rise - rise))
        for outcomes in (canary, stable):
            self._units += len(outcomes)
            self._sum += sum(outcomes)
            self._squares += sum(outcome * outcome for outcome in outcomes)

    def _stake(self, canary: int, stable: int) -> float:
        """Return the share of the capital to bet, of which a block can cost at most nine tenths."""
        variance = self._one * (1 / canary + 1 / stable)
        best = self._max_rise / (variance + self._max_rise**2)
        return min(best, _MOST_OF_CAPITAL / (1 - self._max_rise))

    @property
    def _one(self) -> float:
        """The variance of one outcome."""
        mean = self._sum / self._units
        return self._squares / self._units - mean * mean
