"""Deletes remembered answers from the file of a response cache, their words included."""

import sqlite3
from contextlib import closing
from pathlib import Path

from evalgate.adapters.answer_cache import REMEMBERED
from evalgate.adapters.database import PATIENCE, open_database, refuse_links
from evalgate.adapters.deletion import Deleted
from evalgate.errors import UsageError

_SELECTED = "FROM remembered WHERE made <= :made_by OR made > :now"
"""Those from the future go too: nobody knows how old they are."""


def forget_answers(
    path: Path, *, older_than: float | None, now: float, dry_run: bool, patience: float = PATIENCE
) -> Deleted:
    """Delete remembered answers and claims of callers' keys.

    Args:
        path: the file of `SqliteCache`; when there is none, nothing is deleted and none is made.
        older_than: seconds; those of this age and older go, and all when it is None.
        now: seconds since 1970, UTC.
        dry_run: only count.
        patience: seconds to wait for other processes that use the file.

    Raises:
        UsageError: the file is none of ours, or cannot be written.
    """
    refuse_links(path)
    if not path.exists():
        return Deleted(deleted=0, left=0)
    values = {"made_by": now - (older_than or 0.0), "now": now}
    with closing(open_database(path, REMEMBERED, patience=patience)) as connection:
        try:
            return _delete(connection, values, dry_run=dry_run)
        except sqlite3.Error as error:
            raise UsageError(
                f"{path}: answers cannot be deleted here: {error}; try again when fewer processes"
                " are using the file and the disk has room for a second one of its size"
            ) from error


def _delete(connection: sqlite3.Connection, values: dict[str, float], *, dry_run: bool) -> Deleted:
    (stored,) = connection.execute("SELECT count(*) FROM remembered").fetchone()
    if dry_run:
        (deleted,) = connection.execute(f"SELECT count(*) {_SELECTED}", values).fetchone()
        return Deleted(deleted=deleted, left=stored - deleted)
    deleted = connection.execute(f"DELETE {_SELECTED}", values).rowcount
    # The log beside the file still holds the words: the file is written anew, the log emptied.
    connection.execute("VACUUM")
    (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return Deleted(deleted=deleted, left=max(stored - deleted, 0), in_use=bool(is_busy))
