"""Facts about files that are looked at again and again: each whole line comes exactly once."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters import followed_files
from evalgate.adapters.followed_files import FollowedFiles

DAY = "calls-2026-11-22.jsonl"


def followed(*paths: Path, since: float = 0.0) -> FollowedFiles:
    return FollowedFiles(paths, begin="calls-", since=since)


def new(files: FollowedFiles) -> list[bytes]:
    return [line for lines in files.new_lines() for line in lines]


def append(file: Path, content: bytes) -> None:
    with file.open("ab") as opened:
        opened.write(content)


def test_a_second_look_reads_what_is_new_alone(tmp_path: Path) -> None:
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b"a\nb\n")
    assert new(files) == [b"a", b"b"]
    assert new(files) == []
    append(file, b"c\n")
    assert new(files) == [b"c"]


def test_half_a_line_is_read_when_it_has_its_end(tmp_path: Path) -> None:
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b'a\n{"half')
    assert (new(files), files.unfinished) == ([b"a"], 1)
    append(file, b'":1}')
    assert (new(files), files.unfinished) == ([], 1)
    append(file, b"\nb\n")
    assert (new(files), files.unfinished) == ([b'{"half":1}', b"b"], 0)


def test_a_new_file_is_found_and_so_is_a_folder_that_comes_later(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    files = followed(folder)
    assert new(files) == []
    assert list(files.missing.values()) == ["No such file or directory"]
    folder.mkdir()
    assert new(files) == []
    assert list(files.missing.values()) == ["there is no file in it that ends in .jsonl"]
    append(folder / DAY, b"a\n")
    assert (new(files), files.missing) == ([b"a"], {})
    append(folder / "calls-2026-11-23.jsonl", b"b\n")
    assert (new(files), files.found) == ([b"b"], 2)


def test_a_file_that_was_cut_off_is_read_from_its_beginning(tmp_path: Path) -> None:
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b"first\nsecond\n")
    new(files)
    file.write_bytes(b"third\n")
    assert new(files) == [b"third"]


def test_a_file_that_was_cut_off_and_grew_beyond_its_old_size_is_read_from_its_beginning(
    tmp_path: Path,
) -> None:
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b"first\nsecond\n")
    new(files)
    with file.open("r+b") as opened:  # the same file, as copytruncate leaves it
        opened.truncate()
        opened.write(b"another line that is longer\nand one\n")
    assert new(files) == [b"another line that is longer", b"and one"]


def test_a_file_that_was_moved_is_read_to_its_end_and_the_new_one_from_its_beginning(
    tmp_path: Path,
) -> None:
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b"a\n")
    new(files)
    append(file, b"late\n")
    file.rename(tmp_path / f"{DAY}.1")
    append(file, b"new\n")
    assert sorted(new(files)) == [b"late", b"new"]
    append(tmp_path / f"{DAY}.1", b"later\n")
    assert new(files) == [b"later"]


def test_a_folder_that_was_out_of_sight_for_a_while_is_not_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    append(folder / DAY, b"a\n")
    files = followed(folder)
    assert new(files) == [b"a"]
    folder.rename(tmp_path / "away")
    assert new(files) == []
    (tmp_path / "away").rename(folder)
    append(folder / DAY, b"b\n")
    assert new(files) == [b"b"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / DAY
    append(file, b"a\n")
    os.link(file, tmp_path / "calls-again.jsonl")
    assert new(followed(tmp_path, file, tmp_path)) == [b"a"]


def test_a_file_of_a_day_that_is_over_is_not_opened(tmp_path: Path) -> None:
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        append(tmp_path / f"calls-{day}.jsonl", f"{day}\n".encode())
    append(tmp_path / "calls-9999-99-99.jsonl", b"no day\n")
    noon = 1_795_262_400.0  # 2026-11-21 12:00 UTC
    assert new(followed(tmp_path, since=noon)) == [b"2026-11-21", b"2026-11-22", b"no day"]


def test_a_line_that_nothing_holds_is_passed_over_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed_files, "BLOCK", 16)
    monkeypatch.setattr(followed_files, "LONGEST", 64)
    file, files = tmp_path / DAY, followed(tmp_path)
    append(file, b"a\n" + b"x" * 500)
    assert (new(files), files.too_long, files.unfinished) == ([b"a"], 1, 0)
    append(file, b"x" * 100 + b"\nb\n")
    assert (new(files), files.too_long) == ([b"b"], 1)


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    append(tmp_path / DAY, b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n")
    assert new(followed(tmp_path)) == [b"a", b"\xef\xbb\xbfb"]


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = followed(tmp_path / "pipe")
    assert new(files) == []
    assert list(files.missing.values()) == ["it is no file"]


@given(st.data())
def test_whatever_is_appended_when_every_line_comes_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = data.draw(st.binary(max_size=200).map(lambda each: each.replace(b"\xef", b"\n")))
    file = tmp_path_factory.mktemp("appended") / DAY
    file.touch()
    files, seen, rest = followed(file), [], content
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        append(file, rest[:size])
        rest = rest[size:]
        seen += new(files)
    assert seen == content.split(b"\n")[:-1]
