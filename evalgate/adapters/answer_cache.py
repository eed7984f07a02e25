"""Remembered answers in a SQLite file that the processes of a host share."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from evalgate.adapters.database import Layout, open_database, transaction
from evalgate.adapters.fork_lock import awaited_at_fork
from evalgate.adapters.kept_answers import decode_kept, decode_word, encode_kept, encode_word
from evalgate.adapters.outage import Outage
from evalgate.errors import UsageError
from evalgate.model.call_ports import AnswerCache, Kept

REMEMBERED = Layout(
    mark=0x65764752,  # "evGR" in ASCII
    version=1,
    # The second index has no name, as the layout allows of one statement only.
    table=(
        "CREATE TABLE remembered (key TEXT PRIMARY KEY, until REAL NOT NULL, made REAL NOT NULL,"
        " content BLOB NOT NULL, UNIQUE (until, key)) STRICT"
    ),
    holds="remembered answers",
    remedy="name another file as the cache's `path`, or remove this one",
)

MOST_BYTES = 2**30
"""The size of the file from which on the answers that would expire first are deleted."""

PATIENCE = 0.05
"""Seconds for which a statement waits for other processes."""

MOST_WAIT = 0.25
"""Seconds after which a caller goes on without the file, whatever holds it up."""

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_STEP = 32
_MOST_STEPS = 16
_FIND = "SELECT content FROM remembered WHERE key = ? AND until > ?"
_KEEP = "INSERT OR REPLACE INTO remembered (key, until, made, content) VALUES (?, ?, ?, ?)"
_CLEAR = (
    "DELETE FROM remembered WHERE key IN"
    " (SELECT key FROM remembered WHERE until <= ? ORDER BY until LIMIT ?)"
)

Result = TypeVar("Result")


class SqliteCache:
    """Answers in a file, as `evalgate.model.call_ports.AnswerCache` asks for it.

    One thread of its own does the work, so that a slow disk holds up nobody's event loop. What
    fails is a miss, and then nobody asks for a while.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], float], most_bytes: int = MOST_BYTES
    ) -> None:
        """Make the file when there is none, and look whether it is of use.

        Args:
            path: of the file; its folder is made too.
            now: seconds since 1970, the same for all processes.
            most_bytes: the size from which on more is deleted than what has expired.

        Raises:
            UsageError: the file is a link, none of ours, or cannot be written.
        """
        open_database(path, REMEMBERED).close()
        self._path = path
        self._now = now
        self._most_bytes = most_bytes
        # Who writes may find the file locked while everybody else reads.
        self._reading = _outage()
        self._writing = _outage()
        self._process = os.getpid()
        self._thread = _thread()
        self._connection: sqlite3.Connection | None = None
        self._inherited: list[object] = []
        # SQLite has locks of its own that a child would inherit.
        self._lock = awaited_at_fork()

    @property
    def failures(self) -> int:
        """How often the file could not be read or written in time."""
        return self._reading.failures + self._writing.failures

    async def find(self, key: str) -> Kept | None:
        """Return what is remembered, however old it is."""
        return await self._done(
            lambda connection: self._find(connection, key), outage=self._reading, instead=None
        )

    async def keep(self, key: str, kept: Kept, *, seconds: float) -> None:
        """Remember an answer for at most so many seconds."""
        await self._done(
            lambda connection: self._keep(connection, key, kept, seconds),
            outage=self._writing,
            instead=None,
        )

    async def claim(self, key: str, word: str, *, seconds: float) -> str:
        """Note a word under a key unless one stands there; return what stands."""
        return await self._done(
            lambda connection: self._claim(connection, key, word, seconds),
            outage=self._writing,
            instead=word,
        )

    async def aclose(self) -> None:
        """Close the file; who asks for it all the same opens it again."""
        if self._process == os.getpid():
            thread, self._thread = self._thread, _thread()
            # At the end of a process no thread does anything any more.
            with suppress(TimeoutError, RuntimeError):
                async with asyncio.timeout(MOST_WAIT):
                    await asyncio.wrap_future(thread.submit(self._end))
            thread.shutdown(wait=False)

    async def _done(
        self, work: Callable[[sqlite3.Connection], Result], *, outage: Outage, instead: Result
    ) -> Result:
        """Do something in the thread, and return what came of it, or what stands in its place."""
        if not outage.may_try():
            return instead
        try:
            under_way = self._own_thread().submit(self._work, work)
            async with asyncio.timeout(MOST_WAIT):
                result = await asyncio.wrap_future(under_way)
        # A thread takes no more work once the interpreter is about to end.
        except (sqlite3.Error, OSError, UsageError, RuntimeError):
            outage.failed()
            return instead
        outage.is_over()
        return result

    def _own_thread(self) -> ThreadPoolExecutor:
        """Return the thread of this process: a fork has none of its parent's."""
        if self._process != os.getpid():
            # Closing them here could delete what the parent is writing.
            self._inherited += [self._thread, self._connection]
            self._connection = None
            self._thread = _thread()
            self._process = os.getpid()
        return self._thread

    def _work(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._lock:
            if self._connection is None:
                self._connection = open_database(self._path, REMEMBERED, patience=PATIENCE)
            try:
                return work(self._connection)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", None) not in _LOCKED:
                    self._close()  # the file may be another one by now: it is looked at anew
                raise

    def _end(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _find(self, connection: sqlite3.Connection, key: str) -> Kept | None:
        row = connection.execute(_FIND, (key, self._now())).fetchone()
        return None if row is None else decode_kept(key, row[0])

    def _keep(self, connection: sqlite3.Connection, key: str, kept: Kept, seconds: float) -> None:
        content = encode_kept(key, kept)
        now = self._now()
        with transaction(connection):
            if content is None or not self._has_room(connection, now):
                connection.execute("DELETE FROM remembered WHERE key = ?", (key,))
            else:
                connection.execute(_KEEP, (key, now + seconds, now, content))

    def _claim(self, connection: sqlite3.Connection, key: str, word: str, seconds: float) -> str:
        now = self._now()
        with transaction(connection):
            row = connection.execute(_FIND, (key, now)).fetchone()
            if row is None:
                self._has_room(connection, now)
                claim = (key, now + seconds, now, encode_word(key, word))
                connection.execute(_KEEP, claim)
                return word
        return decode_word(key, row[0]) or word

    def _has_room(self, connection: sqlite3.Connection, now: float) -> bool:
        """Delete some of what has expired, and more while the file is too large."""
        connection.execute(_CLEAR, (now, _STEP))
        for _ in range(_MOST_STEPS):
            if _used(connection) <= self._most_bytes:
                return True
            connection.execute(_CLEAR, (float("inf"), _STEP))
        return _used(connection) <= self._most_bytes


def open_cache(path: Path) -> AnswerCache:
    """Return the cache in a file, which is made when it is not there.

    Raises:
        UsageError: the file is of no use.
    """
    return SqliteCache(path, now=time.time)


def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="evalgate-cache")


def _outage() -> Outage:
    return Outage(now=time.monotonic, first=0.25, longest=4.0, lease=2 * MOST_WAIT)


def _used(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)
