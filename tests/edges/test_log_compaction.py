"""Facts about compaction: nothing is lost, nothing is counted twice, and nothing is half done."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.log_compaction import compacting
from evalgate.adapters.log_duckdb import LogReader, open_log_reader
from evalgate.adapters.log_sources import LogFile, find_sources
from evalgate.adapters.swap import locked
from evalgate.errors import EvaluationError, UsageError
from evalgate.model.log_question import Key, LogQuestion, Selection
from tests.call_lines import columns_of
from tests.unit.adapters.log_lines import (
    EMPTY,
    EVENT,
    NEWER,
    TORN,
    cached,
    call,
    nothing,
    write,
)

DAY = "2026-11-21"
LINES = (call(1), EVENT, TORN, EMPTY, NEWER, cached(2, feature="ü"), b"\xff\xfe\n", b"{}\n")


@pytest.fixture(scope="module")
def reader() -> Iterator[LogReader]:
    with open_log_reader(tell=nothing, memory=300) as opened:
        yield opened


def only(path: Path) -> LogFile:
    (file,) = find_sources([path], Selection()).files
    return file


def parquet(out: Path) -> list[Path]:
    return sorted(out.rglob("*.parquet"))


def test_the_account_and_the_figures_are_those_of_the_file(
    reader: LogReader, tmp_path: Path
) -> None:
    file = only(write(tmp_path / "logs", *LINES, call(3)))
    out = tmp_path / "archive"
    with reader.archive(out) as archive:
        told = archive.add(file, day=DAY)
    assert (told.calls, told.kept, told.unreadable, told.empty, told.lines) == (3, 5, 2, 1, 9)
    question = LogQuestion(by=(Key.FEATURE, Key.DAY))
    before = reader.log(find_sources([file.path], Selection())).cost(question)
    after = reader.log(find_sources([out], Selection())).cost(question)
    assert (after.rows, after.total) == (before.rows, before.total)
    assert after.account.lines == before.account.lines - 1
    assert after.account.balances
    assert after.account.unreadable == before.account.unreadable
    assert after.account.events == before.account.events == 1
    found = reader.log(find_sources([out], Selection()))
    assert (
        found.latency(question).rows
        == reader.log(find_sources([file.path], Selection())).latency(question).rows
    )


def test_a_call_is_read_back_as_it_was_written(reader: LogReader, tmp_path: Path) -> None:
    file = only(write(tmp_path, call(1)))
    with reader.archive(tmp_path) as archive:
        archive.add(file, day=DAY)
    made = find_sources(parquet(tmp_path), Selection()).files
    (found,) = reader.calls_with(made, "req_011CSfirst")
    assert found == columns_of(call(1))
    (found,) = reader.calls_with(made, str(json.loads(call(1))["request_id"]))
    assert found == columns_of(call(1))
    assert reader.calls_with(made, "req_none") == ()


def test_what_is_no_call_is_kept_as_it_stood(reader: LogReader, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    file = only(write(tmp_path, *LINES))
    with reader.archive(tmp_path) as archive:
        told = archive.add(file, day=DAY)
    found = duckdb.execute(
        "SELECT line FROM read_parquet(?) WHERE line IS NOT NULL", [str(told.path)]
    ).fetchall()
    lines = {bytes(line) + b"\n" for (line,) in found}
    assert lines == {EVENT, TORN, NEWER, b"\xff\xfe\n", b"{}\n"}


def test_source_and_archive_together_are_counted_once(reader: LogReader, tmp_path: Path) -> None:
    path = write(tmp_path, *LINES)
    with reader.archive(tmp_path) as archive:
        archive.add(only(path), day=DAY)
    found = find_sources([tmp_path], Selection(), extent=reader.made_of)
    assert reader.log(found).cost(LogQuestion()).account.calls == 2
    path.write_bytes(path.read_bytes() + call(9))
    found = find_sources([tmp_path], Selection(), extent=reader.made_of)
    assert reader.log(found).cost(LogQuestion()).account.calls == 3


def test_a_second_time_changes_nothing_and_checks_again(reader: LogReader, tmp_path: Path) -> None:
    file = only(write(tmp_path, *LINES))
    with reader.archive(tmp_path) as archive:
        first = archive.add(file, day=DAY)
        before = first.path.read_bytes()
        again = archive.add(file, day=DAY)
    assert (first.was_done, again.was_done) == (False, True)
    assert parquet(tmp_path) == [first.path]
    assert first.path.read_bytes() == before


def test_a_file_that_has_grown_replaces_its_parquet(reader: LogReader, tmp_path: Path) -> None:
    path = write(tmp_path, call(1))
    with reader.archive(tmp_path) as archive:
        first = archive.add(only(path), day=DAY)
        path.write_bytes(path.read_bytes() + call(2))
        again = archive.add(only(path), day=DAY)
    assert (again.path, again.calls, again.was_done) == (first.path, 2, False)
    assert parquet(tmp_path) == [first.path]


def test_a_parquet_that_says_something_else_is_found_out(reader: LogReader, tmp_path: Path) -> None:
    path = write(tmp_path, call(1, cost_usd=0.5), call(2))
    with reader.archive(tmp_path) as archive:
        archive.add(only(path), day=DAY)
        # As many bytes, the same beginning, and another cost.
        path.write_bytes(call(1, cost_usd=0.5) + call(2).replace(b'"v3"', b'"v4"'))
        with pytest.raises(EvaluationError, match="does not hold the same calls"):
            archive.add(only(path), day=DAY)


def test_a_file_with_keys_that_are_not_known_is_left_alone(
    reader: LogReader, tmp_path: Path
) -> None:
    file = only(write(tmp_path, call(1).replace(b"}\n", b',"shoe_size":42}\n')))
    with (
        reader.archive(tmp_path) as archive,
        pytest.raises(EvaluationError, match="`shoe_size`"),
    ):
        archive.add(file, day=DAY)
    assert parquet(tmp_path) == []


def test_calls_of_other_programs_are_found_although_they_look_different(
    reader: LogReader, tmp_path: Path
) -> None:
    other = b'{"ts": "2026-11-21T12:00:00Z", "schema": "call/1", "request_id": "x"}\n'
    joined = call(5)[:200] + call(6)
    file = only(write(tmp_path, call(1), other, joined))
    with reader.archive(tmp_path) as archive:
        told = archive.add(file, day=DAY)
    assert (told.calls, told.kept) == (2, 1)


def test_a_file_that_was_damaged_in_the_middle_of_a_line_is_kept(
    reader: LogReader, tmp_path: Path
) -> None:
    broken = call(2).replace(b'"arm":"canary"', b'"arm:"canary"')
    file = only(write(tmp_path, call(1), broken))
    with reader.archive(tmp_path) as archive:
        told = archive.add(file, day=DAY)
    assert (told.calls, told.kept, told.unreadable) == (1, 1, 1)


def test_nobody_else_may_read_the_archive(reader: LogReader, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with reader.archive(tmp_path / "a" / "b") as archive:
            told = archive.add(only(write(tmp_path, call(1))), day=DAY)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (told.path, told.path.parent)]
    assert modes == [0o600, 0o700]
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_what_a_killed_compaction_left_is_removed_and_never_read(
    reader: LogReader, tmp_path: Path
) -> None:
    write(tmp_path / ".compacting-old", b"half", name="calls-x.0123456789abcdef.parquet")
    write(tmp_path, call(1))
    assert len(find_sources([tmp_path], Selection()).files) == 1
    with reader.archive(tmp_path):
        assert not (tmp_path / ".compacting-old").exists()
    assert list(tmp_path.glob(".compacting-*")) == []


def test_two_compactions_into_one_folder_do_not_meet(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    with locked(tmp_path), pytest.raises(UsageError, match="somebody else"), compacting(tmp_path):
        pass


def test_a_file_is_deleted_unless_it_has_changed(reader: LogReader, tmp_path: Path) -> None:
    path = write(tmp_path, call(1))
    with reader.archive(tmp_path) as archive:
        file = only(path)
        assert not archive.delete(file)
        archive.add(file, day=DAY)
        path.write_bytes(path.read_bytes() + call(2))
        assert not archive.delete(file)
        archive.add(only(path), day=DAY)
        assert archive.delete(file)
    assert not path.exists()
    assert len(parquet(tmp_path)) == 1


def test_names_with_quotes_are_no_sql(reader: LogReader, tmp_path: Path) -> None:
    name = "calls-'); DROP TABLE x; --.jsonl"
    file = only(write(tmp_path / "it's", call(1), name=name))
    with reader.archive(tmp_path / "o'ut") as archive:
        assert archive.add(file, day=DAY).path.exists()
