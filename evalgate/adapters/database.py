"""A SQLite file of our own: made whole, opened with care, and refused when it is anything else."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evalgate.errors import UsageError

PATIENCE = 5.0
"""Seconds for which a write usually waits until other processes have done theirs."""

_MOST_LEFTOVER = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a file of one kind looks like.

    `mark` is a number of 32 bits that tells the kind apart from other people's files, `version`
    counts its layouts, and `table` is the statement that makes its one table. `holds` and `remedy`
    are for messages: what is in it, and what to do when the file is of no use.
    """

    mark: int
    version: int
    table: str
    holds: str
    remedy: str


def open_database(path: Path, layout: Layout, *, patience: float = PATIENCE) -> sqlite3.Connection:
    """Return a connection to a file, which is made when it is not there.

    Every statement is a transaction of its own unless one is begun. A transaction survives the end
    of the process, though not a power failure right after it: nothing waits for the disk.

    Args:
        path: of the file.
        layout: what it has to look like.
        patience: seconds for which a write waits for other processes.

    Raises:
        UsageError: the file is a link, no file of this kind, or cannot be written.
    """
    refuse_links(path)
    try:
        if not path.exists():
            _make(path, layout)
        with ExitStack() as undo:
            connection = _connected(path, patience)
            undo.callback(connection.close)
            _verify(connection, path, layout)
            undo.pop_all()
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, layout, error) from error
    return connection


def refuse_links(path: Path) -> None:
    """Raise UsageError when the file, a companion of it or its folder is a link."""
    companions = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))
    for place in (path.parent, path, *companions):
        if place.is_symlink():
            raise UsageError(
                f"{place} is a link, which is not followed: it could point anywhere; remove it, or"
                " name another place"
            )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the right to write from the first to the last statement; undo all when one fails."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _unusable(path: Path, layout: Layout, error: Exception) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(f"{path}: {layout.holds} cannot be kept here: {reason}; {layout.remedy}")


def _make(path: Path, layout: Layout) -> None:
    """Make the file under another name and link it into place, so that nobody sees half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        made.touch(mode=0o600)
        with closing(_connected(made, PATIENCE)) as connection:
            # Once set, the file remembers it: readers never wait, and a commit is one short write.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA application_id={layout.mark}")
            connection.execute(f"PRAGMA user_version={layout.version}")
            connection.execute(layout.table)
        with suppress(FileExistsError):  # another process was faster, with the same content
            path.hardlink_to(made)


def _connected(path: Path, patience: float) -> sqlite3.Connection:
    # `mode=rw`: a file that has gone away in the meantime must not come back without its layout.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")  # deleted words are overwritten in the file
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute(f"PRAGMA journal_size_limit={_MOST_LEFTOVER}")
    return connection


def _verify(connection: sqlite3.Connection, path: Path, layout: Layout) -> None:
    """Raise unless the file is one of ours, as we made it, and can be written."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if mark == layout.mark and version > layout.version:
        raise UsageError(
            f"{path}: a newer evalgate wrote this: its layout is number {version}, and this one"
            f" knows {layout.version}; update evalgate, or {layout.remedy}"
        )
    # Someone else's file may hold views and triggers, which would run with our statements.
    found = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    if (mark, version, found) != (layout.mark, layout.version, [(layout.table,)]):
        raise UsageError(
            f"{path}: expected a file of {layout.holds} as evalgate makes it, got another one;"
            f" {layout.remedy}"
        )
    with transaction(connection):
        pass  # that it can be begun is all that counts
