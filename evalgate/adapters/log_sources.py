"""Finds the files of a call log, each line in one of them alone, and opens them.

A file that was copied, compressed or compacted begins with the same line as the one that it was
made of. A call has an id of its own, so that the beginning tells which file is which.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from gzip import BadGzipFile, GzipFile
from hashlib import blake2b
from io import BufferedIOBase, BufferedReader, FileIO
from pathlib import Path
from shlex import quote
from stat import S_ISREG

from evalgate.adapters.line_files import BUFFER, head_of
from evalgate.adapters.log_columns import CALL
from evalgate.errors import UsageError
from evalgate.model.log_question import Selection

LONGEST = 1 << 24
"""Bytes of the longest line that is read; of a longer one the beginning is."""

_BEGIN = "calls-"
_DAY = re.compile(r"calls-(\d{4}-\d{2}-\d{2})(?:\.|$)")
_PARQUET = re.compile(r"(.*)\.([0-9a-f]{16})\.parquet")
_HEAD = 1 << 16
_MICROSECONDS = 1_000_000

Extent = Callable[[Path], int]

READING_ERRORS = (OSError, EOFError, zlib.error)
"""What may be raised while lines are read, also of a compressed file."""


class Form(StrEnum):
    """How a file holds its lines, by the end of its name."""

    PLAIN = ".jsonl"
    GZIP = ".jsonl.gz"
    ZSTD = ".jsonl.zst"
    PARQUET = ".parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file of the log.

    `mark` tells its beginning from that of others, and `stem` is its name, both of the file that it
    was made of; they are empty where that is not known.
    """

    path: Path
    form: Form
    bytes: int
    mark: str = ""
    stem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSources:
    """The files to read. `other_days` and `repeated` count those that are passed over."""

    files: tuple[LogFile, ...]
    other_days: int = 0
    repeated: int = 0

    @property
    def bytes(self) -> int:
        """How many bytes there are to read."""
        return sum(file.bytes for file in self.files)


def find_sources(
    paths: Sequence[Path],
    where: Selection,
    *,
    extent: Extent | None = None,
) -> LogSources:
    """Return the files that are to be read for some calls.

    Of a folder these are the files `calls-*`, or, without any, all that hold lines; and those that
    were compacted, in the folders `day=*` inside. A file of a day on which none of the calls can
    have ended is passed over.

    Args:
        paths: files and folders.
        where: which calls are asked for.
        extent: tells of a Parquet file how many bytes it was made of.

    Raises:
        UsageError: there is no such file or folder, or no log in it, or it cannot be read.
    """
    found: dict[tuple[int, int], LogFile] = {}
    for path in paths:
        files = _files_of(path)
        for file in files:
            try:
                status = file.stat()
            except OSError as error:
                raise unreadable(file, error) from error
            if not S_ISREG(status.st_mode):
                raise UsageError(
                    f"{file}: it is no file but a pipe or a device, and a log is read more than "
                    "once: write it into a file first"
                )
            each = LogFile(path=file, form=form_of(file), bytes=status.st_size)
            found.setdefault((status.st_dev, status.st_ino), each)
    asked = [each for each in found.values() if _may_hold(each.path, where)]
    kept = _each_once([_marked(each) for each in asked if each.bytes], extent)
    return LogSources(
        files=tuple(kept),
        other_days=len(found) - len(asked),
        repeated=sum(1 for each in asked if each.bytes) - len(kept),
    )


def opened(file: LogFile) -> BufferedIOBase:
    """Open the lines of a file.

    Raises:
        UsageError: it cannot be opened, or only DuckDB reads its form.
    """
    if file.form in (Form.PARQUET, Form.ZSTD):
        raise UsageError(
            f"{file.path}: only DuckDB reads a file that ends in {file.form}: in evalgate's "
            "checkout run python -m pip install '.[analytics]'"
        )
    try:
        if file.form is Form.GZIP:
            return GzipFile(file.path)
        return BufferedReader(FileIO(file.path), BUFFER)
    except OSError as error:
        raise unreadable(file.path, error) from error


