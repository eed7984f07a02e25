"""What a dashboard shows of production, at one instant and of the time before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.alarm import Alarm
from evalgate.model.alarm_report import ErrorBudget, Missing, Trend, TrendPoint, Unwatched
from evalgate.model.traffic import Change, LineCount, Place, Tally


class Standing(StrEnum):
    """How production stands.

    `page`: somebody has to act now. `ticket`: somebody has to look. `unwatched`: nothing is known
    to be wrong, and nothing would be: no rule has what it needs. `unread`: nothing could be read.
    """

    WELL = "well"
    TICKET = "ticket"
    PAGE = "page"
    UNWATCHED = "unwatched"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How some calls went; see `Tally`. Percentiles are in milliseconds, None of no calls.

    `anew` counts the calls whose latency counts: those that were not answered from memory.
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
    anew: int = 0
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def answered(self) -> int:
        """The calls that got an answer, whoever gave it."""
        return self.calls - self.failed

    @property
    def available(self) -> float | None:
        """The share of the calls that got what they asked for; None of no calls."""
        return (self.answered - self.degraded) / self.calls if self.calls else None

    @property
    def cost_per_call(self) -> float | None:
        """US dollars a call, as far as prices are known; None where none is."""
        priced = self.calls - self.unpriced
        return self.cost_usd / priced if priced else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The calls that began from `start` up to `end`, in seconds since 1970."""

    start: float
    end: float
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The calls that have something in common, such as a feature; an empty name is unknown."""

    kind: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened, to be drawn into a trend."""

    ts: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """The scores of one prompt by one criterion, with what happened meanwhile, and its slices.

    `points` are its course over the time that is shown. `why` says why it is not watched; None
    where it is.
    """

    trend: Trend
    points: tuple[TrendPoint, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    marks: tuple[Mark, ...] = ()
    slices: tuple[Trend, ...] = ()
    why: Unwatched | None = None

    @property
    def lacking(self) -> int:
        """The scores that are still to come before a trend that is watched can alarm."""
        if self.trend.limit is None or self.why is None or self.why.why is not Missing.WINDOW:
            return 0
        return self.why.lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class SpenderGroup:
    """Users who are alike in what they spend."""

    name: str
    users: int
    calls: int
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmScore:
    """The mean of so many scores of one arm by one criterion; None of none."""

    criterion: str
    n: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmView:
    """One arm of a prompt: its versions, its calls, its scores, and the share that smells."""

    versions: tuple[str, ...]
    figures: Figures
    smelling: int
    scores: tuple[ArmScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Both arms of a prompt that has a canary, beside each other."""

    prompt: str
    stable: ArmView
    canary: ArmView


@dataclass(frozen=True, slots=True, kw_only=True)
class SmellRate:
    """How many of a prompt's answers had a smell, now and before.

    `before` is the share in the answers of `source`; None where there is nothing to compare with.
    """

    prompt: str
    smell: str
    found: int
    of: int
    before: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something that was lost or left out, and how often; 0 says that nothing was."""

    name: str
    number: int
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What became of the calls that were chosen for scoring.

    `chosen` counts them in the log, `answers` those that have a score, `scores` all scores, and
    `ungraded` those without an outcome, by cause. `judge_usd` is what scoring has cost today; None
    where nobody says.
    """

    chosen: int = 0
    answers: int = 0
    scores: int = 0
    ungraded: Mapping[str, int] = field(default_factory=dict)
    judge_usd: float | None = None
    most_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An incident that is not closed. `opened` and `due` are in seconds since 1970.

    `due` is when somebody is to hear of it next.
    """

    id: str
    title: str
    status: str
    severity: str = ""
    opened: float | None = None
    due: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingSink:
    """A place for alerts that does not take them, since when, and why in words without secrets."""

    name: str
    since: float | None
    failure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that would be needed to see more, and the command that makes it."""

    message: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All of it. `since` and `at` bound what is shown, in seconds since 1970.

    `counters` are calls by place since this process began, for those who count along: the numbers
    only grow. `happened` counts the events of the log by kind.
    """

    at: float
    since: float
    standing: Standing
    alarms: tuple[Alarm, ...] = ()
    past: tuple[Alarm, ...] = ()
    trends: tuple[TrendView, ...] = ()
    whole: Figures = field(default_factory=Figures)
    beats: tuple[Beat, ...] = ()
    slices: tuple[Slice, ...] = ()
    spenders: tuple[SpenderGroup, ...] = ()
    budgets: tuple[ErrorBudget, ...] = ()
    canaries: tuple[Canary, ...] = ()
    smells: tuple[SmellRate, ...] = ()
    losses: tuple[Loss, ...] = ()
    lines: LineCount = field(default_factory=LineCount)
    scoring: Scoring = field(default_factory=Scoring)
    incidents: tuple[OpenIncident, ...] = ()
    sinks: tuple[FailingSink, ...] = ()
    changes: tuple[Change, ...] = ()
    lacks: tuple[Lack, ...] = ()
    notes: tuple[str, ...] = ()
    counters: Mapping[Place, Tally] = field(default_factory=dict)
    happened: Mapping[str, int] = field(default_factory=dict)

    def slices_of(self, kind: str) -> tuple[Slice, ...]:
        """Return the slices of one kind, the ones with most calls first."""
        return tuple(each for each in self.slices if each.kind == kind)
