"""What the checklist looks at: plain values, gathered before anything is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.model.alarm import Alarm
from evalgate.model.alert import SinkRules
from evalgate.model.alerted import AlertState
from evalgate.model.policy import Policy
from evalgate.model.serving import Serving
from evalgate.monitoring.alarms.sink_trial import SinkTrial
from evalgate.monitoring.readiness.log_survey import LogSurvey


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFacts:
    """One prompt: what its live pointer says, and whether what it names is there and unchanged.

    `models` are those that its live versions, or its switch, name. `good` are the versions that a
    rollback can go to, the nearest first; those of them without a file are `lost`. `changed` are
    the files of published versions whose content is another than the one that was published, and
    `strange` the versions whose content is not the one that a rollout was about.
    """

    name: str
    stable: str | None = None
    disabled: bool = False
    canary: str | None = None
    salt: str = ""
    models: tuple[str, ...] = ()
    needs_schema: bool = False
    good: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """A folder that was looked at; `open` are the paths in it that others than meant can read."""

    path: str
    exists: bool = True
    problem: str = ""
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolFacts:
    """The folder of sampled texts, and the age of its oldest file in days, if it has any."""

    place: PlaceFacts
    oldest_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFacts:
    """The call log: where it is, and what its newest lines say; None where it cannot be read."""

    place: PlaceFacts
    survey: LogSurvey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFacts:
    """The newest scores; instants in seconds since 1970, None where there is none.

    `per_hour` are the scores of the uniform sample per hour, over the last day.
    """

    place: PlaceFacts
    last_score: float | None = None
    last_anchor: float | None = None
    anchors: int = 0
    per_hour: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One call of one token over a route; `failure` is empty where it was answered."""

    route: str
    model: str
    failure: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A switch and a rollback on a copy of the prompts, in seconds until a process followed.

    `rolled_back` is None where there was nothing to roll back to. `failure` says what went wrong.
    """

    prompt: str
    switched: float | None = None
    rolled_back: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How long a fall of the quality by `drop` points lasts before somebody is paged, in hours."""

    drop: float
    scores: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the checklist looks at; what was not asked for is None.

    `variables` are the names of the environment variables that are set, `unset` those that each
    sink lacks. `key_bytes` is the length of the key of the user hashes, 0 without one. `deadline`
    is what the callers of the application wait, in seconds, and `detect_within` how many hours a
    fall of the quality may go unseen. `baselines` tells whether a baseline
    of the quality is frozen. `burnt` are the alarms that an outage made up for the objectives
    raises. `last_drill` is when the last incident drill was closed, in seconds since 1970.
    """

    at: float
    problems: Mapping[str, str] = field(default_factory=dict)
    serving: Serving | None = None
    policy: Policy | None = None
    prompts: Sequence[PromptFacts] = ()
    has_history: bool = False
    unpriced: tuple[str, ...] = ()
    price_date: str = ""
    variables: frozenset[str] = frozenset()
    key_bytes: int = 0
    sdk_retries: int | None = None
    deadline: float | None = None
    detect_within: float = 24.0
    log: LogFacts | None = None
    scores: ScoreFacts | None = None
    spool: SpoolFacts | None = None
    baselines: bool = False
    detection: Detection | None = None
    burnt: Mapping[str, Sequence[Alarm]] | None = None
    unset: Mapping[str, Sequence[str]] = field(default_factory=dict)
    alert_state: AlertState | None = None
    last_drill: float | None = None
    probes: Sequence[Probe] | None = None
    drill: Drill | None = None
    trials: Sequence[SinkTrial] | None = None

    @property
    def sinks(self) -> Sequence[SinkRules]:
        """The places for alerts that the policy names."""
        return () if self.policy is None else self.policy.monitor.alerts
