"""Reads of the call log what an incident is about: calls before and since, changes, and ids.

A line that cannot be read is passed over: an incident is opened in any case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.call_counting import count_call
from evalgate.adapters.exposures import REFUSAL
from evalgate.adapters.line_files import line_files, lines_of
from evalgate.model.call import Arm, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.incident import Scope
from evalgate.model.traffic import Change, Minute, Place, Tally

MOST_USERS = 1_000_000
MOST_IDS = 50

FEWEST = 20
"""Calls with a new value from which on it is no slip of one process."""

SETTLED = 600.0
"""Seconds after the first call that is known from which on a value is one that came: of two routes
or hosts side by side, one always has the first call.
"""

_DAY = 86_400.0
_FAILED = frozenset({ServedBy.NOBODY})

_Number = Annotated[float, Meta(ge=0)]
_Instant = Annotated[datetime, Meta(tz=True)]


class _Line(Struct, gc=False):
    schema: Literal["call/1"]
    ts: _Instant
    request_id: str
    prompt: str
    served_by: ServedBy
    version: str | None = None
    arm: Arm = Arm.STABLE
    feature: str | None = None
    route: str | None = None
    provider: str | None = None
    model: str | None = None
    model_asked: str | None = None
    degraded: bool | None = None
    error: str | None = None
    stop_reason: str | None = None
    provider_request_id: str | None = None
    user: str | None = None
    latency_ms: _Number | None = None
    cost_usd: _Number | None = None
    smell: list[str] | None = None
    sampled: float | None = None
    app_rev: str | None = None
    sdk: str | None = None
    settings: str | None = None


class _EventLine(Struct):
    schema: Literal["event/1"]
    ts: _Instant
    kind: EventKind
    subject: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCalls:
    """What the log says: calls by minute, changes, events, and of the affected calls the ids.

    `users` counts hashes of the affected calls; None where the log has none. `calls` counts the
    affected ones.
    """

    minutes: tuple[Minute, ...] = ()
    changes: tuple[Change, ...] = ()
    events: tuple[Event, ...] = ()
    calls: int = 0
    users: int | None = None
    failing: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()


@dataclass(slots=True)
class _Value:
    """When a value came, and how many calls had it."""

    since: float
    calls: int = 0


_Told = tuple[str, Arm, str | None, str | None, str | None, str | None, str | None, str | None]
"""Prompt, arm, version, model, route, revision, SDK and settings of a call."""


@dataclass(slots=True, kw_only=True)
class _Reader:
    scope: Scope
    since: float
    began: float
    until: float
    thresholds: Sequence[int] = ()
    tallies: dict[tuple[object, ...], Tally] = field(default_factory=dict)
    told: dict[_Told, _Value] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    users: set[str] = field(default_factory=set)
    failing: dict[str, None] = field(default_factory=dict)
    vendor: dict[str, None] = field(default_factory=dict)
    calls: int = 0

    def take(self, line: _Line) -> None:
        """Count a call."""
        ts = line.ts.timestamp()
        if not self.since <= ts <= self.until:
            return
        self._count(line, ts)
        self._note(line, ts)
        if ts >= self.began and self._is_affected(line):
            self._affected(line)

    def _count(self, line: _Line, ts: float) -> None:
        key = (
            ts // 60 * 60,
            line.feature,
            line.prompt,
            line.version,
            line.arm,
            line.route,
            line.provider,
            line.model,
        )
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally()
        count_call(tally, line, self.thresholds)

    def _note(self, line: _Line, ts: float) -> None:
        key = (
            line.prompt,
            line.arm,
            line.version,
            line.model_asked,
            line.route,
            line.app_rev,
            line.sdk,
            line.settings,
        )
        held = self.told.get(key)
        if held is None:
            held = self.told[key] = _Value(ts)
        elif ts < held.since:
            held.since = ts
        held.calls += 1

    def _is_affected(self, line: _Line) -> bool:
        scope = self.scope
        wanted = (
            (scope.prompt, line.prompt),
            (scope.version, line.version),
            (scope.feature, line.feature),
            (scope.route, line.route),
            (scope.provider, line.provider),
            (scope.model, line.model),
        )
        return all(not want or want == got for want, got in wanted)

    def _affected(self, line: _Line) -> None:
        self.calls += 1
        if line.user and len(self.users) < MOST_USERS:
            self.users.add(line.user)
        is_bad = line.served_by in _FAILED or line.degraded or line.smell or line.error
        if is_bad or line.stop_reason == REFUSAL:
            _keep(self.failing, line.request_id)
            if line.provider_request_id:
                _keep(self.vendor, line.provider_request_id)

    def minutes(self) -> tuple[Minute, ...]:
        """Return the calls by minute and place."""
        made = [
            Minute(start=float(str(start)), place=_place(names), tally=tally)
            for (start, *names), tally in self.tallies.items()
        ]
        return tuple(sorted(made, key=lambda each: (each.start, each.place)))

    def changes(self) -> Iterator[Change]:
        """Yield where a value came that was not there before."""
        began: dict[str, float] = {}
        for (prompt, *_), held in self.told.items():
            began[prompt] = min(held.since, began.get(prompt, held.since))
        for (kind, subject), known in self._values().items():
            lasting = sorted(
                (each.since, value) for value, each in known.items() if each.calls >= FEWEST
            )
            first = began[subject] if kind == "weight" else lasting[0][0] if lasting else 0.0
            for index, (since, value) in enumerate(lasting):
                if since - first < SETTLED:
                    continue
                if kind == "weight":
                    yield self._change(since, kind, subject, "no canary", f"{value} as canary")
                else:
                    yield self._change(since, kind, subject, lasting[index - 1][1], value)

    def _values(self) -> dict[tuple[str, str], dict[str, _Value]]:
        """Return for each thing that may change its values, with when they came."""
        values: dict[tuple[str, str], dict[str, _Value]] = {}
        for told, held in self.told.items():
            prompt, arm, version, model, route, app_rev, sdk, settings = told
            for kind, subject, value in (
                ("application", "app_rev", app_rev),
                ("sdk", "sdk", sdk),
                ("configuration", "runtime.yml", settings),
                ("model", prompt, model),
                ("provider", "route", route),
                ("weight" if arm is Arm.CANARY else "prompt", prompt, version),
            ):
                if value:
                    known = values.setdefault((kind, subject), {})
                    one = known.setdefault(value, _Value(held.since))
                    one.since = min(one.since, held.since)
                    one.calls += held.calls
        return values

    def _change(self, *told: float | str) -> Change:
        ts, kind, subject, before, after = told
        return Change(
            ts=float(ts),
            kind=str(kind),
            subject=str(subject),
            before=str(before),
            after=str(after),
            source="call log",
        )


def read_incident_calls(  # noqa: PLR0913 - what is looked at, and from when till when
    paths: Sequence[Path],
    scope: Scope,
    *,
    since: float,
    began: float,
    until: float,
    thresholds: Sequence[int] = (),
) -> IncidentCalls:
    """Read what the call log says around an incident.

    Files that are named by a day outside of the time are not opened.

    Args:
        paths: files and folders.
        scope: which calls are affected.
        since: where the time before begins, in seconds since 1970.
        began: from when on calls are affected.
        until: nothing later is known.
        thresholds: in milliseconds; calls that took longer than each are counted as late.

    Raises:
        UsageError: there is no such file or folder, or no log in it, or it cannot be read.
    """
    reader = _Reader(
        scope=scope, since=since, began=began, until=until, thresholds=tuple(thresholds)
    )
    calls, events = Decoder(_Line), Decoder(_EventLine)
    for path in line_files(paths, begin="calls-", holding="the call log"):
        if not _may_hold(path, since, until):
            continue
        for line in lines_of(path):
            try:
                reader.take(calls.decode(line))
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                event = _event(events, line)
                if event is not None and since <= event.ts <= until:
                    reader.events.append(event)
    return IncidentCalls(
        minutes=reader.minutes(),
        changes=tuple(sorted(reader.changes(), key=lambda each: (each.ts, each.kind))),
        events=tuple(reader.events),
        calls=reader.calls,
        users=len(reader.users) or None,
        failing=tuple(reader.failing),
        vendor=tuple(reader.vendor),
    )


def _place(names: Sequence[object]) -> Place:
    feature, prompt, version, arm, route, provider, model = (str(each or "") for each in names)
    return Place(
        feature=feature,
        prompt=prompt,
        version=version,
        arm=Arm(arm),
        route=route,
        provider=provider,
        model=model,
    )


def _event(events: Decoder[_EventLine], line: bytes) -> Event | None:
    try:
        read = events.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return Event(
        ts=read.ts.timestamp(),
        kind=read.kind,
        subject=read.subject,
        before=read.before or "",
        after=read.after or "",
    )


def _may_hold(path: Path, since: float, until: float) -> bool:
    """Return whether a file may hold calls of a time; one whose name is no day may."""
    day = path.name.removeprefix("calls-").removesuffix(".jsonl")
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return True
    # A line goes into the file of the day on which its call ended.
    return start <= until + _DAY and start + _DAY >= since


def _keep(kept: dict[str, None], name: str) -> None:
    if len(kept) < MOST_IDS:
        kept[name] = None
