"""Facts about who reads a log."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from evalgate.adapters.log_plain import PlainLog
from evalgate.cli.logs_adapter import CallLog
from evalgate.cli.logs_engine import DEFAULT, add_source_arguments, open_log, sources_named
from evalgate.errors import LongLineError, UsageError
from evalgate.model.log_question import LogQuestion, Selection
from tests.unit.adapters.log_lines import call, nothing, write


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_source_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(("engine", "said"), [("plain", "evalgate"), ("duckdb", "DuckDB")])
def test_the_engine_that_is_named_reads(tmp_path: Path, engine: str, said: str) -> None:
    write(tmp_path, call(1), call(2))
    with open_log(options(str(tmp_path), "--engine", engine), Selection(), tell=nothing) as opened:
        assert opened.reading.engine == said
        assert opened.ask(lambda log: log.cost(LogQuestion())).total.calls == 2


def test_a_line_that_is_too_long_for_duckdb_is_passed_over_line_by_line(tmp_path: Path) -> None:
    write(tmp_path, call(1))

    def ask(log: CallLog) -> str:
        if not isinstance(log, PlainLog):
            raise LongLineError("too long")
        return "read"

    with open_log(options(str(tmp_path)), Selection(), tell=nothing) as opened:
        assert opened.ask(ask) == "read"


def test_files_of_other_days_alone_are_an_answer_and_no_error(tmp_path: Path) -> None:
    write(tmp_path, call(1))
    with open_log(options(str(tmp_path)), Selection(since=2**51), tell=nothing) as opened:
        assert opened.reading.other_days == 1
        assert opened.ask(lambda log: log.cost(LogQuestion())).account.lines == 0


def test_what_only_duckdb_reads_is_refused_without_it(tmp_path: Path) -> None:
    path = write(tmp_path, b"PAR1", name="x.parquet")
    words = options(str(path), "--engine", "plain")
    with (
        pytest.raises(UsageError, match="only DuckDB reads"),
        open_log(words, Selection(), tell=nothing),
    ):
        pass


def test_the_default_is_the_folder_of_that_name() -> None:
    assert list(sources_named(options())) == [DEFAULT]


@pytest.mark.parametrize("words", [("--memory", "10"), ("--memory", "x"), ("--engine", "sqlite")])
def test_options_that_cannot_be_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        options(*words)
