"""Facts about files of lines that others append to: which are meant, and how they are read."""

import os
import tracemalloc
from pathlib import Path
from threading import Thread

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.line_files import LONGEST, head_of, line_files, lines_of
from evalgate.errors import UsageError


def files(*paths: Path) -> list[str]:
    found = line_files(paths, begin="calls-", holding="lines of the call log")
    return [path.name for path in found]


def made(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"{}\n")
    return folder


def test_of_a_folder_the_files_with_the_usual_names_are_read_by_their_days(tmp_path: Path) -> None:
    made(tmp_path, "calls-2026-11-22.jsonl", "calls-2026-11-21.jsonl", "scores.jsonl", "calls-1.gz")
    assert files(tmp_path) == ["calls-2026-11-21.jsonl", "calls-2026-11-22.jsonl"]


def test_without_usual_names_all_files_of_lines_are_read(tmp_path: Path) -> None:
    made(tmp_path, "b.jsonl", "a.jsonl", ".hidden.jsonl", "a.json", "jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert files(tmp_path) == ["a.jsonl", "b.jsonl"]


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    made(tmp_path, "calls.log", "calls-1.jsonl")
    assert files(tmp_path / "calls.log") == ["calls.log"]


def test_files_are_read_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    one, other = made(tmp_path / "b", "calls-1.jsonl"), made(tmp_path / "a", "calls-0.jsonl")
    assert files(one, other) == ["calls-1.jsonl", "calls-0.jsonl"]


def test_a_file_is_read_once_however_often_it_is_named(tmp_path: Path) -> None:
    folder = made(tmp_path / "logs", "calls-1.jsonl")
    (tmp_path / "link").symlink_to(folder)
    os.link(folder / "calls-1.jsonl", folder / "calls-2.jsonl")
    again = (tmp_path / "link", folder / "calls-1.jsonl", folder / "." / "calls-2.jsonl")
    assert files(folder, *again) == ["calls-1.jsonl"]


def test_what_is_not_there_is_named_with_what_was_expected(tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(UsageError) as caught:
            files(made(tmp_path / "logs", "calls-1.jsonl"), path)
        return str(caught.value).replace(str(tmp_path), "…")

    assert refused(tmp_path / "none") == snapshot(
        "…/none: No such file or directory; expected lines of the call log: a file, or a folder with files `calls-*.jsonl`"
    )
    made(tmp_path / "empty", "calls.txt")
    assert refused(tmp_path / "empty") == snapshot(
        "…/empty: no file in this folder ends in .jsonl; expected lines of the call log: a file, or a folder with files `calls-*.jsonl`"
    )


def read(folder: Path, content: bytes) -> list[bytes]:
    path = folder / "lines.jsonl"
    path.write_bytes(content)
    return list(lines_of(path))


def test_lines_come_one_by_one_the_last_one_with_or_without_its_end(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\n\nb\r\nc") == [b"a\n", b"\n", b"b\r\n", b"c"]
    assert read(tmp_path, b"") == []


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    assert read(tmp_path, mark + b"a\n" + mark + b"b\n") == [b"a\n", mark + b"b\n"]
    assert read(tmp_path, mark + b"\nb\n") == [b"\n", b"b\n"]
    assert read(tmp_path, mark + b"x" * LONGEST + b"\nb\n")[1:] == [b"b\n"]


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST, 5 * LONGEST])
def test_of_a_line_that_is_too_long_the_beginning_is_read_and_the_next_one_whole(
    tmp_path: Path, length: int
) -> None:
    first, second = read(tmp_path, b"x" * length + b"\nb\n")
    assert first == (b"x" * length + b"\n")[:LONGEST]
    assert second == b"b\n"
    assert read(tmp_path, b"x" * length) == [b"x" * min(length, LONGEST)]


def test_a_line_of_a_hundred_megabytes_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "calls-1.jsonl"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        assert [len(line) for line in lines_of(path)] == [LONGEST]
        assert tracemalloc.get_traced_memory()[1] < 6 * LONGEST
    finally:
        tracemalloc.stop()


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert files(pipe) == ["pipe"]
    writer = Thread(target=pipe.write_bytes, args=(b"a\nb\n",))
    writer.start()
    assert list(lines_of(pipe)) == [b"a\n", b"b\n"]
    writer.join()


def test_a_file_that_goes_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"calls-1\.jsonl: cannot be read: No such file"):
        list(lines_of(tmp_path / "calls-1.jsonl"))


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"3", b"\xff", b'{"schema":3}', b'{"a":' + b"[" * 100_000],
    ids=["empty", "cut", "list", "number", "bytes", "schema", "deep"],
)
def test_what_is_no_object_says_nothing_of_itself(line: bytes) -> None:
    assert head_of(line) is None


def test_a_line_says_of_itself_what_it_is_whatever_else_is_wrong() -> None:
    head = head_of(b'{"ts":[],"schema":"call/9","prompt":"p","other":"\xff"}')
    assert head is not None
    assert (head.schema, head.prompt) == ("call/9", "p")
    bare = head_of(b"{}")
    assert bare is not None
    assert (bare.schema, bare.prompt) == (None, None)
