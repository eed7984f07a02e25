"""How the trials of a change that does no harm come out: a model from before any trial.

Pass rates differ from case to case as a beta distribution does, so that trials of one case are
correlated, and an edit that does no harm draws the pass rate of a tenth of the cases anew. Without
a record, the numbers are those of an ordinary prompt.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.deciding.logarithms import log_beta
from evalgate.deciding.suite import variance_within

ORDINARY_RATE, ORDINARY_CORRELATION = 0.9, 0.5
"""The pass rate of a case, and the correlation between its trials, where nothing is known."""

REDRAWN = 0.1
"""The share of the cases whose pass rate an edit that does no harm draws anew."""

_LEAST, _MOST = 0.01, 0.99
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Outright:
    """Outright losses less wins of one case: mean, variance, and covariance with its change."""

    mean: float
    variance: float
    covariance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmlessEdit:
    """The pass rate of cases, the correlation between trials of a case, and the share re-drawn."""

    rate: float = ORDINARY_RATE
    correlation: float = ORDINARY_CORRELATION
    redrawn: float = REDRAWN

    @property
    def within(self) -> float:
        """The variance of one trial around the pass rate of its case."""
        return self.rate * (1 - self.rate) * (1 - self.correlation)

    @property
    def between(self) -> float:
        """The variance of the true change from case to case."""
        return 2 * self.redrawn * self.rate * (1 - self.rate) * self.correlation

    def within_steady(self, recorded: int) -> float:
        """Return the part of `within` that falls on cases with equal outcomes so far.

        Args:
            recorded: the number of outcomes of each case.
        """
        kept = self._chance(recorded + 1, 1) + self._chance(1, recorded + 1)
        redrawn = self.redrawn * (1 - self.mixed(recorded)) * self.within
        return min(self.within, (1 - self.redrawn) * kept + redrawn)

    def mixed(self, recorded: int) -> float:
        """Return the share of cases whose outcomes differ.

        Args:
            recorded: the number of outcomes of each case.
        """
        return 1 - self._chance(recorded, 0) - self._chance(0, recorded)

    def noise_squares(self, trials: int) -> float:
        """Return the mean square of a case's variance of outcomes, for at least two trials."""
        return (
            math.fsum(
                self._passing(passed, trials) * (passed * (trials - passed)) ** 2
                for passed in range(trials + 1)
            )
            / (trials * (trials - 1)) ** 2
        )

    def outright(self, before: int, after: int, *, gains_after: int) -> Outright:
        """Return what the guard against rare losses meets.

        Args:
            before: trials of the baseline.
            after: trials of the candidate.
            gains_after: those that tell a win, where losses are looked into by further ones.
        """
        lost = [(-1, *each) for each in self._flips(before, after, lost=True)]
        won = [(1, *each) for each in self._flips(before, gains_after, lost=False)]
        share = math.fsum(chance for _, chance, _ in lost), math.fsum(each[1] for each in won)
        mean = share[0] - share[1]
        return Outright(
            mean=mean,
            variance=sum(share) - mean**2,
            covariance=-math.fsum(sign * chance * size for sign, chance, size in lost + won),
        )

    def _flips(self, before: int, after: int, *, lost: bool) -> Iterator[tuple[float, float]]:
        """Yield the chances and the differences of all outcomes that are losses, or wins."""
        for old in range(before + 1):
            for new in range(after + 1):
                difference = new / after - old / before
                if (-difference if lost else difference) >= 0.5 - _ROUNDING:
                    yield self._pair((old, before), (new, after)), difference

    def _pair(self, old: tuple[int, int], new: tuple[int, int]) -> float:
        ways = math.comb(old[1], old[0]) * math.comb(new[1], new[0])
        passed, trials = old[0] + new[0], old[1] + new[1]
        alike = ways * self._chance(passed, trials - passed)
        return (1 - self.redrawn) * alike + self.redrawn * self._passing(*old) * self._passing(*new)

    def _passing(self, passed: int, trials: int) -> float:
        return math.comb(trials, passed) * self._chance(passed, trials - passed)

    def _chance(self, passed: int, failed: int) -> float:
        """Return the chance of so many passes and then so many failures in one case."""
        total = 1 / self.correlation - 1
        a, b = total * self.rate, total * (1 - self.rate)
        return math.exp(log_beta(a + passed, b + failed) - log_beta(a, b))


def edit_after(record: Sequence[tuple[float, ...]]) -> HarmlessEdit:
    """Return the model of an edit to a prompt whose record holds these outcomes, case by case.

    The correlation is one less the variance within cases over that of a trial (the one-way analysis
    of variance, for large sets). Cases with a single outcome tell nothing of it; no outcomes at all
    leave the model of an ordinary prompt.
    """
    outcomes = [outcome for each in record for outcome in each]
    if not outcomes:
        return HarmlessEdit()
    rate = (math.fsum(outcomes) + 0.5) / (len(outcomes) + 1)
    several = [each for each in record if len(each) > 1]
    if not several:
        return HarmlessEdit(rate=_clamped(rate))
    within = math.fsum(map(variance_within, several)) / len(several)
    return HarmlessEdit(rate=_clamped(rate), correlation=_clamped(1 - within / (rate * (1 - rate))))


def _clamped(share: float) -> float:
    return min(_MOST, max(_LEAST, share))
