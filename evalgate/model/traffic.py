"""How much traffic there was, and how it went: calls of the log, counted by minute and place."""

from dataclasses import dataclass, field

from evalgate.model.call import Arm


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a call belongs; an empty name is one that the log does not know."""

    feature: str = ""
    prompt: str = ""
    version: str = ""
    arm: Arm = Arm.STABLE
    route: str = ""
    provider: str = ""
    model: str = ""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was counted of some calls.

    `failed` calls were answered by nobody, `degraded` ones by less than what was asked for,
    `malformed` ones have a smell of a broken format, `smells` counts each smell. `cached` calls
    were answered from memory, and are in neither `latencies` nor `late`. `latencies` counts calls
    by bucket of `bucket_of`, and `late` those that took longer than each of the thresholds that
    were asked for, in milliseconds. `unpriced` calls have an unknown cost. `sampled` were chosen
    for scoring.
    """

    calls: int = 0
    failed: int = 0
    degraded: int = 0
    refused: int = 0
    malformed: int = 0
    cached: int = 0
    sampled: int = 0
    unpriced: int = 0
    cost_usd: float = 0.0
    smells: dict[str, int] = field(default_factory=dict)
    latencies: dict[int, int] = field(default_factory=dict)
    late: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """The calls of one place that began within one minute; `start` is in seconds since 1970."""

    start: float
    place: Place
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was changed, as the log or the repository tells it: one line of a timeline.

    `ts` is in seconds since 1970. `kind` is `prompt`, `weight`, `model`, `sdk`, `provider`,
    `configuration`, `application` or `judge`; `subject` is the prompt, the route or the file.
    """

    ts: float
    kind: str
    subject: str
    before: str
    after: str
    source: str = ""
