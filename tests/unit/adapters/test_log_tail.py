"""Facts about the newest lines of a call log."""

import os
from pathlib import Path

import pytest

from evalgate.adapters.log_tail import newest_lines
from evalgate.errors import UsageError


def test_the_newest_file_comes_first_and_each_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "calls-2026-09-20.jsonl").write_bytes(b"a\nb\n")
    (tmp_path / "calls-2026-09-21.jsonl").write_bytes(b"c\nd\n")
    (tmp_path / "other.jsonl").write_bytes(b"e\n")
    assert [*newest_lines([tmp_path])] == [b"c", b"d", b"a", b"b"]


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "calls-2026-09-21.jsonl").write_bytes(b"a\nhalf")
    assert [*newest_lines([tmp_path])] == [b"a"]
    (tmp_path / "calls-2026-09-21.jsonl").write_bytes(b"half")
    assert [*newest_lines([tmp_path])] == []


def test_of_more_than_is_read_the_end_counts_in_whole_lines(tmp_path: Path) -> None:
    (tmp_path / "calls-2026-09-20.jsonl").write_bytes(b"old\n")
    (tmp_path / "calls-2026-09-21.jsonl").write_bytes(b"aaaa\nbbbb\ncccc\n")
    assert [*newest_lines([tmp_path], most=12)] == [b"bbbb", b"cccc"] + [b""] * 0
    assert [*newest_lines([tmp_path], most=15)] == [b"aaaa", b"bbbb", b"cccc"]


def test_a_folder_without_a_log_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected lines of the call log"):
        [*newest_lines([tmp_path])]


def test_a_pipe_is_refused_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(UsageError, match="it is no file but a pipe or a device"):
        [*newest_lines([tmp_path / "pipe.jsonl"])]
