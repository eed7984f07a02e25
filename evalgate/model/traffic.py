"""How much traffic there was, and how it went: calls of the log, counted by minute and place."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import ceil, log10
from typing import TypeVar

from evalgate.model.call import Arm
from evalgate.model.call_ports import Event
from evalgate.model.smell import Smell

BUCKETS_PER_DECADE = 116
"""Buckets of latencies between 1 ms and 10 ms, and so on: each is 2 % wider than the one before."""

BROKEN_FORMAT: AbstractSet[str] = frozenset({Smell.NOT_JSON, Smell.SCHEMA, Smell.FENCED})
"""The smells of an answer that a program cannot read."""

MINUTE, HOUR = 60.0, 3600.0

_Key = TypeVar("_Key", int, str)


def bucket_of(milliseconds: float) -> int:
    """Return the bucket of a latency: all up to 1 ms are in bucket 0."""
    return ceil(BUCKETS_PER_DECADE * log10(milliseconds)) if milliseconds > 1 else 0


def edge_of(bucket: int) -> float:
    """Return the longest latency of a bucket in ms; the shortest is above the edge before it."""
    return float(10.0 ** (bucket / BUCKETS_PER_DECADE))


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
    `malformed` ones have a smell of a broken format, `smelling` ones any smell, and `smells` counts
    each smell. `cached` calls were answered from memory, and are in neither `latencies` nor `late`.
    `latencies` counts calls by bucket of `bucket_of`, and `late` those that took longer than each
    of the thresholds that were asked for, in milliseconds. `unpriced` calls have an unknown cost.
    `sampled` were chosen for scoring.
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
    smelling: int = 0
    smells: dict[str, int] = field(default_factory=dict)
    latencies: dict[int, int] = field(default_factory=dict)
    late: dict[int, int] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count what another one has counted, too."""
        self.calls += other.calls
        self.failed += other.failed
        self.degraded += other.degraded
        self.refused += other.refused
        self.malformed += other.malformed
        self.smelling += other.smelling
        self.cached += other.cached
        self.sampled += other.sampled
        self.unpriced += other.unpriced
        self.cost_usd += other.cost_usd
        _add(self.smells, other.smells)
        _add(self.latencies, other.latencies)
        _add(self.late, other.late)


def _add(mine: dict[_Key, int], others: Mapping[_Key, int]) -> None:
    for key, number in others.items():
        mine[key] = mine.get(key, 0) + number


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """The calls of one place that began within one minute; `start` is in seconds since 1970.

    What is long ago is kept by the hour: `seconds` says how long the stretch is.
    """

    start: float
    place: Place
    tally: Tally
    seconds: float = MINUTE


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """What the calls of one user cost; `user` is the keyed hash of the log, empty for unknown."""

    user: str
    calls: int
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCount:
    """The account of all lines that were read: what became of each.

    `passed_over` are of other programs, or of calls before the time that is looked at. `left_out`
    should say something, by `LeftOut`. `unfinished` counts files that end in half a line, which is
    read when it has an end; such a half is in none of the other numbers.
    """

    calls: int = 0
    events: int = 0
    empty: int = 0
    passed_over: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    unfinished: int = 0

    @property
    def total(self) -> int:
        """All lines that have an end."""
        return self.calls + self.events + self.empty + self.passed_over + self.lost

    @property
    def lost(self) -> int:
        """Those that should say something and do not."""
        return sum(self.left_out.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the call log says to the monitor, as far as it was read.

    `minutes` and `events` are in the order of time, of events the latest ones. `changes` are what
    the calls show to have changed. `spenders` are the users of the time that is shown, the dearest
    first; `folded` sums up those that were too many to be kept apart. `counted` are the calls that
    were read since the first look, by place: a number that only grows.
    """

    minutes: tuple[Minute, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()
    spenders: tuple[Spender, ...] = ()
    folded: Spender | None = None
    counted: Mapping[Place, Tally] = field(default_factory=dict)
    happened: Mapping[str, int] = field(default_factory=dict)
    lines: LineCount = field(default_factory=LineCount)
