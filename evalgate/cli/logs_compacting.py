"""`evalgate logs compact`: turns the files of past days into Parquet, and then deletes them."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from evalgate.adapters.log_gzip import cut_files
from evalgate.adapters.log_sources import (
    Form,
    LogFile,
    LogSources,
    day_of,
    ends_early,
    find_sources,
)
from evalgate.cli import logs_adapter
from evalgate.cli.complaint import notify
from evalgate.cli.logs_engine import add_engine_arguments, sources_named
from evalgate.cli.logs_instants import length
from evalgate.cli.logs_progress import ReadingProgress
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.model.document import Data
from evalgate.model.log_question import Selection
from evalgate.reporting.logs_told import LOGS, size
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import safe_line

DAY = 86_400
OLDER_THAN = "1d"
"""How long a day has to be over, unless the user says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What became of one file; `failure` is empty where it was compacted."""

    source: Path
    before: int
    after: logs_adapter.CompactedFile | None = None
    failure: str = ""
    deleted: bool = False
    changed: bool = False


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    parser.add_argument(
        "logs",
        metavar="LOGS",
        type=Path,
        nargs="*",
        help="files and folders of the call log (default: logs/)",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="the archive (default: the folder LOGS)"
    )
    parser.add_argument(
        "--older-than",
        metavar="LENGTH",
        type=length,
        default=OLDER_THAN,
        help=f"files whose day has been over for so long (default: {OLDER_THAN})",
    )
    parser.add_argument(
        "--delete",
        action="store_true",
        help="delete each file once its Parquet has been compared with it",
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")
    add_engine_arguments(parser)


def compact(options: Namespace) -> ExitCode:
    """Compact what is old enough; 4 when a file could not be.

    Raises:
        UsageError: when the archive cannot be written to, or there is no log.
        MissingExtraError: DuckDB is not installed.
    """
    paths = sources_named(options)
    sources = find_sources(paths, Selection())
    out = options.out or _only_folder(paths)
    lines = [each for each in sources.files if each.form is not Form.PARQUET]
    old = [each for each in lines if _is_old(each, options.older_than, now=time.time())]
    done: list[_Done] = []
    if old:
        with (
            ReadingProgress() as progress,
            logs_adapter.log_database(tell=progress.tell, memory=options.memory) as reader,
            reader.archive(out) as archive,
        ):
            done.extend(_compacted(each, archive, delete=options.delete) for each in old)
    young = len(lines) - len(old)
    if options.json:
        print_json(as_json(_document(done, out, young=young)))
    else:
        print_lines(_lines(done, out, young=young, delete=options.delete))
    failures = [each for each in done if each.failure]
    for each in failures:
        notify(each.failure)
    return ExitCode.NOT_EVALUATED if failures else ExitCode.OK


def _compacted(file: LogFile, archive: logs_adapter.LogArchive, *, delete: bool) -> _Done:
    try:
        if file.form is Form.ZSTD:
            raise UsageError(f"{file.path}: decompress it first: only lines and .gz are compacted")
        if delete and file.path.is_symlink():
            raise UsageError(
                f"{file.path}: it is a link, and --delete deletes no file of another place: name "
                "the file that it leads to, or leave --delete out"
            )
        told = archive.add(file, day=_day(file).isoformat())
        is_gone = delete and archive.delete(file)
    except EvalgateError as error:
        return _Done(source=file.path, before=file.bytes, failure=_why(file, error))
    return _Done(
        source=file.path,
        before=file.bytes,
        after=told,
        deleted=is_gone,
        changed=delete and not is_gone,
    )


def _why(file: LogFile, error: EvalgateError) -> str:
    """Return why a file was left as it is; a database does not say of a cut one what to do."""
    try:
        is_cut = bool(cut_files(LogSources(files=(file,))))
    except UsageError as reason:
        return str(reason)
    return f"{file.path}: {ends_early(file.path)}" if is_cut else str(error)


def _only_folder(paths: Sequence[Path]) -> Path:
    folders = [path for path in paths if path.is_dir()]
    if len(paths) != 1 or not folders:
        raise UsageError("say with --out where the archive is to be: a folder")
    return folders[0]


def _is_old(file: LogFile, older_than: float, *, now: float) -> bool:
    """Whether the day of a file has been over for long enough; that of today never is."""
    day = _day(file)
    over = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + DAY
    return now >= over + older_than


def _day(file: LogFile) -> date:
    """Return the day in a file's name, else that on which it was last written to."""
    named = day_of(file.path)
    if named is not None:
        return named
    try:
        return datetime.fromtimestamp(file.path.stat().st_mtime, UTC).date()
    except OSError as error:
        raise UsageError(f"{file.path}: cannot be read: {error.strerror}") from error


def _lines(done: list[_Done], out: Path, *, young: int, delete: bool) -> Iterator[str]:
    for each in done:
        told = each.after
        if told is None:
            yield safe_line(f"{each.source}: left as it is")
            continue
        said = f"{count(told.calls, 'call')}, {count(told.kept, 'other line')}"
        if told.unreadable:
            said += f" ({told.unreadable:,} unreadable)"
        ends = "compacted before, checked again" if told.was_done else "compacted and checked"
        if each.deleted:
            ends += "; deleted"
        elif each.changed:
            ends += "; not deleted: it has changed meanwhile"
        shrunk = f"{size(each.before)} → {size(told.bytes)}"
        yield safe_line(f"{each.source} → {told.path}: {said}, {shrunk}, {ends}")
    if not done:
        yield safe_line(f"no file is old enough to be compacted into {out}")
    if young:
        yield f"{count(young, 'file')} of days that are not over for long enough stay as they are"
    if not delete and any(each.after for each in done):
        yield "the files may be deleted now: the same command with --delete does it"


def _document(done: list[_Done], out: Path, *, young: int) -> dict[str, Data]:
    return {
        "schema": LOGS,
        "question": "compact",
        "out": str(out),
        "too_young": young,
        "files": [_told(each) for each in done],
    }


def _told(done: _Done) -> dict[str, Data]:
    told = done.after
    facts: dict[str, Data] = {
        "source": str(done.source),
        "bytes": done.before,
        "failure": done.failure or None,
        "deleted": done.deleted,
    }
    if told is not None:
        facts |= {
            "parquet": str(told.path),
            "parquet_bytes": told.bytes,
            "lines": told.lines,
            "calls": told.calls,
            "kept": told.kept,
            "unreadable": told.unreadable,
            "empty": told.empty,
            "was_done": told.was_done,
        }
    return facts
