"""Answers questions to the call log with DuckDB: in parallel, in bounded memory, offline.

All lines are read in one pass into a small table of sums, from which everything is answered.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from evalgate.adapters.log_counting import LineCounter, Lines
from evalgate.adapters.log_queries import Bound
from evalgate.adapters.log_sources import Form, LogSources
from evalgate.errors import LongLineError, UsageError

MEMORY, LEAST_MEMORY, THREADS = 400, 200, 2
"""Megabytes that the process may take, the least that will do, and threads that read."""

BESIDE = 120
"""Megabytes of the process beside what DuckDB manages."""

_LOOKED_EVERY = 0.1
_SETTINGS = (
    "TimeZone = 'UTC'",
    "enable_progress_bar = true",
    "enable_progress_bar_print = false",
    "lock_configuration = true",
)
_LONG_LINE = "maximum_object_size"


class LogDatabase:
    """A connection to DuckDB that reads files alone: no extension is loaded, nothing is kept."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, tell: Callable[[float], None]
    ) -> None:
        """Take a connection that `open_database` has made."""
        self._connection = connection
        self._tell = tell

    def made_of(self, path: Path) -> int:
        """Return how many bytes the file had that a Parquet file was made of; 0 if unknown.

        Raises:
            UsageError: it cannot be read.
        """
        found = self.rows(
            "SELECT value FROM parquet_kv_metadata($path) WHERE key = 'bytes'",
            {"path": escape(str(path))},
        )
        for (value,) in found:
            text = bytes(value) if isinstance(value, bytes | bytearray) else b""
            return int(text) if text.isdigit() else 0
        return 0

    def columns_of(self, files: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of Parquet files.

        Raises:
            UsageError: they cannot be read, or hold no call log.
        """
        described = self.rows(
            "DESCRIBE SELECT * FROM read_parquet($parquet, hive_partitioning = false,"
            " union_by_name = true)",
            {"parquet": list(files)},
        )
        names = tuple(str(name) for name, *_ in described)
        if not {"schema", "ts"} <= set(names):
            raise UsageError(f"{files[0]}: this Parquet file holds no call log")
        return names

    def read(self, sources: LogSources, sql: str, values: Bound) -> Lines:
        """Run the one query that reads all files, and count their lines beside it.

        Raises:
            UsageError: a file cannot be read, or there is too little memory or space.
        """
        counter = LineCounter(sources)
        with ThreadPoolExecutor(2, thread_name_prefix="logs") as pool:
            counting = pool.submit(counter.count)
            query = pool.submit(self._execute, sql, {**values, **bound_files(sources)})
            try:
                self._watch(query)
            finally:
                if not query.done():
                    self._connection.interrupt()
                if not query.done() or query.exception() is not None:
                    counter.stop()
            query.result()
            return replace(counting.result(), growing=counter.growing())

    def rows(self, sql: str, values: Bound | None = None) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            UsageError: a file cannot be read, or there is too little memory or space.
        """
        with _told():
            return self._connection.execute(sql, values or {}).fetchall()

    def each(self, sql: str, values: Bound | None = None) -> Iterator[tuple[object, ...]]:
        """Yield the rows of a query, few at a time.

        Raises:
            UsageError: there is too little memory or space.
        """
        with _told():
            result = self._connection.execute(sql, values or {})
            while found := result.fetchmany(10_000):
                yield from found

    def _execute(self, sql: str, values: Bound) -> None:
        with _told():
            self._connection.execute(sql, values)

    def _watch(self, query: "Future[None]") -> None:
        while not wait([query], timeout=_LOOKED_EVERY).done:
            self._tell(max(0.0, self._connection.query_progress()) / 100)


@contextmanager
def open_database(
    *,
    tell: Callable[[float], None],
    memory: int = MEMORY,
    threads: int = THREADS,
) -> Iterator[LogDatabase]:
    """Open a database in memory, whose overflow goes into a folder that is removed at the end.

    Args:
        tell: is told which share of a query has been done.
        memory: megabytes that the process may take.
        threads: that read at once.

    Raises:
        UsageError: there is no room for the folder.
    """
    try:
        overflow = TemporaryDirectory(prefix="evalgate-logs-")
    except OSError as error:
        raise UsageError(f"there is no place for temporary files: {error.strerror}") from error
    with overflow as folder:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{max(memory, LEAST_MEMORY) - BESIDE}MB",
                "threads": threads,
                "temp_directory": folder,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        try:
            for setting in _SETTINGS:
                connection.execute(f"SET {setting}")
            yield LogDatabase(connection, tell=tell)
        finally:
            connection.close()


def bound_files(sources: LogSources) -> Bound:
    """Return the files as a query binds them; nothing in their names is a pattern."""
    json = [_named(each.path) for each in sources.files if each.form is not Form.PARQUET]
    parquet = [_named(each.path) for each in sources.files if each.form is Form.PARQUET]
    return {**({"json": json} if json else {}), **({"parquet": parquet} if parquet else {})}


def _named(path: Path) -> str:
    return escape(str(path.absolute()))


@contextmanager
def _told() -> Iterator[None]:
    """Turn what DuckDB raises into what a user can act on."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            "the groups need more memory or temporary space than allowed: raise --memory, narrow "
            "the time with --since, or group by less"
        ) from error
    except duckdb.InvalidInputException as error:
        if _LONG_LINE in str(error):
            raise LongLineError("a line is too long for DuckDB") from error
        raise UsageError(f"the log cannot be read: {_first_line(error)}") from error
    except duckdb.Error as error:
        raise UsageError(f"the log cannot be read: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]
