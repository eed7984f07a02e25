"""Chooses who reads a log: DuckDB where it is installed, else line by line."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from evalgate.adapters.log_plain import PlainLog
from evalgate.adapters.log_sources import Form, LogSources, find_sources
from evalgate.cli import logs_adapter
from evalgate.cli.complaint import notify
from evalgate.cli.logs_cut import ask_what_is_left
from evalgate.errors import LongLineError, MissingExtraError, UsageError
from evalgate.model.log_question import Selection
from evalgate.reporting.logs_told import LogReading, size

Said = TypeVar("Said")

DEFAULT = Path("logs")
MEMORY, LEAST_MEMORY = 400, 200
AUTO, DUCKDB, PLAIN = "auto", "duckdb", "plain"
ENGINES = (AUTO, DUCKDB, PLAIN)
_OURS = "evalgate"
"""What is said to read line by line."""

MUCH = 1_000_000_000
"""Bytes from which on reading line by line is worth a remark."""


@dataclass(slots=True, kw_only=True)
class OpenLog:
    """Who answers, and which files are read for it."""

    log_of: Callable[[LogSources], logs_adapter.CallLog]
    sources: LogSources
    engine: str
    tell: Callable[[float], None]
    cut_off: tuple[str, ...] = ()

    def ask(self, question: Callable[[logs_adapter.CallLog], Said]) -> Said:
        """Return what the log says; where a line is too long for DuckDB, it is passed over.

        Of a compressed file that was cut off, what can be read is.

        Raises:
            UsageError: a file cannot be read.
        """
        try:
            return self._asked(question)
        except LongLineError as error:
            _check_readable(self.sources)
            notify(f"{error}: the log is read again, line by line")
            self.log_of, self.engine = partial(PlainLog, tell=self.tell), _OURS
            return self._asked(question)

    def _asked(self, question: Callable[[logs_adapter.CallLog], Said]) -> Said:
        answer = ask_what_is_left(self.sources, lambda left: question(self.log_of(left)))
        self.cut_off = answer.cut_off
        return answer.said

    @property
    def reading(self) -> LogReading:
        """What is told of the files."""
        return LogReading(
            files=len(self.sources.files),
            bytes=self.sources.bytes,
            other_days=self.sources.other_days,
            repeated=self.sources.repeated,
            engine=self.engine,
            cut_off=self.cut_off,
        )


def add_source_arguments(parser: ArgumentParser) -> None:
    """Declare where the log is, and who reads it."""
    parser.add_argument(
        "logs",
        metavar="LOGS",
        type=Path,
        nargs="*",
        help=f"files and folders of the call log (default: {DEFAULT}/)",
    )
    add_engine_arguments(parser)


def add_engine_arguments(parser: ArgumentParser) -> None:
    """Declare who reads the log, and in how much memory."""
    parser.add_argument(
        "--memory",
        metavar="MB",
        type=_megabytes,
        default=MEMORY,
        help=f"megabytes that the process may take with DuckDB (default: {MEMORY})",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=AUTO,
        help="who reads: DuckDB where it is installed, else evalgate by itself, line by line",
    )


def sources_named(options: Namespace) -> Sequence[Path]:
    """Return the files and folders that are named, else the default one."""
    return options.logs or [DEFAULT]


@contextmanager
def open_log(
    options: Namespace, where: Selection, *, tell: Callable[[float], None]
) -> Iterator[OpenLog]:
    """Open the log that a command names.

    Args:
        options: of the command line.
        where: which calls are asked for.
        tell: is told which share of the files has been read.

    Raises:
        UsageError: there is no log, or it cannot be read.
        MissingExtraError: what is needed to read it is not installed.
    """
    paths, plain = sources_named(options), partial(PlainLog, tell=tell)
    try:
        if options.engine == PLAIN:
            raise MissingExtraError("--engine plain")
        database = logs_adapter.log_database(tell=tell, memory=options.memory)
    except MissingExtraError:
        if options.engine == DUCKDB:
            raise
        sources = find_sources(paths, where)
        _check_readable(sources)
        yield OpenLog(log_of=plain, sources=sources, engine=_OURS, tell=tell)
        return
    with database as opened:
        sources = find_sources(paths, where, extent=opened.made_of)
        if sources.files:
            yield OpenLog(log_of=opened.log, sources=sources, engine="DuckDB", tell=tell)
        else:
            yield OpenLog(log_of=plain, sources=sources, engine="", tell=tell)


def _check_readable(sources: LogSources) -> None:
    for file in sources.files:
        if file.form in (Form.PARQUET, Form.ZSTD):
            raise UsageError(
                f"{file.path}: only DuckDB reads a file that ends in {file.form}: "
                f"{logs_adapter.ANALYTICS}"
            )
    if sources.bytes > MUCH:
        notify(
            f"{size(sources.bytes)} are read line by line, which takes a second or more "
            f"per hundred MB; DuckDB is several times faster: {logs_adapter.ANALYTICS}"
        )


def _megabytes(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not LEAST_MEMORY <= value <= 10**6:
        raise ArgumentTypeError(f"expected megabytes, at least {LEAST_MEMORY}: {text!r}")
    return value
