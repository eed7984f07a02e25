"""Facts about compressed files that were cut off."""

import gzip
from pathlib import Path

import pytest

from evalgate.adapters.log_gzip import cut_files, with_what_is_left
from evalgate.adapters.log_sources import lines_of
from evalgate.errors import UsageError
from tests.unit.adapters.log_lines import call, sources, write

LINES = tuple(call(number) for number in range(2_000))
PACKED = gzip.compress(b"".join(LINES), mtime=0)
PART = gzip.compress(call(5_000), mtime=0)


@pytest.mark.parametrize(
    "content", [PACKED, PACKED + PART, PACKED + PART + b"\0" * 40_000, b"", b"\0" * 10]
)
def test_a_file_that_has_its_end_is_not_cut_off(tmp_path: Path, content: bytes) -> None:
    found = sources(write(tmp_path, PART, name="a.jsonl.gz"))
    write(tmp_path, content, name="a.jsonl.gz")
    assert cut_files(found) == ()


@pytest.mark.parametrize("content", [PACKED[:5], PACKED[:-1], PACKED + PART[:-9], PART[:40]])
def test_a_file_that_ends_in_a_part_is_cut_off(tmp_path: Path, content: bytes) -> None:
    found = sources(write(tmp_path, content, name="a.jsonl.gz"))
    assert cut_files(found) == found.files


def test_what_can_be_read_stands_in_a_copy_in_the_place_of_the_file(tmp_path: Path) -> None:
    plain = write(tmp_path, call(7), name="calls-2026-11-20.jsonl")
    cut = write(tmp_path, PACKED[: len(PACKED) // 2], name="calls-2026-11-21.jsonl.gz")
    whole = write(tmp_path, PART, name="calls-2026-11-22.jsonl.gz")
    found = sources(plain, cut, whole)
    folder = tmp_path / "copies"
    folder.mkdir()
    left = with_what_is_left(found, cut_files(found), folder)
    assert [each.path for each in left.files][::2] == [plain, whole]
    copy = left.files[1]
    assert copy.path.parent == folder
    text = b"".join(lines_of(copy))
    assert b"".join(LINES).startswith(text)
    assert len(text) > len(b"".join(LINES)) / 3


def test_a_damaged_file_is_no_cut_one_and_says_what_to_do(tmp_path: Path) -> None:
    damaged = bytearray(PACKED)
    damaged[-6] ^= 0xFF
    found = sources(write(tmp_path, bytes(damaged), name="a.jsonl.gz"))
    with pytest.raises(
        UsageError, match=r"a\.jsonl\.gz: the compressed file is damaged.* leave it out"
    ):
        cut_files(found)
