"""Hands out the database that reads the call log, which is heavy to import, once it is needed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from evalgate.adapters.log_sources import LogFile, LogSources
from evalgate.errors import MissingExtraError
from evalgate.model.log_answer import Answer, CostRow, ErrorRow, LatencyRow, LoggedCall, Slowest
from evalgate.model.log_question import LogQuestion, Selection


class CallLog(Protocol):
    """Who answers questions to the call log."""

    def cost(self, question: LogQuestion) -> Answer[CostRow]:
        """Return what calls cost."""
        ...

    def latency(self, question: LogQuestion) -> Answer[LatencyRow]:
        """Return how long calls took."""
        ...

    def errors(self, question: LogQuestion) -> Answer[ErrorRow]:
        """Return how calls failed."""
        ...

    def slowest(self, where: Selection, most: int) -> Slowest:
        """Return the calls that took longest."""
        ...


class CompactedFile(Protocol):
    """What became of a file that was turned into Parquet."""

    @property
    def path(self) -> Path:
        """The Parquet file."""
        ...

    @property
    def bytes(self) -> int:
        """Its size."""
        ...

    @property
    def lines(self) -> int:
        """How many lines the file had."""
        ...

    @property
    def calls(self) -> int:
        """How many of them were calls."""
        ...

    @property
    def kept(self) -> int:
        """How many others were kept as they stood."""
        ...

    @property
    def unreadable(self) -> int:
        """How many of these were unreadable."""
        ...

    @property
    def empty(self) -> int:
        """How many were empty."""
        ...

    @property
    def was_done(self) -> bool:
        """Whether it had been compacted before."""
        ...


class LogArchive(Protocol):
    """A folder of Parquet files that lines are compacted into."""

    def add(self, file: LogFile, *, day: str) -> CompactedFile:
        """Turn a file into Parquet, and compare the two."""
        ...

    def delete(self, file: LogFile) -> bool:
        """Delete a file that was added, unless it has changed since; return whether it is gone."""
        ...


class LogReader(Protocol):
    """A database that reads files of the call log."""

    def log(self, sources: LogSources) -> CallLog:
        """Return who answers questions to these files."""
        ...

    def made_of(self, path: Path) -> int:
        """Return how many bytes the file had that a Parquet file was made of; 0 if unknown."""
        ...

    def archive(self, out: Path) -> AbstractContextManager[LogArchive]:
        """Open a folder of Parquet files for more of them; nobody else adds meanwhile."""
        ...

    def calls_with(self, files: Sequence[LogFile], wanted: str) -> Sequence[LoggedCall]:
        """Return the calls of Parquet files that an id belongs to."""
        ...


class _LogDatabase(Protocol):
    def open_log_reader(
        self, *, tell: Callable[[float], None], memory: int
    ) -> AbstractContextManager[LogReader]: ...


ANALYTICS = "in evalgate's checkout run python -m pip install '.[analytics]'"
"""How DuckDB is installed."""


def log_database(
    *, tell: Callable[[float], None], memory: int
) -> AbstractContextManager[LogReader]:
    """Return a database that reads the call log in so many megabytes.

    Raises:
        MissingExtraError: DuckDB is not installed.
    """
    try:
        module = cast("_LogDatabase", import_module("evalgate.adapters.log_duckdb"))
    except ModuleNotFoundError as error:
        if error.name != "duckdb":
            raise
        raise MissingExtraError(f"this needs DuckDB: {ANALYTICS}") from error
    return module.open_log_reader(tell=tell, memory=memory)
