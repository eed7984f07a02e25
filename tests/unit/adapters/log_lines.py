"""Lines of the call log for tests, as its writer makes them, and such as are none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.log_sources import LogSources, find_sources
from evalgate.model.call import CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.log_question import Selection
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
HOUR = 3_600.0

EVENT = line_of(Event(ts=NOON, kind=EventKind.POINTER_MOVED, subject="support-reply"))
NEWER = b'{"schema":"call/2","ts":"2026-11-21T12:00:00.000Z"}\n'
TORN = b'{"schema":"call/1","ts":"2026-11-21T12:00:00.0\n'
EMPTY = b"\n"


def record(number: int = 0, **changes: object) -> CallRecord:
    """Return a call that differs from the others by its id."""
    known = replace(RECORD, ts=NOON, request_id=f"00000000-0000-7000-8000-{number:012x}")
    return replace(known, **changes)  # type: ignore[arg-type]


def call(number: int = 0, **changes: object) -> bytes:
    """Return the line of a call."""
    return line_of(record(number, **changes))


def cached(number: int = 0, **changes: object) -> bytes:
    """Return the line of a call that was answered from memory."""
    return call(number, served_by=ServedBy.CACHE, tries=(), cost_usd=0.0, **changes)


def write(folder: Path, *lines: bytes, name: str = "calls-2026-11-21.jsonl") -> Path:
    """Write a file of the log."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def sources(*paths: Path, where: Selection | None = None) -> LogSources:
    """Return the files that are read."""
    return find_sources(paths, where or Selection())


def nothing(_: float) -> None:
    """Hear of the progress, and say nothing."""
