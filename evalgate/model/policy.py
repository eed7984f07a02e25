"""The policy of a repository: what the gate demands and how it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.monitoring import MonitorRules
from evalgate.model.route import Route
from evalgate.model.waiver import Waiver


class FailWhen(StrEnum):
    """What counts as a regression that fails: any confirmed drop, or only one beyond the limit."""

    REGRESSION = "regression"
    BEYOND_LIMIT = "beyond_limit"


class Estimand(StrEnum):
    """What a verdict speaks about: the traffic that the cases were drawn from, or just these cases.

    `auto` speaks about the traffic when the set is large enough to prove the limit for it.
    """

    AUTO = "auto"
    POPULATION = "population"
    SUITE = "suite"


class OnInconclusive(StrEnum):
    """What an inconclusive verdict does to the merge."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders that hold prompts and eval sets, from the repository's root, without a slash.

    `baselines` holds the records of stable versions, `calibrations` what is known of the judge and
    `acceptances` which changes of eval sets maintainers answer for. `graders` is the folder of
    Python graders; None forbids them.
    """

    prompts: str = "prompts"
    evalsets: str = "evalsets"
    baselines: str = "reports/baselines"
    calibrations: str = "reports/calibrations"
    acceptances: str = "reports/accepted"
    graders: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """The model that grades rubrics.

    `votes` is an odd number: when the first vote says fail, further ones are asked for until so
    many are in or the majority is certain. `min_agreement` is the least lower limit of its J; None
    demands the usual one, and only of a judge that has a calibration. It shapes no grade.
    """

    model: str = "claude-sonnet-5-5"
    effort: str | None = "low"
    max_tokens: int = 2048
    votes: int = 1
    route: str = ""
    min_agreement: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """The thresholds of the verdict. All rates are fractions; the file states `max_drop` in points.

    `error_budget` is the share of pairs that may go without a grade; `edit_budget` the share of
    a set's cases that a change may edit or delete and still be proven harmless. `protected_slices`
    are tags whose cases may not get worse, whatever the whole set does.
    """

    max_drop: float = 0.05
    alpha: float = 0.05
    estimand: Estimand = Estimand.AUTO
    min_pass_rate: float | None = None
    fail_when: FailWhen = FailWhen.REGRESSION
    on_inconclusive: OnInconclusive = OnInconclusive.BLOCK
    error_budget: float = 0.05
    edit_budget: float = 0.1
    protected_slices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How trials are run.

    `deadline` bounds one call with all its retries and `timeout` one attempt, both in seconds.
    `most_trials` is the most that a case whose record varies gets while the answer is open, and
    `record_trials` how many trials per case a record holds at most.
    `critical_trials` is the number of trials that confirm a broken critical case. `splits` names
    the splits of the eval sets whose cases are run; without any, all are. `concurrency` is the
    most that calls in flight may grow to. `max_cost_usd` bounds what one run may cost and
    `max_cost_usd_per_day` what all runs of a day may. The three numbers per minute are the
    account's rate limits, for estimates before the first call. `job_minutes` is how long the job
    may take. Stored answers are used for `cache_days`. `route` names the route of the answers'
    calls; empty means the Claude API.
    """

    trials: int = 3
    most_trials: int = 5
    record_trials: int = 10
    critical_trials: int = 3
    concurrency: int = 16
    timeout: float = 120.0
    deadline: float = 300.0
    attempts: int = 6
    splits: tuple[str, ...] = ()
    max_cost_usd: float | None = None
    max_cost_usd_per_day: float | None = None
    requests_per_minute: int | None = None
    input_tokens_per_minute: int | None = None
    output_tokens_per_minute: int | None = None
    job_minutes: float = 360.0
    cache_days: int = 30
    route: str = ""


class MoveBy(StrEnum):
    """How a promotion on GitHub moves the live pointer."""

    PULL_REQUEST = "pull_request"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRules:
    """How a promotion on GitHub is made, and for which environment it is recorded."""

    by: MoveBy = MoveBy.PULL_REQUEST
    environment: str = "production"


class OnDeadline(StrEnum):
    """What becomes of a rollout whose step has lasted too long without an answer."""

    HOLD = "hold"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A share of the traffic in percent, and what must be so before the next one.

    `units` are scored units in each arm, `bake_minutes` the least time, and `proof` the e-value
    that every criterion must reach. The stage of 100 % has no second arm: only time counts there.
    """

    percent: float
    proof: float
    units: int = 100
    bake_minutes: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutRules:
    """How a version gets the traffic in stages, by evidence from production.

    `alpha` bounds the chance that a version which is no worse is rolled back. `max_drop` is the
    loss of quality that is too much, and `max_rise` how much more often each guardrail may fail,
    all as fractions. `latency_ms` and `cost_usd` are what a call may take; None means half as much
    again as nine in ten calls of the stable version take. `full_after_hours` is the least time
    before all of the traffic. With `automatic` the scheduled run and `watch` advance by themselves;
    they roll back in any case.
    """

    stages: tuple[Stage, ...] = (
        Stage(percent=5.0, proof=3.0),
        Stage(percent=25.0, proof=11.0),
        Stage(percent=50.0, proof=40.0),
        Stage(percent=100.0, proof=1.0),
    )
    alpha: float = 0.05
    max_drop: float | None = None
    max_rise: Mapping[str, float] = field(default_factory=dict)
    latency_ms: int | None = None
    cost_usd: float | None = None
    full_after_hours: float = 24.0
    deadline_hours: float = 72.0
    on_deadline: OnDeadline = OnDeadline.HOLD
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSettings:
    """Where records of stable versions are kept, and how large a push to the base makes them.

    `branch` has them apart from all other files; None commits them beside the prompts. `trials` is
    the number per case; None means the usual one.
    """

    branch: str | None = None
    trials: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The file `.github/evalgate.yml`; `hash` is that of its bytes, empty for the defaults.

    `rollout` is None where the file says nothing of it.
    """

    path: str = ".github/evalgate.yml"
    hash: str = ""
    paths: Paths = field(default_factory=Paths)
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    gate: GateRules = field(default_factory=GateRules)
    run: RunSettings = field(default_factory=RunSettings)
    baseline: BaselineSettings = field(default_factory=BaselineSettings)
    routes: Mapping[str, Route] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    promotion: PromotionRules = field(default_factory=PromotionRules)
    rollout: RolloutRules | None = None
    monitor: MonitorRules = field(default_factory=MonitorRules)
