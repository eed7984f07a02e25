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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case as planned: how often each arm runs it, and what the comparison needs to know of it.

    `baseline_trials` is 0 for a case that only the candidate runs.
    """

    case: str
    kind: CaseKind
    baseline_trials: int
    candidate_trials: int
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False

    def trials(self, arm: Arm) -> int:
        """Return how many trials the arm has on this case."""
        return self.baseline_trials if arm is Arm.BASELINE else self.candidate_trials

    @property
    def pairs(self) -> int:
        """The number of trials that count: those that every arm with this case runs."""
        if self.baseline_trials == 0:
            return self.candidate_trials
        return min(self.baseline_trials, self.candidate_trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePair:
    """The outcomes in 0..1 of one case in both arms, trial by trial, where both arms graded it.

    A case without a baseline has an empty `baseline`; one without any gradable pair has both empty.
    """

    case: str
    kind: CaseKind
    baseline: tuple[float, ...]
    candidate: tuple[float, ...]
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    critical: bool = False

    @property
    def difference(self) -> float | None:
        """Candidate mean minus baseline mean, in −1..1; None when either side is empty."""
        if not self.baseline or not self.candidate:
            return None
        return mean(self.candidate) - mean(self.baseline)

    @property
    def flip(self) -> Flip:
        """Regressed or fixed as soon as the means differ."""
        difference = self.difference or 0.0
        if difference < 0:
            return Flip.REGRESSED
        return Flip.FIXED if difference > 0 else Flip.UNCHANGED


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

    `planned_pairs` counts (case, trial) pairs; `lost_pairs` those that one arm or both could not
    grade, and `lost_by` for each arm those that it alone could not. `deleted` are the ids of cases
    that exist only at the base. `error_kinds` counts errors.
    """

    pairs: tuple[CasePair, ...]
    deleted: tuple[str, ...]
    ledger: dict[Arm, ArmLedger]
    planned_pairs: int
    lost_pairs: int
    error_kinds: dict[str, int]
    lost_by: Mapping[Arm, int] = field(default_factory=dict)


def mean(values: tuple[float, ...]) -> float:
    """Return the arithmetic mean of at least one value."""
    return sum(values) / len(values)
