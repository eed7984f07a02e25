"""By how much more of one arm fails, over steps in which the arms had different shares.

Rates of all units together would mislead where a step went badly for both arms and the canary had
more of it (Simpson's paradox), so that arms are compared within each step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Units and failures of one step by arm, the stable one first."""

    units: list[int] = field(default_factory=lambda: [0, 0])
    failed: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def count(self, *, stable: Sequence[float], canary: Sequence[float]) -> None:
        """Count the failures of some units, each in 0..1."""
        for arm, outcomes in enumerate((stable, canary)):
            self.units[arm] += len(outcomes)
            self.failed[arm] += sum(outcomes)

    @property
    def weight(self) -> float:
        """How much the step says: the more even its arms, the more."""
        return self.units[0] * self.units[1] / sum(self.units) if all(self.units) else 0.0


def stratified_rise(tallies: Sequence[Tally]) -> tuple[float, float]:
    """Return the rise from the stable arm to the canary, and the weight behind it.

    It is the mean of the steps' differences of rates, each by its weight (Mantel and Haenszel,
    J. Natl. Cancer Inst. 22, 1959, 719, for differences: Greenland and Robins, Biometrics 41, 1985,
    55). Its variance is that of one outcome over the weight. Without both arms both are 0.
    """
    weight = sum(tally.weight for tally in tallies)
    if not weight:
        return 0.0, 0.0
    risen = sum(
        tally.weight * (tally.failed[1] / tally.units[1] - tally.failed[0] / tally.units[0])
        for tally in tallies
        if tally.weight
    )
    return risen / weight, weight
