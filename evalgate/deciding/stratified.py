"""By how much more of one arm fails, over steps in which the arms had different shares.

Rates of all units together would mislead where a step went badly for both arms and the canary had
more of it (Simpson's paradox), so that arms are compared within each step.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """Units and failures of one step by arm, the stable one first."""

    units: tuple[int, int] = (0, 0)
    failed: tuple[float, float] = (0.0, 0.0)

    def plus(self, *, stable: Sequence[float], canary: Sequence[float]) -> "Tally":
        """Return the tally with some units more, and by how much each of them failed, in 0..1."""
        return Tally(
            (self.units[0] + len(stable), self.units[1] + len(canary)),
            (self.failed[0] + sum(stable), self.failed[1] + sum(canary)),
        )

    @property
    def weight(self) -> float:
        """How much the step says: the more even its arms, the more."""
        return self.units[0] * self.units[1] / sum(self.units) if all(self.units) else 0.0


@dataclass(frozen=True, slots=True)
class Rise:
    """By how much more of the canary's units fail.

    Its own variance is `variance`, as if of one outcome, over `weight`.
    """

    value: float = 0.0
    weight: float = 0.0
    variance: float = 0.25


def stratified_rise(tallies: Sequence[Tally]) -> Rise:
    """Return the rise from the stable arm to the canary; without both arms it has no weight.

    It is the mean of the steps' differences of rates, each by its weight (Mantel and Haenszel,
    J. Natl. Cancer Inst. 22, 1959, 719, for differences: Greenland and Robins, Biometrics 41, 1985,
    55). Arms vary each in its own way: a few units of a canary that fails often say less than its
    share in all units would suggest.
    """
    told = [tally for tally in tallies if tally.weight]
    weight = sum(tally.weight for tally in told)
    if not weight:
        return Rise()
    risen = sum(
        tally.weight * (tally.failed[1] / tally.units[1] - tally.failed[0] / tally.units[0])
        for tally in told
    )
    others = sum(tally.weight * tally.units[0] / sum(tally.units) for tally in told) / weight
    variance = others * _variance(told, 1) + (1 - others) * _variance(told, 0)
    return Rise(risen / weight, weight, variance)


def _variance(tallies: Sequence[Tally], arm: int) -> float:
    """Return that of one outcome, if one of two more units had failed, so that it is never 0."""
    failed = sum(tally.failed[arm] for tally in tallies)
    rate = (failed + 1) / (sum(tally.units[arm] for tally in tallies) + 2)
    return rate * (1 - rate)
