"""Verdicts: what was decided about one candidate and about a whole run, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.errors import ExitCode
from evalgate.model.comparison import ArmLedger
from evalgate.model.policy import OnInconclusive
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm
from evalgate.model.turning import Turning
from evalgate.model.waiver import Waiver


class Verdict(StrEnum):
    """The five outcomes, from best to worst as `severity` orders them."""

    NOT_APPLICABLE = "not_applicable"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"

    @property
    def severity(self) -> int:
        """The rank by which the worst of several verdicts is the run's."""
        return list(Verdict).index(self)

    def exit_code(self, on_inconclusive: OnInconclusive) -> ExitCode:
        """Return the code the process ends with under this verdict."""
        if self is Verdict.INCONCLUSIVE and on_inconclusive is OnInconclusive.WARN:
            return ExitCode.OK
        return _EXIT_CODES[self]


_EXIT_CODES: Mapping[Verdict, ExitCode] = {
    Verdict.NOT_APPLICABLE: ExitCode.OK,
    Verdict.PASS: ExitCode.OK,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Verdict.ERROR: ExitCode.NOT_EVALUATED,
    Verdict.FAIL: ExitCode.FAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is what it is: a stable code for machines and a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """The name and the identity of a version."""

    version: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCounts:
    """How many cases were compared, are new or edited, or were deleted."""

    compared: int = 0
    new: int = 0
    edited: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCases:
    """The ids of the cases that a change adds, edits or deletes, in the order of the set."""

    new: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The difference of pass rates with its one-sided lower and upper bounds, as fractions."""

    estimate: float
    low: float
    high: float


class SliceFlag(StrEnum):
    """What is said of a slice: a protected one got worse and fails, or one looks as if it had."""

    WORSE = "worse"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The cases that share a tag: how many, both pass rates, and their difference.

    `low` and `high` are the one-sided bounds of the difference, at the same alpha as those of the
    whole, as if the slice were alone; None when it cannot be compared.

    `p_value` is the chance that a slice which did not get worse looks as bad as this one, None
    when it cannot be compared. `adjusted` is the same with the number of slices taken into
    account: that of the protected ones (Holm) or of all (Benjamini and Hochberg).
    """

    tag: str
    cases: int
    baseline: float | None
    candidate: float
    delta: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    adjusted: float | None = None
    protected: bool = False
    flag: SliceFlag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """The ids of the cases that did worse and of those that did better, worst first.

    Of those that did worse, `broken` fail in every trial, three or more, and passed before;
    `slipped` failed once, and further trials did not bear it out.
    """

    regressed: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    slipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTaken:
    """The look at which a verdict fell, from 1, of how many, and the level of its claims.

    `recorded` are the cases that the base keeps a record of. `afresh` tells that the baseline ran
    beside the candidate all the same, `drifted` that its record does not hold any more, and
    `partial` that the verdict fell before all cases had run.
    """

    number: int
    of: int
    level: float
    recorded: int
    afresh: bool = False
    drifted: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of the time that answers took, in milliseconds."""

    p50: int
    p95: int

    @classmethod
    def of(cls, took: Iterable[int]) -> "Latency | None":
        """Return the nearest-rank percentiles of some times; None when there are none."""
        ranked = sorted(took)
        if not ranked:
            return None
        return cls(p50=_nearest_rank(ranked, 50), p95=_nearest_rank(ranked, 95))


def _nearest_rank(ranked: Sequence[int], percent: int) -> int:
    return ranked[-(-percent * len(ranked) // 100) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What calls cost in US dollars, by purpose; None is not known, and `at_most_usd` bounds all.

    `reused` counts the trials that needed no call, by where they came from: `cache` or `record`.
    """

    answers_usd: float | None = 0.0
    judge_usd: float | None = 0.0
    at_most_usd: float = 0.0
    reused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScale:
    """How well the judge is known to agree with people on a set, and what that does to the limit.

    `youden` is its J by so many `labels`, None without any of each kind; `low` the lower limit of
    J, and `least` what the policy demands of that. `share` is the part of the compared cases that
    the judge decides about. `max_drop` is the policy's limit, `limit` the one on the judge's scale.
    """

    evalset: str
    labels: int
    youden: float | None
    low: float
    least: float
    share: float
    max_drop: float
    limit: float

    @property
    def proven(self) -> bool:
        """Whether the judge may decide."""
        return self.labels > 0 and self.low >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVerdict:
    """What was decided about one candidate on one eval set. Rates and drops are fractions.

    `max_drop` is the limit that was applied: on the judge's scale when `judge` tells of one.

    `pass_rate` is over the cases that were compared, when there are any; `head_pass_rate` is the
    candidate's over all cases of the head, the one that `min_pass_rate` judges. `rate_bounds` are
    the least and the largest plausible `pass_rate`, for the traffic. `flaky` are the
    ids of the cases that the baseline itself passes on some trials only; `waived` are the waivers
    in force, whose cases count neither way. `preflight` is what was told before the first trial.
    `turning` is the least that would change the verdict.
    """

    name: str
    evalset: str
    candidate: VersionRef | None
    baseline: VersionRef | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    max_drop: float
    alpha: float
    why: tuple[str, ...] = ()
    estimand: str = "population"
    ledger: Mapping[Arm, ArmLedger] = field(default_factory=dict)
    cases: CaseCounts = CaseCounts()
    changed_cases: ChangedCases = ChangedCases()
    pass_rate: Mapping[Arm, float | None] = field(default_factory=dict)
    rate_bounds: Mapping[Arm, tuple[float, float]] = field(default_factory=dict)
    head_pass_rate: float | None = None
    delta: Estimate | None = None
    smallest_detectable_drop: float | None = None
    flips: Flips = Flips()
    look: LookTaken | None = None
    slices: tuple[Slice, ...] = ()
    flaky: tuple[str, ...] = ()
    waived: tuple[Waiver, ...] = ()
    preflight: Preflight | None = None
    cost_usd: float | None = 0.0
    spending: Spending = Spending()
    latency_ms: Latency | None = None
    judge: JudgeScale | None = None
    turning: Turning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVerdict:
    """What was decided about a whole run: the worst of its prompts' verdicts.

    `simulated` is true when any answer came from a simulator.
    """

    run_id: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    exit_code: ExitCode
    base: str
    head: str
    policy_hash: str
    prompts: tuple[PromptVerdict, ...] = ()
    notes: tuple[str, ...] = ()
    cost_usd: float | None = 0.0
    spending: Spending = Spending()
    calls: int = 0
    simulated: bool = False
