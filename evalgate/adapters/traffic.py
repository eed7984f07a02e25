"""Reads the call log into traffic: calls counted by minute and place, again and again.

Only what is new is read at each look, and what was read is kept as counts, so that a day of a
million lines takes no more memory than a day of a thousand.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.call_counting import count_call
from evalgate.adapters.exposures import EARLIEST, LATEST, SCHEMA
from evalgate.adapters.followed_files import FollowedFiles
from evalgate.adapters.line_files import head_of
from evalgate.adapters.traffic_counts import TrafficCounts
from evalgate.model.call import Arm, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.exposure import LeftOut
from evalgate.model.traffic import (
    LineCount,
    Traffic,
)

MOST_EVENTS = 1_000
"""Events that are kept, the latest ones."""

_EVENT = "event/1"
_EVERY = 100_000
"""Lines after which what was counted of them is added up."""

_KINDS = frozenset(each.value for each in EventKind)
_MINUTE_OF, _WHOLE = 16, 24
"""Characters of an instant up to its minute, and up to the `Z` after its milliseconds."""

_Text = Annotated[str, Meta(max_length=128)]
_Number = Annotated[float, Meta(ge=0)]
_Chance = Annotated[float, Meta(gt=0, le=1)]


class _Line(Struct, gc=False):
    """What matters of a line; keys that are not named here are left alone."""

    schema: Literal["call/1"]
    ts: Annotated[str, Meta(max_length=40)]
    prompt: _Text
    served_by: ServedBy
    arm: Arm = Arm.STABLE
    version: _Text | None = None
    feature: _Text | None = None
    route: _Text | None = None
    provider: _Text | None = None
    model: _Text | None = None
    model_asked: _Text | None = None
    degraded: bool | None = None
    stop_reason: _Text | None = None
    user: _Text | None = None
    latency_ms: _Number | None = None
    cost_usd: _Number | None = None
    smell: list[str] | None = None
    sampled: _Chance | None = None
    app_rev: _Text | None = None
    sdk: _Text | None = None
    settings: _Text | None = None


class _EventLine(Struct):
    schema: Literal["event/1"]
    ts: Annotated[datetime, Meta(tz=True)]
    kind: str
    subject: str | None = None
    before: str | None = None
    after: str | None = None
    message: str | None = None


_CALLS, _EVENTS = Decoder(_Line), Decoder(_EventLine)

Heard = Callable[[int], None]


def _unheard(_lines: int) -> None:
    """Tell nobody."""


class TrafficReader:
    """Follows files and folders of the call log."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        since: float = 0.0,
        thresholds: Sequence[int] = (),
        shown: float = 86_400.0,
        kept: float = 400 * 86_400.0,
    ) -> None:
        """Name the log; nothing is read yet.

        Args:
            paths: files, and folders with files `calls-*.jsonl`.
            since: seconds since 1970; calls that began earlier are passed over.
            thresholds: in milliseconds; calls that took longer than each are counted.
            shown: for how many seconds users are kept apart.
            kept: for how many seconds before a look calls are remembered.
        """
        self.files = FollowedFiles(paths, begin="calls-", since=since)
        self._counts = TrafficCounts(shown=shown, kept=kept)
        self._since = since
        self._thresholds = tuple(thresholds)
        self._starts: dict[str, float] = {}
        self._calls = self._event_lines = self._empty = self._passed_over = 0
        self._left_out: Counter[LeftOut] = Counter()
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._happened: Counter[str] = Counter()
        self._told = 0

    def look(self, at: float, *, hear: Heard = _unheard) -> Traffic:
        """Read what is new, and return all that is known; it holds until the next look.

        Args:
            at: now, in seconds since 1970: what is long before is kept by the hour.
            hear: is told now and then how many lines were read so far.
        """
        for lines in self.files.new_lines():
            self._take(lines, hear)
        self._counts.settle()
        self._counts.begin_to_grow()
        return self._counts.traffic(
            at,
            events=tuple(sorted(self._events, key=lambda each: (each.ts, each.kind, each.subject))),
            happened=dict(sorted(self._happened.items())),
            lines=self._line_count(),
        )

    def _take(self, lines: Sequence[bytes], hear: Heard = _unheard) -> None:
        for start in range(0, len(lines), _EVERY):
            self._count(lines[start : start + _EVERY])
            self._counts.settle()
            self._told += len(lines[start : start + _EVERY])
            hear(self._told)

    def _count(self, lines: Sequence[bytes]) -> None:
        """Count lines; this loop runs a hundred thousand times a second, so it is one piece."""
        decode, starts, place_of = _CALLS.decode, self._starts, self._counts.tally
        spend, show, since = self._counts.spend, self._counts.show, self._since
        for line in lines:
            try:
                read = decode(line)
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                self._take_other(line)
                continue
            ts = read.ts
            start = starts.get(ts[:_MINUTE_OF]) if len(ts) == _WHOLE and ts[-1] == "Z" else None
            if start is None:
                start = self._start_of(ts)
            if start < since:
                self._pass_over(start)
                continue
            self._calls += 1
            key = (
                start,
                read.feature,
                read.prompt,
                read.version,
                read.arm,
                read.route,
                read.provider,
                read.model,
            )
            count_call(place_of(key), read, self._thresholds)
            spend(start, read.user, read.cost_usd)
            show((start, read.prompt, read.model_asked, read.app_rev, read.sdk, read.settings))

    def _start_of(self, ts: str) -> float:
        """Return the minute of an instant in seconds since 1970; -1 for what is none."""
        try:
            moment = datetime.fromisoformat(ts)
            seconds = moment.timestamp() if moment.tzinfo else -1.0
        except (ValueError, OverflowError):
            return -1.0
        if not EARLIEST <= seconds < LATEST:
            return -1.0
        start = seconds // 60 * 60
        if len(ts) == _WHOLE and ts[-1] == "Z" and len(self._starts) < _EVERY:
            self._starts[ts[:_MINUTE_OF]] = start
        return start

    def _pass_over(self, start: float) -> None:
        if start < 0:
            self._left_out[LeftOut.INVALID_CALLS] += 1
        else:
            self._passed_over += 1

    def _take_other(self, line: bytes) -> None:
        """Keep an event, or count a line that is neither call nor event."""
        if not line.strip():
            self._empty += 1
            return
        head = head_of(line)
        schema = "" if head is None else head.schema or ""
        if head is None:
            self._left_out[LeftOut.UNREADABLE_CALLS] += 1
        elif schema == _EVENT:
            self._take_event(line)
        elif schema == SCHEMA:
            self._left_out[LeftOut.INVALID_CALLS] += 1
        elif schema.startswith(("call/", "event/")):
            self._left_out[LeftOut.NEWER_CALLS] += 1
        else:
            self._passed_over += 1

    def _take_event(self, line: bytes) -> None:
        try:
            read = _EVENTS.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            self._left_out[LeftOut.INVALID_CALLS] += 1
            return
        ts = read.ts.timestamp()
        if read.kind not in _KINDS:
            self._left_out[LeftOut.NEWER_CALLS] += 1
            return
        if ts < self._since:
            self._passed_over += 1
            return
        self._event_lines += 1
        self._happened[read.kind] += 1
        self._events.append(
            Event(
                ts=ts,
                kind=EventKind(read.kind),
                subject=read.subject or "",
                before=read.before or "",
                after=read.after or "",
                message=read.message or "",
            )
        )

    def _line_count(self) -> LineCount:
        lost = self._left_out + Counter({LeftOut.UNREADABLE_CALLS: self.files.too_long})
        return LineCount(
            calls=self._calls,
            events=self._event_lines,
            empty=self._empty,
            passed_over=self._passed_over,
            left_out={each.value: lost[each] for each in LeftOut if lost[each]},
            unfinished=self.files.unfinished,
        )
