"""What a look at production finds: alarms, trends, error budgets, and what is not watched."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.alarm import Alarm, Urgency
from evalgate.model.monitoring import Objective
from evalgate.model.observation import Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """The scores of one stretch of time, from `start` up to `end` in seconds since 1970.

    `low` and `high` are the limits of the mean, each passed by chance once in 40 times.
    """

    start: float
    end: float
    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a stream went. All figures are of the uniform sample, but for `weighted`.

    `mean`, `low` and `high` are of the last `in_window` scores, which are `window` ones once there
    are so many; None without scores. `window` is 0, and `baseline` and `limit` are None, where
    nothing is frozen. A mean of the window of at most `limit` is an alarm. `weighted` is the mean
    of all scores, raised ones too, each weighted by one over its chance. `unscored` counts answers
    without an outcome. `per_hour` is how many scores came an hour of late, `last` when the last
    scored answer was given, in seconds since 1970.
    """

    stream: Stream
    n: int
    unscored: int
    in_window: int
    window: int
    mean: float | None
    low: float | None
    high: float | None
    baseline: float | None
    limit: float | None
    floor: float | None
    weighted: float | None
    per_hour: float
    last: float | None
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """How fast an error budget was spent in a pair of windows, as multiples of what spends it.

    `limit` is the multiple that alarms when both windows reach it. `window` names the pair.
    """

    window: str
    urgency: Urgency
    limit: float
    long: float
    short: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """What a service level has left of its 30 days.

    `counted` are calls or scores, `bad` those that were not good. `allowed` is how many may be bad
    of so many. `left` is the share of the budget that is left, below 0 when it is overspent, and 1
    where nothing was counted. `days` is how much of the 30 days was there to be counted.
    """

    objective: Objective
    counted: int
    bad: int
    allowed: float
    left: float
    days: float
    burns: tuple[Burn, ...] = ()


class Missing(StrEnum):
    """Why a stream is not watched.

    `baseline`: nothing is frozen. `window`: there are too few scores since then. `scores`: there
    are too few to freeze anything. `judge`: another judge scores it than the one of the baseline.
    """

    BASELINE = "baseline"
    WINDOW = "window"
    SCORES = "scores"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A stream that cannot raise an alarm now, and what it lacks.

    `lacking` is the number of scores that are missing, and `until` about when they will be there
    at this traffic, in seconds since 1970; None where nothing can be said. `message` is a sentence.
    """

    stream: Stream
    why: Missing
    lacking: int
    until: float | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReport:
    """What was found at the instant `at`, in seconds since 1970.

    `alarms` last still, pages first and then the oldest; `past` are over, the latest first. `notes`
    are sentences about what limits this report, such as pages that were withheld and why.
    """

    at: float
    alarms: tuple[Alarm, ...] = ()
    past: tuple[Alarm, ...] = ()
    trends: tuple[Trend, ...] = ()
    budgets: tuple[ErrorBudget, ...] = ()
    unwatched: tuple[Unwatched, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def pages(self) -> bool:
        """Whether somebody has to act now."""
        return any(each.urgency is Urgency.PAGE for each in self.alarms)
