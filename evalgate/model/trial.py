"""A trial: one run of a version on a case, with its grades or the reason it has none."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.chat import Completion


class Arm(StrEnum):
    """The side of a comparison that a trial belongs to."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"


class TrialStatus(StrEnum):
    """What became of a planned trial."""

    GRADED = "graded"
    ERRORED = "errored"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What one grader says: passed or not with a score in 0..1, or ungraded with a cause."""

    grader: str
    passed: bool | None
    score: float | None
    reason: str = ""
    cause: str | None = None
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialError:
    """Why a trial was not graded; `kind` is a failure kind, `ungraded`, or why it was skipped."""

    kind: str
    message: str


RECORD, EVIDENCE, CACHE = "record", "evidence", "cache"
"""Where a trial comes from that needed no call."""

CONFIRMATION = "confirmation"
"""The purpose of a trial that tells a loss from a slip, and enters no mean."""

CHECK = "check"
"""The purpose of a trial of the baseline that is held against its record, and is none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One line of `trials.jsonl`.

    `trial` is the index from 0. `passed` and `score` are None unless the status is graded.
    `cost_usd` is None when it is not known, and `booked_usd` then the most that it can be;
    `judge_cost_usd` is the judge's part. `calls` counts requests sent, retries and judge included.
    `reused` says where a trial comes from that needed no call: `record`, `evidence` (of an earlier
    run) or `cache`. `asked` is the key of what the version was asked, `grading` that of how the
    answer was graded: a trial with the same keys is as good as this one. `purpose` is empty for the
    trials that means are taken of.
    """

    prompt: str
    version: str
    version_hash: str
    evalset: str
    arm: Arm
    case: str
    trial: int
    status: TrialStatus
    passed: bool | None = None
    score: float | None = None
    grades: tuple[Grade, ...] = ()
    completion: Completion | None = None
    error: TrialError | None = None
    cost_usd: float | None = 0.0
    calls: int = 0
    judge_cost_usd: float | None = 0.0
    booked_usd: float = 0.0
    reused: str = ""
    asked: str = ""
    grading: str = ""
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    weight: float = 1.0
    purpose: str = ""
