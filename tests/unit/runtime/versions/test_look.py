"""Facts about one look at some files."""

import os
import time
from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError
from evalgate.runtime.versions.look import (
    MOST_BYTES,
    MOST_LOOKS,
    UNSETTLED_SECONDS,
    Look,
    read_settled,
)

LATER = UNSETTLED_SECONDS + 60


@pytest.fixture
def look(tmp_path: Path) -> Look:
    (tmp_path / "a").write_text("one")
    return Look(root=str(tmp_path))


def test_a_file_is_read_once(look: Look) -> None:
    assert look.read("a") == b"one"
    Path(look.root, "a").write_text("two")
    assert look.read("a") == b"one"
    assert not look.is_settled()


def test_what_is_not_there_is_nothing_and_its_coming_is_a_change(look: Look) -> None:
    assert look.find("b") is None
    with pytest.raises(ConfigurationError, match="/b: there is no such file"):
        look.read("b")
    assert look.is_settled()
    Path(look.root, "b").touch()
    assert not look.is_settled()


def test_a_refusal_is_told_each_time(look: Look) -> None:
    Path(look.root, "folder").mkdir()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="expected a file, found a folder"):
            look.find("folder")


def test_a_large_file_is_not_read_and_its_change_is_seen(look: Look) -> None:
    path = Path(look.root, "large")
    path.touch()
    os.truncate(path, 10**12)
    with pytest.raises(ConfigurationError, match=r"1,000,000\.0 MB; at most 2 MB"):
        look.find("large")
    assert look.is_settled()
    os.truncate(path, MOST_BYTES)
    assert not look.is_settled()
    assert len(Look(root=look.root).read("large")) == MOST_BYTES


def test_digests_tell_contents_apart(look: Look) -> None:
    look.read("a")
    look.find("b")
    assert len(look.digest("a")) == 64
    assert look.digest("b") == ""


def test_a_state_is_current_once_it_has_settled_and_until_it_changes(look: Look) -> None:
    look.read("a")
    seen = look.seen()
    assert seen.changed_at == pytest.approx(time.time(), abs=5)
    assert not seen.is_current(seen.changed_at + UNSETTLED_SECONDS / 2)
    assert seen.is_current(seen.changed_at + LATER)
    Path(look.root, "a").write_text("1ne")
    assert not seen.is_current(seen.changed_at + LATER)


def test_the_same_times_and_size_with_another_inode_are_a_change(look: Look) -> None:
    look.read("a")
    path, new = Path(look.root, "a"), Path(look.root, "new")
    new.write_text("two")
    os.utime(new, ns=(0, path.stat().st_mtime_ns))
    new.replace(path)
    assert not look.is_settled()


def test_files_that_change_while_they_are_read_are_read_again(look: Look) -> None:
    contents: list[bytes] = []

    def read(each: Look) -> bytes:
        contents.append(each.read("a"))
        if len(contents) < 3:
            Path(look.root, "a").write_text("x" * len(contents))
        return contents[-1]

    found = read_settled(look.root, read)
    assert found is not None
    assert found[0] == b"xx"
    assert contents == [b"one", b"x", b"xx"]


def test_files_that_change_all_the_time_are_given_up(look: Look) -> None:
    count = 0

    def read(each: Look) -> None:
        nonlocal count
        count += 1
        each.read("a")
        Path(look.root, "a").write_text("x" * count)

    assert read_settled(look.root, read) is None
    assert count == MOST_LOOKS
