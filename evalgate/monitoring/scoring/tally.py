"""What a pass over the spool came to: every sample and every score is accounted for."""

from collections import Counter
from dataclasses import dataclass, field
from math import fsum

from evalgate.model.chat import CallFailure
from evalgate.model.observation import Observation
from evalgate.model.sample import Stratum


@dataclass(slots=True, kw_only=True)
class CriterionTally:
    """The scores of one criterion; the mean is that of the plain share of all calls."""

    scored: int = 0
    ungraded: Counter[str] = field(default_factory=Counter)
    uniform: list[float] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """The mean of the uniform stratum."""
        return fsum(self.uniform) / len(self.uniform) if self.uniform else None


@dataclass(slots=True, kw_only=True)
class Tally:
    """The account of one pass, in samples.

    `found` are new ones: `due` of them are to be judged, `passed_over` are not, since the budget
    does for a share alone (`below` is the bound). `waiting` came from earlier passes. Of what is
    due and waiting, `judged` are done, `expired` are gone, and `left` wait for a later pass.
    `unheld` counts by prompt the new samples that no criterion is for. `unreadable` lines are no
    samples. `stopped` is what ended the pass before the last sample. `cost_usd` is None where it is
    not known. `passes` counts those that were added up.
    """

    passes: int = 0
    found: int = 0
    due: int = 0
    passed_over: int = 0
    waiting: int = 0
    judged: int = 0
    expired: int = 0
    left: int = 0
    unreadable: int = 0
    anchors: int = 0
    anchors_left: int = 0
    calls: int = 0
    cost_usd: float | None = 0.0
    booked_usd: float = 0.0
    below: float = 1.0
    stopped: CallFailure | None = None
    unheld: Counter[str] = field(default_factory=Counter)
    criteria: dict[str, CriterionTally] = field(default_factory=dict)

    @property
    def balances(self) -> bool:
        """Whether nothing is missing."""
        is_all = self.found == self.due + self.passed_over
        return is_all and self.due + self.waiting == self.judged + self.expired + self.left

    @property
    def scores(self) -> int:
        """How many scores there are, over all criteria."""
        return sum(each.scored for each in self.criteria.values())

    @property
    def ungraded(self) -> int:
        """How many answers have no score by a criterion."""
        return sum(each.ungraded.total() for each in self.criteria.values())

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        seen = self.found + self.waiting + self.anchors + self.anchors_left + self.unreadable
        return not seen and not self.scores and not self.ungraded

    def count(self, observation: Observation) -> None:
        """Count one answer by one criterion."""
        own = self.criteria.setdefault(observation.criterion, CriterionTally())
        if observation.outcome is None:
            own.ungraded[observation.cause] += 1
            return
        own.scored += 1
        if observation.stratum is Stratum.UNIFORM:
            own.uniform.append(observation.outcome)

    def add(self, later: "Tally") -> None:
        """Add a later pass; what is left at its end is what is left."""
        if not self.passes:
            self.waiting = later.waiting
        self.passes += 1
        for name in _ADDED:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        is_known = self.cost_usd is not None and later.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0.0) + (later.cost_usd or 0.0) if is_known else None
        self.left, self.stopped, self.below = later.left, later.stopped, later.below
        self.anchors_left = later.anchors_left
        self.unheld.update(later.unheld)
        for name, theirs in later.criteria.items():
            own = self.criteria.setdefault(name, CriterionTally())
            own.scored += theirs.scored
            own.ungraded.update(theirs.ungraded)
            own.uniform.extend(theirs.uniform)


_ADDED = (
    "found", "due", "passed_over", "judged", "expired", "unreadable", "anchors", "calls",
    "booked_usd",
)  # fmt: skip
