"""Finds a call by an id: bytes are searched, and only lines that hold the id are read."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.line_files import line_files
from evalgate.adapters.log_call import call_of, ids_of
from evalgate.adapters.log_sources import (
    LONGEST,
    READING_ERRORS,
    Form,
    LogFile,
    LogSources,
    day_of,
    opened,
    unreadable,
)
from evalgate.errors import UsageError
from evalgate.model.log_answer import LoggedCall

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}", re.ASCII)
"""What an id can be: a text that stands in a line as it is."""

_PIECE = 1 << 22
_UUID_7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCalls:
    """The calls that an id belongs to; `damaged` lines hold it and cannot be read."""

    calls: tuple[LoggedCall, ...]
    damaged: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundScore:
    """What was said of a call by one criterion; a judge's reason is not among it."""

    criterion: str
    outcome: float | None
    cause: str
    judge: str


class _Score(Struct):
    request_id: str
    schema: Literal["score/1"] | None = None
    criterion: str | None = None
    passed: bool | None = None
    score: float | None = None
    cause: str | None = None
    judge: str | None = None


class _Sample(Struct):
    request_id: str


_SCORES = Decoder(_Score)
_SAMPLES = Decoder(_Sample)


def find_calls(
    sources: LogSources,
    wanted: str,
    *,
    tell: Callable[[float], None],
    compacted: Callable[[Sequence[LogFile]], Sequence[LoggedCall]],
) -> FoundCalls:
    """Return the calls that an id belongs to: its own, of its trace, or of one of its attempts.

    The files of the day that the id tells are searched first, and no others once it is found.

    Args:
        sources: the files.
        wanted: the id.
        tell: is told which share has been searched.
        compacted: searches Parquet files.

    Raises:
        UsageError: a file cannot be read.
    """
    calls: list[LoggedCall] = []
    damaged = searched = done = 0
    for files in _in_turn(sources.files, wanted):
        parquet = [each for each in files if each.form is Form.PARQUET]
        calls.extend(compacted(parquet) if parquet else ())
        for file in (each for each in files if each.form is not Form.PARQUET):
            for line in lines_with(file, wanted.encode()):
                call = call_of(line)
                if call is not None and wanted in ids_of(call):
                    calls.append(call)
                damaged += call is None
            done += file.bytes
            tell(done / (sources.bytes or 1))
        searched += len(files)
        if any(call.get("request_id") == wanted for call in calls):
            break
    return FoundCalls(calls=tuple(calls), damaged=damaged, files=searched)


def find_scores(paths: Sequence[Path], request_id: str) -> tuple[FoundScore, ...]:
    """Return the scores of a call.

    Raises:
        UsageError: there are no such files, or they cannot be read.
    """
    found = []
    for path in line_files(paths, begin="scores-", holding="lines of scores"):
        for line in lines_with(_plain(path), request_id.encode()):
            try:
                read = _SCORES.decode(line)
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                continue
            if read.request_id == request_id:
                found.append(_score(read))
    return tuple(found)


def is_sampled(folder: Path, request_id: str) -> bool:
    """Return whether the spool holds a sample of a call; what it says is not looked at.

    Raises:
        UsageError: there is no such folder, or it cannot be read.
    """
    try:
        paths = sorted(folder.glob("samples-*.jsonl")) if folder.is_dir() else None
    except OSError as error:
        raise unreadable(folder, error) from error
    if paths is None:
        raise UsageError(f"{folder}: expected the folder of samples that runtime.yml names")
    for path in paths:
        for line in lines_with(_plain(path), request_id.encode()):
            try:
                if _SAMPLES.decode(line).request_id == request_id:
                    return True
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                continue
    return False


def lines_with(file: LogFile, wanted: bytes) -> Iterator[bytes]:
    """Yield the lines of a file that hold some bytes; of one that is too long, its end.

    Raises:
        UsageError: the file cannot be read.
    """
    rest = b""
    try:
        with opened(file) as lines:
            while piece := lines.read(_PIECE):
                text = rest + piece
                end = text.rfind(b"\n") + 1
                yield from _holding(text[:end], wanted)
                rest = text[end:][-LONGEST:]
    except READING_ERRORS as error:
        raise unreadable(file.path, error) from error
    yield from _holding(rest, wanted)


def _holding(text: bytes, wanted: bytes) -> Iterator[bytes]:
    place = text.find(wanted)
    while place >= 0:
        start = text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        yield text[start:end]
        place = text.find(wanted, end)


def _in_turn(files: Sequence[LogFile], wanted: str) -> Iterator[Sequence[LogFile]]:
    """Yield the files that most probably hold the call, and then the others."""
    days = _days(wanted)
    likely = [each for each in files if day_of(each.path) in days]
    yield from filter(None, (likely, [each for each in files if each not in likely]))


def _days(wanted: str) -> frozenset[date]:
    """Return the days on which a call may have ended whose id tells when it began."""
    found = _UUID_7.fullmatch(wanted)
    if found is None:
        return frozenset()
    try:
        day = datetime.fromtimestamp(int(found[1] + found[2], 16) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        return frozenset()
    return frozenset({day, day + timedelta(days=1)})


def _plain(path: Path) -> LogFile:
    return LogFile(path=path, form=Form.PLAIN, bytes=0)


def _score(read: _Score) -> FoundScore:
    outcome = read.score if read.passed is None else float(read.passed)
    return FoundScore(
        criterion=read.criterion or "",
        outcome=outcome,
        cause="" if outcome is not None else read.cause or "",
        judge=read.judge or "",
    )
