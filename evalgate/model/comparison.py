"""Baseline and candidate side by side, case by case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.trial import Arm


class CaseKind(StrEnum):
    """How a case at the head relates to the base."""

    SAME = "same"
    NEW = "new"
    EDITED = "edited"


class Flip(StrEnum):
    """How the candidate's outcome on a case differs from the baseline's."""

    REGRESSED = "regressed"
    FIXED = "fixed"
    UNCHANGED = "unchanged"


NONE = range(0)
"""No trial."""


FLIPPED = 0.5 - 1e-9
"""How far the means of unequally many trials are apart in a case that flipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case as planned: which trials each arm runs, and what the comparison needs to know of it.

    Trials are ranges of indexes; `baseline` is empty for a case that only the candidate runs.
    `confirming` are further trials of the candidate that tell whether an apparent loss is one; they
    never enter a mean. `recorded` says how many of the baseline's trials are on record, where the
    record tells which are run. A `waived` case runs, but decides nothing.
    """

    case: str
    kind: CaseKind
    baseline: range
    candidate: range
    confirming: range = NONE
    recorded: int | None = None
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False
    waived: bool = False

    def trials(self, arm: Arm) -> tuple[range, ...]:
        """Return the indexes of the trials that the arm has on this case."""
        return (self.baseline,) if arm is Arm.BASELINE else (self.candidate, self.confirming)

    def number(self, arm: Arm) -> int:
        """Return how many trials the arm has on this case."""
        return sum(map(len, self.trials(arm)))

    @property
    def unit(self) -> tuple[str, str]:
        """What is independent of all else: the case itself, or its cluster."""
        return ("case", self.case) if self.cluster is None else ("cluster", self.cluster)

    @property
    def is_side_by_side(self) -> bool:
        """Whether the arms run the same trials, so that one is worth nothing without the other."""
        return self.baseline == self.candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePair:
    """The outcomes in 0..1 of one case in both arms, trial by trial, where both arms graded it.

    A case without a baseline has an empty `baseline`; one without any gradable pair has both empty.
    The arms may have different numbers of trials. `confirming` are outcomes of the candidate that
    tell a loss from a slip and enter no mean. `weight` is how much the case counts, 1 usually.
    """

    case: str
    kind: CaseKind
    baseline: tuple[float, ...]
    candidate: tuple[float, ...]
    confirming: tuple[float, ...] = ()
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False
    weight: float = 1.0

    @property
    def difference(self) -> float | None:
        """Candidate mean minus baseline mean, in −1..1; None when either side is empty."""
        if not self.baseline or not self.candidate:
            return None
        return mean(self.candidate) - mean(self.baseline)

    @property
    def flip(self) -> Flip:
        """Regressed or fixed as soon as the means of equally many trials differ.

        The means of unequally many nearly always do; there it takes a difference of one half.
        """
        difference = self.difference or 0.0
        alike = len(self.baseline) == len(self.candidate)
        if not difference or (not alike and abs(difference) < FLIPPED):
            return Flip.UNCHANGED
        return Flip.REGRESSED if difference < 0 else Flip.FIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLedger:
    """The account of one arm: every planned trial ends in exactly one of the other four."""

    planned: int
    graded: int = 0
    errored: int = 0
    skipped: int = 0
    waived: int = 0

    @property
    def balances(self) -> bool:
        """Whether every planned trial is accounted for."""
        return self.planned == self.graded + self.errored + self.skipped + self.waived


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The evidence about one candidate on one eval set.

    `planned_pairs` counts the candidate's trials; `lost_pairs` those that count for nothing,
    because one arm or both could not grade them, and `lost_by` for each arm those that it alone
    could not. `deleted` are the ids of cases that exist only at the base. `error_kinds` counts
    errors. `waived` are the pairs of waived cases: they are not among `pairs`, and their graded
    trials not among `planned_pairs` as long as any other case is left to decide. `awaiting` counts
    the skipped trials that need a call which the run could not make.
    """

    pairs: tuple[CasePair, ...]
    deleted: tuple[str, ...]
    ledger: dict[Arm, ArmLedger]
    planned_pairs: int
    lost_pairs: int
    error_kinds: dict[str, int]
    lost_by: Mapping[Arm, int] = field(default_factory=dict)
    waived: tuple[CasePair, ...] = ()
    awaiting: int = 0


def mean(values: tuple[float, ...]) -> float:
    """Return the arithmetic mean of at least one value."""
    return sum(values) / len(values)
