"""Answers questions to the call log without a database: line by line, in memory of the groups.

It is meant for up to a million lines. The figures are those that DuckDB gives for the same files.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Protocol, TypeVar

from evalgate.adapters.log_call import call_of
from evalgate.adapters.log_columns import NOBODY, REFUSAL
from evalgate.adapters.log_line import Line, read_line
from evalgate.adapters.log_sources import LogSources, lines_of
from evalgate.model.log_answer import (
    Account,
    Answer,
    CostRow,
    ErrorRow,
    GroupKey,
    LatencyRow,
    LineKind,
    Row,
    Slowest,
    in_order,
    spread,
)
from evalgate.model.log_question import LogQuestion, Selection

_TOLD_EVERY = 20_000
"""Lines from one report of the progress to the next."""


class PlainLog:
    """Reads the files of a log once for each question."""

    def __init__(self, sources: LogSources, *, tell: Callable[[float], None]) -> None:
        """Name the files, and whom to tell which share of them has been read."""
        self._sources = sources
        self._tell = tell

    def cost(self, question: LogQuestion) -> Answer[CostRow]:
        """Return what calls cost.

        Raises:
            UsageError: a file cannot be read.
        """
        return self._answer(question, _Cost)

    def latency(self, question: LogQuestion) -> Answer[LatencyRow]:
        """Return how long calls took.

        Raises:
            UsageError: a file cannot be read.
        """
        return self._answer(question, _Latency)

    def errors(self, question: LogQuestion) -> Answer[ErrorRow]:
        """Return how calls failed.

        Raises:
            UsageError: a file cannot be read.
        """
        return self._answer(question, _Errors)

    def slowest(self, where: Selection, most: int) -> Slowest:
        """Return the calls that took longest.

        Raises:
            UsageError: a file cannot be read.
        """
        reading = _Reading(self._sources, self._tell)
        heap: list[tuple[int, str, int, bytes]] = []
        for number, (call, line) in enumerate(reading.calls(where)):
            if not call.is_timed:
                continue
            entry = (call.latency_ms or 0, call.request_id or "", -number, line)
            if len(heap) < most:
                heappush(heap, entry)
            else:
                heappushpop(heap, entry)
        calls = [call_of(line) for *_, line in sorted(heap, reverse=True)]
        return Slowest(
            account=reading.account(), calls=tuple(each for each in calls if each is not None)
        )

    def _answer(self, question: LogQuestion, empty: Callable[[], "_Sums[Row]"]) -> Answer[Row]:
        groups: dict[GroupKey, _Sums[Row]] = {}
        total, reading = empty(), _Reading(self._sources, self._tell)
        for call, _ in reading.calls(question.where):
            key = tuple(call.value(each) for each in question.by)
            sums = groups.get(key)
            if sums is None:
                sums = groups[key] = empty()
            sums.add(call)
            total.add(call)
        return Answer(
            account=reading.account(),
            rows=in_order((each.row(key) for key, each in groups.items()), question),
            total=total.row(()),
            groups=len(groups),
        )


Made = TypeVar("Made", CostRow, LatencyRow, ErrorRow, covariant=True)


class _Sums(Protocol[Made]):
    """What is added up of the calls of a group."""

    def add(self, call: Line) -> None:
        """Add a call."""
        ...

    def row(self, key: GroupKey) -> Made:
        """Return what the calls come to."""
        ...


class _Reading:
    """One pass over the files, and the account of it."""

    def __init__(self, sources: LogSources, tell: Callable[[float], None]) -> None:
        self._sources = sources
        self._tell = tell
        self._kinds: Counter[LineKind] = Counter()
        self._empty = 0
        self._chosen = 0

    def calls(self, where: Selection) -> Iterator[tuple[Line, bytes]]:
        """Yield the calls that are asked for, with their lines."""
        choice = _Choice(where)
        for line in self._lines():
            read = read_line(line)
            if read is None:
                self._empty += 1
                continue
            kind = read.kind
            self._kinds[kind] += 1
            if kind is LineKind.CALL and choice.holds(read):
                self._chosen += 1
                yield read, line

    def account(self) -> Account:
        """Return what was read."""
        return Account(
            lines=self._kinds.total() + self._empty,
            calls=self._kinds[LineKind.CALL],
            events=self._kinds[LineKind.EVENT],
            unreadable=self._kinds[LineKind.UNREADABLE],
            other=self._kinds[LineKind.OTHER],
            empty=self._empty,
            chosen=self._chosen,
        )

    def _lines(self) -> Iterator[bytes]:
        total, before = self._sources.bytes or 1, 0
        for file in self._sources.files:
            seen = 0
            for number, line in enumerate(lines_of(file)):
                seen += len(line)
                if not number % _TOLD_EVERY:
                    # A compressed file has more bytes of lines than of its own.
                    self._tell((before + min(seen, file.bytes)) / total)
                yield line
            before += file.bytes


class _Choice:
    """Which calls are asked for."""

    def __init__(self, where: Selection) -> None:
        self._since = where.since
        self._until = where.until
        self._values = tuple((key, frozenset(each)) for key, each in where.values.items())

    def holds(self, call: Line) -> bool:
        """Whether a call is one of them."""
        at = call.instant
        if self._since is not None and at < self._since:
            return False
        if self._until is not None and at >= self._until:
            return False
        return all((call.value(key) or "") in values for key, values in self._values)


@dataclass(slots=True)
class _Cost:
    calls: int = 0
    nano: int = 0
    unpriced: int = 0
    cached: int = 0
    tokens: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def add(self, call: Line) -> None:
        self.calls += 1
        nano = call.nano_usd
        if nano is None:
            self.unpriced += 1
        else:
            self.nano += nano
        self.cached += call.is_from_memory
        self.tokens[0] += call.input_tokens or 0
        self.tokens[1] += call.cache_read_tokens or 0
        self.tokens[2] += (call.cache_write_5m_tokens or 0) + (call.cache_write_1h_tokens or 0)
        self.tokens[3] += call.output_tokens or 0

    def row(self, key: GroupKey) -> CostRow:
        read, cache_read, cache_write, written = self.tokens
        return CostRow(
            key=key,
            calls=self.calls,
            nano_usd=self.nano,
            unpriced=self.unpriced,
            cached=self.cached,
            input_tokens=read,
            cache_read_tokens=cache_read,
            cache_write_tokens=cache_write,
            output_tokens=written,
        )


@dataclass(slots=True)
class _Latency:
    calls: int = 0
    left_out: int = 0
    whole: Counter[int] = field(default_factory=Counter)
    first: Counter[int] = field(default_factory=Counter)

    def add(self, call: Line) -> None:
        self.calls += 1
        if not call.is_timed or call.latency_ms is None:
            self.left_out += 1
            return
        self.whole[call.latency_ms] += 1
        if call.ttft_ms is not None:
            self.first[call.ttft_ms] += 1

    def row(self, key: GroupKey) -> LatencyRow:
        return LatencyRow(
            key=key,
            calls=self.calls,
            left_out=self.left_out,
            whole=spread(sorted(self.whole.items())),
            first=spread(sorted(self.first.items())),
        )


@dataclass(slots=True)
class _Errors:
    calls: int = 0
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    errors: Counter[str] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, call: Line) -> None:
        self.calls += 1
        said: Sequence[int] = (
            call.served_by == NOBODY,
            bool(call.degraded),
            call.stop_reason == REFUSAL,
            call.tries_count or 0,
            call.may_be_billed or 0,
        )
        self.counts = [had + more for had, more in zip(self.counts, said, strict=True)]
        if call.error is not None:
            self.errors[call.error] += 1
        for attempt in call.tries or ():
            if attempt.failure is not None:
                self.failures[attempt.route or "", attempt.failure] += 1

    def row(self, key: GroupKey) -> ErrorRow:
        unanswered, degraded, refused, attempts, may_be_billed = self.counts
        return ErrorRow(
            key=key,
            calls=self.calls,
            unanswered=unanswered,
            degraded=degraded,
            refused=refused,
            attempts=attempts,
            may_be_billed=may_be_billed,
            errors=dict(self.errors),
            failures=dict(self.failures),
        )
