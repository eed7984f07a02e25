"""What the call log answers, with the account of all lines that were read for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from evalgate.model.document import Data
from evalgate.model.log_question import TIMES, LogQuestion

NANO = 1_000_000_000
"""Money is added up in whole billionths of a dollar: the sum of any order is the same."""

GroupKey = tuple[str | int | None, ...]
"""The values that the calls of a group share, None where they have none; times are numbers."""

LoggedCall = Mapping[str, Data]
"""The columns of one call, and nothing else of its line."""


class LineKind(StrEnum):
    """What a line of the log is.

    An `unreadable` one was cut off, is damaged, or is no line of a log; a call without an instant
    is one too. One of an `other` schema is newer than this evalgate, or no matter of the call log.
    """

    CALL = "call"
    EVENT = "event"
    UNREADABLE = "unreadable"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All lines of the files that were read: each is one of the five.

    `chosen` are the calls that were asked for. `growing` counts files that were written to
    meanwhile: what came in then may be counted or not.
    """

    lines: int = 0
    calls: int = 0
    events: int = 0
    unreadable: int = 0
    other: int = 0
    empty: int = 0
    chosen: int = 0
    growing: int = 0

    @property
    def balances(self) -> bool:
        """Whether every line is accounted for, and by one of them alone."""
        told = self.calls + self.events + self.unreadable + self.other + self.empty
        return self.lines == told and 0 <= self.chosen <= self.calls and self.empty >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """What the calls of a group cost.

    `nano_usd` is the known cost; `unpriced` counts the calls whose cost is not known. `cached` ones
    were answered from memory. Tokens of calls that tell none are not among the sums.
    """

    key: GroupKey = ()
    calls: int = 0
    nano_usd: int = 0
    unpriced: int = 0
    cached: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0

    @property
    def usd(self) -> float | None:
        """The known cost in dollars; None where no call has a known one."""
        return self.nano_usd / NANO if self.priced or not self.calls else None

    @property
    def priced(self) -> int:
        """The calls whose cost is known."""
        return self.calls - self.unpriced

    @property
    def usd_per_call(self) -> float | None:
        """The mean of the calls whose cost is known."""
        return self.nano_usd / NANO / self.priced if self.priced else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How some times in milliseconds are spread; a percentile is the time of one of the calls."""

    of: int
    p50: int
    p90: int
    p95: int
    p99: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyRow:
    """How long the calls of a group took: those that asked a model, with or without success.

    `left_out` were answered from memory, or tell no time. `first` is the time until the first
    content of a stream.
    """

    key: GroupKey = ()
    calls: int = 0
    left_out: int = 0
    whole: Spread | None = None
    first: Spread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """How the calls of a group failed.

    `unanswered` calls were answered by nobody; `degraded` ones by less than what was asked for.
    `errors` counts calls by their word. `attempts` are all, and `failures` those that failed and
    that the lines show, by route and word.
    """

    key: GroupKey = ()
    calls: int = 0
    unanswered: int = 0
    degraded: int = 0
    refused: int = 0
    attempts: int = 0
    may_be_billed: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[tuple[str, str], int] = field(default_factory=dict)


Row = TypeVar("Row", CostRow, LatencyRow, ErrorRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[Row]):
    """Rows of groups, the row of all chosen calls, and how many groups there are."""

    account: Account
    rows: tuple[Row, ...]
    total: Row
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowest:
    """The calls that took longest, the slowest first."""

    account: Account
    calls: tuple[LoggedCall, ...]


PERCENTS: Sequence[int] = (50, 90, 95, 99)


def spread(bins: Iterable[tuple[int, int]]) -> Spread | None:
    """Return how times are spread; None without any.

    A percentile is the least time that so many percent of the calls do not exceed.

    Args:
        bins: each time with how many calls took it, in rising order.
    """
    known = [(value, number) for value, number in bins if number]
    total = sum(number for _, number in known)
    if not total:
        return None
    ranks = [-(-total * percent // 100) for percent in PERCENTS]
    found: list[int] = []
    seen = 0
    for value, number in known:
        seen += number
        while len(found) < len(ranks) and seen >= ranks[len(found)]:
            found.append(value)
    return Spread(
        of=total, p50=found[0], p90=found[1], p95=found[2], p99=found[3], most=known[-1][0]
    )


def in_order(rows: Iterable[Row], question: LogQuestion) -> tuple[Row, ...]:
    """Return the rows that are asked for, in their order: the same for any order that they come in.

    Groups by time come in its order, and the latest ones are kept; others come largest first.
    """
    if question.is_in_order_of_time:
        places = sorted(range(len(question.by)), key=lambda place: question.by[place] not in TIMES)
        ordered = sorted(rows, key=lambda row: [_rank(row.key[place]) for place in places])
        return tuple(ordered if question.top is None else ordered[-question.top :])
    ordered = sorted(
        rows, key=lambda row: ([-each for each in weight(row)], [_rank(each) for each in row.key])
    )
    return tuple(ordered[: question.top])


def weight(row: CostRow | LatencyRow | ErrorRow) -> tuple[int, ...]:
    """Return what makes a row come before others."""
    match row:
        case CostRow():
            return row.nano_usd, row.calls
        case ErrorRow():
            return row.unanswered, row.calls
    return (row.calls,)


def _rank(value: str | int | None) -> tuple[bool, int, str]:
    """Return what a value is ordered by: unknown ones come last."""
    return value is None, value if isinstance(value, int) else 0, str(value)
