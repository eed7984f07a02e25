"""Deletes what earlier runs have stored: answers by age or case, lines of records by case."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from evalgate.adapters.answer_store import ANSWERS, SECONDS_PER_DAY, case_of
from evalgate.adapters.database import PATIENCE, open_database, refuse_links, transaction
from evalgate.errors import ConfigurationError, Problem, UsageError

_SELECTED = (
    "FROM answers WHERE (:case IS NULL OR of_case = :case)"
    " AND (:made_by IS NULL OR min(created, :now) <= :made_by)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How much was deleted, or would be, and how much is left.

    `in_use` is true when another process has the file open: the deleted words then leave it when
    that process ends.
    """

    deleted: int
    left: int
    in_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The answers to delete: those of a case, those of an age and older, or, with neither, all."""

    case: str | None = None
    older_than_days: float | None = None


def delete_answers(
    path: Path, selection: Selection, *, now: float, dry_run: bool, patience: float = PATIENCE
) -> Deleted:
    """Delete stored answers, and leave nothing of them in the file.

    Args:
        path: the file of `AnswerStore`; when there is none, nothing is deleted and none is made.
        selection: which ones.
        now: seconds since 1970, UTC. Answers from the future count as made now from here on.
        dry_run: only count.
        patience: seconds to wait for other processes that use the file.

    Raises:
        UsageError: the file is none of ours, or cannot be written.
    """
    refuse_links(path)
    if not path.exists():
        return Deleted(deleted=0, left=0)
    with closing(open_database(path, ANSWERS, patience=patience)) as connection:
        try:
            return _delete(connection, selection, now=now, dry_run=dry_run)
        except sqlite3.Error as error:
            raise UsageError(
                f"{path}: answers cannot be deleted here: {error}; try again when no run is using"
                " the file and the disk has room for a second one of its size"
            ) from error


def delete_from_records(folder: Path, case: str, *, dry_run: bool) -> Deleted:
    """Delete the lines of a case from all records of a folder; each file changes as a whole.

    Args:
        folder: with files `*.jsonl`, one trial per line.
        case: the id of the case.
        dry_run: only count.

    Raises:
        UsageError: the folder is no folder, or it or a record in it is a link or cannot be written.
        ConfigurationError: lines are no trials, so that their case is not known; nothing changed.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise UsageError(
            f"{folder}: expected a folder of records, got none; name it with --records"
        )
    paths = sorted(folder.glob("*.jsonl"))
    try:
        counts = [_counts(path, case) for path in paths]
        for path, (deleted, _) in zip(paths, counts, strict=True):
            if deleted and not dry_run:
                _rewrite(path, case)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{folder}: records cannot be changed here: {reason}") from error
    return Deleted(deleted=sum(each[0] for each in counts), left=sum(each[1] for each in counts))


def _delete(
    connection: sqlite3.Connection, selection: Selection, *, now: float, dry_run: bool
) -> Deleted:
    case, days = selection.case, selection.older_than_days
    values = {
        "case": None if case is None else case_of(f"{case}/"),
        "made_by": None if days is None else now - days * SECONDS_PER_DAY,
        "now": now,
    }
    if dry_run:
        (deleted,) = connection.execute(f"SELECT count(*) {_SELECTED}", values).fetchone()
        return Deleted(deleted=deleted, left=_stored(connection) - deleted)
    with transaction(connection):
        deleted = connection.execute(f"DELETE {_SELECTED}", values).rowcount
        connection.execute("UPDATE answers SET created = :now WHERE created > :now", values)
    # The log beside the file still holds the words: the file is written anew, the log emptied.
    connection.execute("VACUUM")
    (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return Deleted(deleted=deleted, left=_stored(connection), in_use=bool(is_busy))


def _stored(connection: sqlite3.Connection) -> int:
    (stored,) = connection.execute("SELECT count(*) FROM answers").fetchone()
    return int(stored)


def _counts(path: Path, case: str) -> tuple[int, int]:
    """Return how many lines are of the case, and how many are of others."""
    if path.is_symlink():
        raise UsageError(f"{path} is a link, which is not followed; remove it")
    with path.open("rb") as lines:
        found = [of_case for _, of_case in _lines(lines, path, case=case)]
    return found.count(True), found.count(False)


def _rewrite(path: Path, case: str) -> None:
    with (
        path.open("rb") as lines,
        NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file,
    ):
        written = Path(file.name)
        try:
            file.writelines(line for line, of_case in _lines(lines, path, case=case) if not of_case)
            file.flush()
            shutil.copymode(path, written)
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise


def _lines(lines: BinaryIO, path: Path, *, case: str) -> Iterator[tuple[bytes, bool]]:
    """Yield each line that is not blank, and whether it is of the case."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict) or not isinstance(data.get("case"), str):
            message = "expected a trial as one JSON object with a `case`; repair or remove the line"
            raise ConfigurationError([Problem(path=str(path), line=number, message=message)])
        yield line, data["case"] == case
