"""How prompts are served: the file `runtime.yml` beside the prompts, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.route import Route
from evalgate.model.smell import Smell


class Prefer(StrEnum):
    """What is kept when the first target fails.

    `quality` keeps the model and asks it over every other route before a smaller model; `cost`
    keeps the route, and asks its smaller model before another route.
    """

    QUALITY = "quality"
    COST = "cost"


class CacheKind(StrEnum):
    """Where answers are remembered."""

    MEMORY = "memory"
    SQLITE = "sqlite"
    REDIS = "redis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things may take, in seconds.

    `deadline` bounds a call with all its attempts, `timeout` one attempt. `first_content` and
    `between` bound the waits of a stream, for its first words and for each next ones.
    `reserve` is the share of what is left that an attempt leaves to the targets after it.
    """

    deadline: float = 30.0
    timeout: float = 20.0
    first_content: float = 10.0
    between: float = 10.0
    reserve: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRules:
    """How often the same target is asked again.

    `most` bounds the retries of a call. Pauses double from `pause` up to `longest_pause` seconds,
    with jitter. In any 60 seconds a process retries at most `least` times plus `share` of its
    first attempts.
    """

    most: int = 1
    pause: float = 0.25
    longest_pause: float = 4.0
    share: float = 0.1
    least: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """When a target is left alone for some time, by what happened in the last `window` seconds.

    It opens when, of at least `fewest` attempts, the share `failed` failed or the share `slow` took
    longer than `slow_after` seconds (None: slowness opens nothing), or after `in_a_row` failures
    without a success between them. It stays open for `open` seconds, doubling up to `longest_open`,
    with jitter; for `long_open` after a rejected key, missing permission, or a spent limit.
    Then one attempt at a time probes it, and `probes` successes close it.
    """

    window: float = 30.0
    fewest: int = 20
    failed: float = 0.5
    slow: float = 0.8
    slow_after: float | None = None
    in_a_row: int = 5
    open: float = 5.0
    longest_open: float = 15.0
    long_open: float = 600.0
    probes: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRules:
    """When a second attempt starts beside a slow one: after how many seconds, for which share."""

    after: float
    share: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRules:
    """Whether and where answers are remembered, and for how many seconds.

    Up to `ttl` an answer stands for a new one. From then on until `stale` it is given only when
    nobody else can answer. `path` is the file of `sqlite`; the address of `redis` comes from the
    environment. `entries` bounds the `memory`.
    """

    kind: CacheKind
    ttl: float = 300.0
    stale: float = 86_400.0
    path: str = ""
    entries: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SmellRules:
    """What an answer is held against, beside what its version demands.

    `length` is the band of characters of a text that is expected, and `scripts` those that its
    letters may be of; None and nothing leave them open. `json` says that answers are JSON, for a
    version without a schema. What `ignore` names is not looked for.
    """

    length: tuple[int, int] | None = None
    scripts: tuple[str, ...] = ()
    json: bool = False
    ignore: tuple[Smell, ...] = ()


class Mark(StrEnum):
    """What makes a call worth a second look."""

    CANARY = "canary"
    ERROR = "error"
    SMELL = "smell"
    DEGRADED = "degraded"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingRules:
    """Which calls are kept for scoring.

    `rate` is the share of all calls, `raised` the rates of those that have a `Mark`. `spool` is
    the folder that the sampled texts are kept in, for at most `days`; without it no text is kept.
    `most_waiting` bounds those not yet written.
    """

    rate: float = 0.0
    raised: Mapping[str, float] = field(default_factory=dict)
    spool: str = ""
    days: float = 7.0
    most_waiting: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRules:
    """What a feature of the application does otherwise; None means as everybody else."""

    timing: Timing | None = None
    prefer: Prefer | None = None
    cache: CacheRules | None = None
    hedge: HedgeRules | None = None
    is_cached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The file `runtime.yml`.

    `routes` are tried in their order; without a file there is one, `direct`, to
    the Claude API itself. `smaller` names for a model those that may stand in for it, best first.
    `smell` and `features` are by prompt and by feature.
    """

    routes: Mapping[str, Route] = field(default_factory=lambda: {"direct": Route()})
    smaller: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefer: Prefer = Prefer.QUALITY
    timing: Timing = field(default_factory=Timing)
    retry: RetryRules = field(default_factory=RetryRules)
    breaker: BreakerRules = field(default_factory=BreakerRules)
    hedge: HedgeRules | None = None
    cache: CacheRules | None = None
    smell: Mapping[str, SmellRules] = field(default_factory=dict)
    sampling: SamplingRules = field(default_factory=SamplingRules)
    features: Mapping[str, FeatureRules] = field(default_factory=dict)