def lines_of(file: LogFile) -> Iterator[bytes]:
    """Yield each line of a file with its end; of one that is too long, the beginning.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with opened(file) as lines:
            while line := lines.readline(LONGEST):
                yield line
                while len(line) >= LONGEST and not line.endswith(b"\n"):
                    line = lines.readline(LONGEST)
    except READING_ERRORS as error:
        raise unreadable(file.path, error) from error


def day_of(path: Path) -> date | None:
    """Return the day in the name of a file: when its calls ended."""
    named = _DAY.match(path.name)
    try:
        return date.fromisoformat(named[1]) if named else None
    except ValueError:
        return None


def unreadable(path: Path, error: Exception) -> UsageError:
    """Return the error that says why a file cannot be read."""
    if isinstance(error, EOFError):
        return UsageError(f"{path}: {ends_early(path)}")
    if isinstance(error, zlib.error | BadGzipFile):
        return UsageError(
            f"{path}: the compressed file is damaged, or no gzip: copy it anew, or leave it out "
            f"({str(error)[:80]})"
        )
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return UsageError(f"{path}: cannot be read: {reason}")


def ends_early(path: Path) -> str:
    """Say that a compressed file was cut off, and what to do."""
    part = f"{path.name.removesuffix(Form.GZIP)}-part{Form.PLAIN}"
    return (
        "the compressed file ends too early: copy it anew or leave it out; "
        f"`gzip -dc {quote(str(path))} > {quote(part)}` takes out what can be "
        "read; move the compressed file away then, or its calls count twice"
    )


def mark_of(file: LogFile) -> str:
    """Return what tells the beginning of a file from that of others: a hash to its first call.

    Raises:
        UsageError: it cannot be read.
    """
    start, end = _start(file), 0
    for line in start.splitlines(keepends=True):
        end += len(line)
        head = head_of(line)
        if head is not None and head.schema == CALL:
            break
    return blake2b(start[:end], digest_size=8).hexdigest()


def _start(file: LogFile) -> bytes:
    start = b""
    try:
        with opened(file) as lines, suppress(EOFError):  # one that was cut off begins all the same
            while len(start) < _HEAD and (piece := lines.read1(_HEAD - len(start))):
                start += piece
    except READING_ERRORS as error:
        raise unreadable(file.path, error) from error
    return start


def _files_of(path: Path) -> list[Path]:
    expected = (
        "expected a call log: a file, or a folder with files "
        f"`{_BEGIN}*{Form.PLAIN}` or compacted ones in `day=*`"
    )
    try:
        if not path.is_dir():
            if not path.exists():
                raise UsageError(f"{path}: there is no such file or folder; {expected}")
            return [path]
        files = [*_held(path, begin=_BEGIN), *_compacted(path)]
        files = files or _held(path, begin="")
    except OSError as error:
        raise unreadable(path, error) from error
    if not files:
        raise UsageError(f"{path}: there is no log in this folder; {expected}")
    return files


def _held(folder: Path, *, begin: str) -> list[Path]:
    return sorted(
        file
        for file in folder.iterdir()
        if file.name.startswith(begin)
        and not file.name.startswith(".")
        and file.name.endswith(tuple(Form))
        and file.is_file()
    )


def _compacted(folder: Path) -> Iterator[Path]:
    for day in sorted(folder.glob("day=*/")):
        yield from (file for file in _held(day, begin="") if file.name.endswith(Form.PARQUET))


def form_of(path: Path) -> Form:
    """Return the form that the name says; what says none is plain lines."""
    return next((form for form in Form if path.name.endswith(form)), Form.PLAIN)


def _may_hold(path: Path, where: Selection) -> bool:
    """Whether calls that were asked for may be in a file: it is of the day when they ended."""
    day = day_of(path)
    if day is None:
        return True
    since, until = (_day(instant) for instant in (where.since, where.until))
    # A call that began before `until` has ended a day later at the latest.
    return (since is None or day >= since) and (until is None or day <= until + timedelta(days=1))


def _day(microseconds: int | None) -> date | None:
    if microseconds is None:
        return None
    return datetime.fromtimestamp(microseconds / _MICROSECONDS, UTC).date()


def _marked(file: LogFile) -> LogFile:
    if file.form is Form.ZSTD:
        return file
    made = _PARQUET.fullmatch(file.path.name) if file.form is Form.PARQUET else None
    if file.form is Form.PARQUET:
        return replace(file, mark=made[2], stem=made[1]) if made else file
    stem = file.path.name.removesuffix(file.form)
    return replace(file, mark=mark_of(file), stem=stem)


def _each_once(files: Sequence[LogFile], extent: Extent | None) -> list[LogFile]:
    """Leave out the files whose lines are all in another one: what holds most lines counts."""
    groups: dict[tuple[str, str], list[LogFile]] = {}
    for file in files:
        alone = str(file.path) if not file.mark else file.stem
        groups.setdefault((alone, file.mark), []).append(file)
    return [_fullest(group, extent) if len(group) > 1 else group[0] for group in groups.values()]


def _fullest(group: Sequence[LogFile], extent: Extent | None) -> LogFile:
    """Return the file with most of the lines; of equal ones the one that is read fastest."""

    def fullness(file: LogFile) -> tuple[int, bool]:
        if file.form is Form.PARQUET:
            return (extent(file.path) if extent else -1), True
        return (file.bytes if file.form is Form.PLAIN else 0), False

    return max(group, key=fullness)
