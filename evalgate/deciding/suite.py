"""The sample for a claim about exactly these cases, of which only the trials are left to chance.

The variance is that within cases, arm by arm, so that differences between cases cost nothing. Its
degrees of freedom are those of Satterthwaite (Biometrics Bulletin 2, 1946). The unit is the trial:
losses with unequal probabilities spread less than a binomial (Hoeffding, Ann. Math. Stat. 27,
1956), so that the guard over all trials holds.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.deciding.bounds import Sample
from evalgate.model.comparison import CasePair, mean


def suite_sample(pairs: Sequence[CasePair]) -> Sample:
    """Return the sample of cases that were graded in both arms.

    A case has as many units as the arm with fewer trials. Where an arm has a single trial, the
    variance within is not known; the square of the difference, less the mean one, stands for it
    and errs on the safe side.
    """
    weights = math.fsum(pair.weight for pair in pairs)
    if weights <= 0:
        return Sample(units=0, effective=0.0, size=0.0, size_squares=0.0, squares=0.0)
    cases = [_Case(pair.weight / weights, pair) for pair in pairs if pair.weight > 0]
    trials = sum(min(len(each.pair.baseline), len(each.pair.candidate)) for each in cases)
    centre = math.fsum(each.share * each.difference for each in cases)
    noises = [*_single_noise(cases, centre), *(noise for each in cases for noise in each.noises())]
    variance = math.fsum(noise.variance for noise in noises)
    doubt = math.fsum(noise.variance**2 / noise.degrees for noise in noises)
    gains = math.fsum(each.share * max(0.0, each.difference) for each in cases)
    return Sample(
        units=trials,
        effective=float(trials),
        size=float(trials),
        size_squares=float(trials),
        total=trials * centre,
        squares=trials**2 * variance + trials * centre**2,
        cross=trials * centre,
        lost=trials * (gains - centre),
        won=trials * gains,
        noise_degrees=variance**2 / doubt if doubt else None,
    )


@dataclass(frozen=True, slots=True)
class _Noise:
    """A part of the variance of the mean, and the degrees of freedom that it is known with."""

    variance: float
    degrees: int


@dataclass(frozen=True, slots=True)
class _Case:
    share: float
    pair: CasePair

    @property
    def difference(self) -> float:
        return self.pair.difference or 0.0

    @property
    def is_single(self) -> bool:
        return min(len(self.pair.baseline), len(self.pair.candidate)) < 2

    def noises(self) -> Iterator[_Noise]:
        for outcomes in () if self.is_single else (self.pair.baseline, self.pair.candidate):
            variance = variance_within(outcomes) / len(outcomes)
            yield _Noise(self.share**2 * variance, len(outcomes) - 1)


def _single_noise(cases: Sequence[_Case], centre: float) -> Iterator[_Noise]:
    """Yield the noise of all cases with a single trial in some arm, known from their spread."""
    spread = [(each.share * (each.difference - centre)) ** 2 for each in cases if each.is_single]
    if spread:
        yield _Noise(math.fsum(spread), max(1, len(spread) - 1))


def variance_within(outcomes: tuple[float, ...]) -> float:
    """Return the unbiased variance of at least two outcomes."""
    centre = mean(outcomes)
    return math.fsum((outcome - centre) ** 2 for outcome in outcomes) / (len(outcomes) - 1)
