"""What is known of a canary in production, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.milestone import Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.verdict import Reason


class Criterion(StrEnum):
    """What both arms are compared by; in each a failure is an event of one unit."""

    QUALITY = "quality"
    ERRORS = "errors"
    REFUSALS = "refusals"
    LATENCY = "latency"
    COST = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The time in which a version had one share of the traffic; `until` is None for the present.

    Times are in seconds since 1970. `pointer` is what the log says of a call under exactly this
    step.
    """

    percent: float
    since: float
    until: float | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A rollout as a live pointer's history tells it.

    `hash` is the identity of the version at its start, and `verdict` the id of the run that judged
    it offline. `since` is the instant of the last change of phase or share; `steps` are those with
    traffic in both arms, oldest first, and `at_full` is the instant from which all traffic is the
    version's. `answered` is the instant of the last move that a person made against the evidence.
    """

    prompt: str
    stable: str
    version: str
    hash: str
    phase: Phase
    percent: float
    started: float
    since: float
    steps: tuple[Step, ...] = ()
    at_full: float | None = None
    answered: float | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRate:
    """How many units of an arm were looked at by a criterion, and which share of them failed.

    `low` and `high` hold the rate at all times at once, with 95 % confidence.
    """

    units: int
    failed: float
    low: float = 0.0
    high: float = 1.0

    @property
    def rate(self) -> float | None:
        """The share that failed; None without units."""
        return self.failed / self.units if self.units else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The evidence as it stood at one instant; `rise` is by how much more of the canary fails.

    `low` and `high` hold the rise at all times at once, with 95 % confidence.
    """

    at: float
    units: int
    rise: float
    low: float
    high: float
    harm: float
    proof: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionEvidence:
    """The evidence by one criterion, over all steps.

    `harm` is the e-value against "the canary fails no more often" at its highest so far, `proof`
    that against "it fails more often by `max_rise` or more" as it stands. A rollback goes by the
    sum of `weight` × `harm` over all criteria. `limit` is what a unit must pass to count as failed,
    where it is a number; None too while it is not known yet, and `set_aside` are the units of both
    arms that came before. `unknown` counts units whose first sampled call has no outcome, by arm,
    stable first. `pace` is by how much the logarithm of `proof` should grow in an hour at this
    traffic when nothing is wrong; None while that cannot be told. `course` is how the evidence
    grew, oldest first.
    """

    criterion: Criterion
    stable: ArmRate
    canary: ArmRate
    max_rise: float
    harm: float = 1.0
    proof: float = 1.0
    weight: float = 1.0
    limit: float | None = None
    set_aside: int = 0
    unknown: tuple[int, int] = (0, 0)
    pace: float | None = None
    course: tuple[Snapshot, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether it has no word about any unit."""
        return not self.stable.units + self.canary.units + self.set_aside


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCheck:
    """Whether the units of the present step fell on the arms as its share says.

    `p_value` holds at all times at once.
    """

    percent: float
    stable: int = 0
    canary: int = 0
    p_value: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that two arms have shown in production until an instant.

    `harm` is the one e-value that a rollback goes by, over all criteria, at its highest so far.
    `scored` are the scored units of the present step by arm, stable first, and `assigned` all of
    them. `hours` is for how long the present step was seen. `left_out` counts lines that say
    nothing, by why; `remarks` are sentences about them.
    """

    at: float
    criteria: tuple[CriterionEvidence, ...]
    harm: float
    split: SplitCheck | None
    scored: tuple[int, int] = (0, 0)
    assigned: tuple[int, int] = (0, 0)
    hours: float = 0.0
    left_out: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def per_hour(self) -> float | None:
        """How many canary units of the present step are scored in an hour; None for none yet."""
        return self.scored[1] / self.hours if self.hours > 0 and self.scored[1] else None

    def by(self, criterion: Criterion) -> CriterionEvidence:
        """Return the evidence by one criterion."""
        return next(each for each in self.criteria if each.criterion is criterion)


class Outcome(StrEnum):
    """What follows from the evidence."""

    ADVANCE = "advance"
    HOLD = "hold"
    ROLL_BACK = "roll_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What keeps a rollout from advancing, and the instant from which it will not, where known.

    The instant supposes that traffic goes on as it is and that nothing is wrong with the version.
    """

    code: str
    message: str
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is to be done about a rollout at an instant, and why.

    `to` is the share that an advance leads to, in percent; 0 where nothing is to be advanced.
    `expired` tells that a hold has lasted as long as a step may.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    lacks: tuple[Lack, ...] = ()
    to: float = 0.0
    expired: bool = False

    @property
    def ready_at(self) -> float | None:
        """The instant at which the last lack is over; None where that cannot be told."""
        instants = [lack.until for lack in self.lacks]
        known = [instant for instant in instants if instant is not None]
        return max(known) if known and len(known) == len(instants) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutReport:
    """All that a reader of a promotion report is told.

    `stages` are the policy's shares in percent, and `rules` all that it demands. `history` are the
    milestones as (instant, state, who, why), oldest first. `moved` is a sentence about what was
    done, empty for nothing; `command` is what to run next.
    """

    rollout: Rollout
    evidence: Evidence
    outlook: Outlook
    stages: tuple[float, ...]
    history: tuple[tuple[str, str, str, str], ...]
    moved: str = ""
    command: str = ""
    run_url: str = ""
    remarks: tuple[str, ...] = ()
    rules: RolloutRules = field(default_factory=RolloutRules)
