"""Turns one file of the call log into Parquet, and proves that nothing was lost.

Calls become rows of columns. Every other line but the empty ones, such as an event or a line that
was cut off, is kept as it stands in the column `line`, so that the file can be deleted afterwards.
"""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from shlex import quote
from shutil import rmtree
from tempfile import mkdtemp

from msgspec import MsgspecError
from msgspec.json import Decoder

from evalgate.adapters import log_queries
from evalgate.adapters.line_files import head_of
from evalgate.adapters.log_columns import CALL, COLUMNS
from evalgate.adapters.log_database import LogDatabase, bound_files
from evalgate.adapters.log_sources import Form, LogFile, LogSources, lines_of, unreadable
from evalgate.adapters.swap import locked, sync_folder
from evalgate.errors import EvaluationError, UsageError
from evalgate.model.log_answer import LineKind

FOLDER_MODE, FILE_MODE = 0o700, 0o600
LINE = "line"
"""The column that holds what is no call."""

LOOKED_AT_EVERY = 500
"""Of so many lines the keys of one are looked at: a newer evalgate may write more of them."""

_PREFIX = b'{"schema":"call/1",'
_AGAIN = b'{"schema":'
_BEGUN = ".compacting-"
_OBJECTS = Decoder(dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What became of a file: rows of calls, and other lines that were kept."""

    path: Path
    bytes: int
    lines: int
    calls: int
    kept: int
    unreadable: int
    empty: int
    was_done: bool = False


@contextmanager
def compacting(out: Path) -> Iterator[Path]:
    """Keep other compactions out of a folder, and give a place for what is not ready yet.

    Raises:
        UsageError: the folder cannot be written to, or somebody else compacts into it.
    """
    try:
        out.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with locked(out):
            for left in out.glob(f"{_BEGUN}*"):
                rmtree(left, ignore_errors=True)
            place = Path(mkdtemp(prefix=_BEGUN, dir=out))
            try:
                yield place
            finally:
                rmtree(place, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written to: {error.strerror or error}") from error


def compact_file(
    file: LogFile, out: Path, *, day: str, place: Path, database: LogDatabase
) -> Compacted:
    """Turn a file into Parquet, as a whole or not at all; one that is there already is checked.

    Args:
        file: lines of JSON, with their mark.
        out: the folder of the archive.
        day: the partition that the file belongs to.
        place: a folder on the same disk, for what is not ready yet.
        database: does it.

    Raises:
        UsageError: a file cannot be read or written.
        EvaluationError: the Parquet does not hold what the file holds: nothing is left of it.
    """
    target = target_of(file, out, day=day)
    sources = LogSources(files=(file,))
    size = file.path.stat().st_size
    rest = _Rest(place / "rest.jsonl")
    try:
        before = _digest(database, _calls(is_json=True), bound_files(sources))
        told = rest.gather(file, calls=before[0])
        was_done = target.exists() and (
            file.form is not Form.PLAIN or database.made_of(target) == size
        )
        made = target if was_done else place / target.name
        if not was_done:
            _write(database, sources, rest.path, made=made, size=size)
        _check(database, file.path, made, before=before, kept=told.kept)
        if not was_done:
            _publish(made, target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
    return Compacted(
        path=target,
        bytes=target.stat().st_size,
        lines=told.lines,
        calls=before[0],
        kept=told.kept,
        unreadable=told.unreadable,
        empty=told.empty,
        was_done=was_done,
    )


class LogArchive:
    """A folder of Parquet files that is open for more of them."""

    def __init__(self, out: Path, place: Path, database: LogDatabase) -> None:
        """Take what `compacting` has made ready.

        Args:
            out: the folder.
            place: for what is not ready yet.
            database: does the work.
        """
        self._out = out
        self._place = place
        self._database = database
        self._states: dict[Path, tuple[int, int, int]] = {}

    def add(self, file: LogFile, *, day: str) -> Compacted:
        """Turn a file into Parquet, and compare the two.

        Raises:
            UsageError: a file cannot be read or written.
            EvaluationError: the Parquet would not hold what the file holds.
        """
        state = _state(file.path)
        told = compact_file(file, self._out, day=day, place=self._place, database=self._database)
        self._states[file.path] = state
        return told

    def delete(self, file: LogFile) -> bool:
        """Delete a file that was added, unless it has changed since; return whether it is gone.

        Raises:
            UsageError: it cannot be deleted.
        """
        if self._states.get(file.path) != _state(file.path):
            return False
        try:
            file.path.unlink()
        except OSError as error:
            raise UsageError(f"{file.path}: cannot be deleted: {error.strerror}") from error
        return True


def target_of(file: LogFile, out: Path, *, day: str) -> Path:
    """Return the Parquet file that a file is turned into."""
    return out / f"day={day}" / f"{file.stem}.{file.mark}{Form.PARQUET}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    lines: int
    kept: int
    unreadable: int
    empty: int


class _Rest:
    """The lines that are no calls, written down for the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def gather(self, file: LogFile, *, calls: int) -> _Told:
        """Write the lines down that are no calls.

        Lines are looked at in passing first. Where that does not find so many calls as DuckDB,
        every line is read.

        Raises:
            EvaluationError: the two do not agree, or a line has keys that are not known.
        """
        for is_call in (_looks_like_call, _is_call):
            found, told = self._gathered(file, is_call)
            if found == calls:
                return told
        raise EvaluationError(
            f"{file.path}: {calls:,} calls were read by DuckDB, and {found:,} without it: the file "
            "is left as it is; a line of it is probably no valid JSON, and `evalgate logs errors "
            f"{quote(str(file.path))}` tells how many are unreadable"
        )

    def _gathered(self, file: LogFile, is_call: Callable[[bytes], bool]) -> tuple[int, _Told]:
        number = calls = kept = broken = empty = 0
        with self.path.open("w", encoding="ascii") as out:
            for line in lines_of(file):
                number += 1
                if is_call(line):
                    calls += 1
                    if calls % LOOKED_AT_EVERY == 1:
                        _check_keys(file, line)
                elif line.strip():
                    head = head_of(line)
                    kept += 1
                    broken += head is None
                    said = {
                        "schema": head.schema if head and head.schema != CALL else None,
                        LINE: b64encode(line.rstrip(b"\r\n")).decode(),
                    }
                    out.write(json.dumps(said) + "\n")
                else:
                    empty += 1
        return calls, _Told(lines=number, kept=kept, unreadable=broken, empty=empty)


def _looks_like_call(line: bytes) -> bool:
    """Whether a line is a call by its ends; one that was cut off and went on is not."""
    return line.startswith(_PREFIX) and line.rstrip().endswith(b"}") and line.find(_AGAIN, 1) < 0


def _is_call(line: bytes) -> bool:
    try:
        data = _OBJECTS.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return data.get("schema") == CALL and isinstance(data.get("ts"), str)


def _check_keys(file: LogFile, line: bytes) -> None:
    """Refuse a file whose calls say more than is known here: it would be lost."""
    try:
        unknown = sorted(set(_OBJECTS.decode(line)) - set(COLUMNS))
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return  # the count will tell
    if unknown:
        raise EvaluationError(
            f"{file.path}: its calls have keys that this evalgate does not know, such as "
            f"`{unknown[0][:60]}`: the file is left as it is; compact it with the evalgate that "
            "wrote it, or a newer one"
        )


def _digest(database: LogDatabase, calls: str, values: log_queries.Bound) -> tuple[int, int]:
    """Return how many calls there are, and a sum over all their values."""
    ((number, total),) = database.rows(
        f"SELECT count(*), sum(hash({{{log_queries.listed(COLUMNS)}}})::HUGEINT) FROM ({calls})",
        values,
    )
    return int(str(number)), int(str(total or 0))


def _calls(*, is_json: bool) -> str:
    """Return the query of the calls, in the columns of the log."""
    parquet = None if is_json else tuple(COLUMNS)
    lines = log_queries.lines(is_json=is_json, parquet=parquet)
    return (
        f"SELECT * EXCLUDE (us) FROM (SELECT * FROM ({lines}))"
        f" WHERE {log_queries.KIND} = '{LineKind.CALL}'"
    )


def _write(
    database: LogDatabase,
    sources: LogSources,
    rest: Path,
    *,
    made: Path,
    size: int,
) -> None:
    """Write a Parquet file of the calls, and of the lines that are none."""
    nothing = ", ".join(
        "schema" if name == "schema" else f'NULL::{kind} AS "{name}"'
        for name, kind in COLUMNS.items()
    )
    database.rows(
        f"COPY (SELECT *, NULL::BLOB AS {LINE} FROM ({_calls(is_json=True)}) UNION ALL"
        f" SELECT {nothing}, from_base64({LINE}) AS {LINE} FROM read_json($rest,"
        " format = 'newline_delimited', auto_detect = false, hive_partitioning = false,"
        f" columns = {{'schema': 'VARCHAR', '{LINE}': 'VARCHAR'}}))"
        f" TO {_quoted(str(made))} (FORMAT parquet, COMPRESSION zstd,"
        f" KV_METADATA {{bytes: '{size:d}', source: {_quoted(sources.files[0].path.name)}}})",
        {**bound_files(sources), "rest": escape(str(rest.absolute()))},
    )


def _check(
    database: LogDatabase, source: Path, made: Path, *, before: tuple[int, int], kept: int
) -> None:
    """Compare the Parquet with the file: its rows, and a sum over all values of all calls.

    Raises:
        EvaluationError: they differ.
    """
    parquet = {"parquet": [escape(str(made.absolute()))]}
    ((rows, others),) = database.rows(
        f"SELECT count(*) FILTER ({LINE} IS NULL), count({LINE}) FROM read_parquet($parquet,"
        " hive_partitioning = false)",
        parquet,
    )
    after = _digest(database, _calls(is_json=False), parquet)
    if (rows, others) != (before[0], kept) or before != after:
        raise EvaluationError(
            f"{source}: its Parquet does not hold the same calls: expected {before[0]:,} and "
            f"{kept:,} other lines, found {rows} and {others}; the file is left as it is: was it "
            "written to meanwhile?"
        )


def _publish(made: Path, target: Path) -> None:
    target.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    made.chmod(FILE_MODE)
    number = os.open(made, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
    made.replace(target)
    sync_folder(target.parent)
    with suppress(OSError):
        sync_folder(target.parent.parent)


def _state(path: Path) -> tuple[int, int, int]:
    """Return what tells a file that has been written to from one that has not."""
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _quoted(text: str) -> str:
    """Return a text as a literal of SQL; COPY takes no bound values for names."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
