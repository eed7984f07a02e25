"""One file per day on a real disk: its rights, and what happens when somebody else touches it."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.adapters.day_file import DayFile
from evalgate.errors import UsageError

MIDNIGHT = 1_795_305_600.0


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = MIDNIGHT - 3600

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


TODAY = "calls-2026-11-21.jsonl"


def test_file_and_folder_are_open_to_their_owner_alone(tmp_path: Path, clock: Clock) -> None:
    before = os.umask(0)
    try:
        DayFile(tmp_path / "deep" / "log", now=clock)(b"a\n")
    finally:
        os.umask(before)
    assert (tmp_path / "deep/log").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "deep/log" / TODAY).stat().st_mode & 0o777 == 0o600


def test_lines_are_appended_to_what_is_there(tmp_path: Path, clock: Clock) -> None:
    DayFile(tmp_path, now=clock)(b"a\n")
    DayFile(tmp_path, now=clock)(b"b\n")
    assert (tmp_path / TODAY).read_bytes() == b"a\nb\n"


def test_a_new_day_has_a_file_of_its_own_and_the_old_one_stays(
    tmp_path: Path, clock: Clock
) -> None:
    file = DayFile(tmp_path, now=clock)
    file(b"a\n")
    clock.now = MIDNIGHT
    file(b"b\n")
    clock.now = MIDNIGHT - 0.5
    file(b"c\n")
    assert (tmp_path / TODAY).read_bytes() == b"a\nc\n"
    assert (tmp_path / "calls-2026-11-22.jsonl").read_bytes() == b"b\n"


def test_only_one_descriptor_is_open(tmp_path: Path, clock: Clock) -> None:
    file = DayFile(tmp_path, now=clock)
    file(b"a\n")
    count = len(list(Path("/proc/self/fd").iterdir()))
    for day in range(20):
        clock.now = MIDNIGHT + day * 86_400
        file(b"b\n")
    assert len(list(Path("/proc/self/fd").iterdir())) == count
    file.close()
    file.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == count - 1
    file(b"c\n")


@pytest.mark.parametrize("how", ["deleted", "renamed", "replaced"])
def test_a_file_that_was_rotated_away_is_made_again_within_a_second(
    tmp_path: Path, clock: Clock, how: str
) -> None:
    file = DayFile(tmp_path, now=clock)
    file(b"a\n")
    if how == "deleted":
        (tmp_path / TODAY).unlink()
    else:
        (tmp_path / TODAY).rename(tmp_path / "old")
    if how == "replaced":
        (tmp_path / TODAY).write_bytes(b"x\n")
    clock.now += 1.0
    file(b"b\n")
    assert (tmp_path / TODAY).read_bytes() == (b"x\nb\n" if how == "replaced" else b"b\n")


def test_a_folder_that_was_deleted_fails_until_it_is_there_again(
    tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "log"
    file = DayFile(folder, now=clock)
    file(b"a\n")
    (folder / TODAY).unlink()
    folder.rmdir()
    clock.now += 1.0
    with pytest.raises(FileNotFoundError):
        file(b"b\n")
    folder.mkdir()
    file(b"c\n")
    assert (folder / TODAY).read_bytes() == b"c\n"


def test_half_a_line_that_somebody_left_is_ended_first(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / TODAY).write_bytes(b'{"half')
    file = DayFile(tmp_path, now=clock)
    file(b"a\n")
    file(b"b\n")
    with (tmp_path / TODAY).open("ab") as other:
        other.write(b"torn")
    clock.now += 1.0
    file(b"c\n")
    file(b"d\n")
    assert (tmp_path / TODAY).read_bytes() == b'{"half\na\nb\ntorn\nc\nd\n'


def test_links_are_refused(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="it is a link; name another folder"):
        DayFile(tmp_path / "link", now=clock)
    (tmp_path / "real" / TODAY).symlink_to(tmp_path / "victim")
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number says which
        DayFile(tmp_path / "real", now=clock)(b"a\n")
    assert caught.value.errno == errno.ELOOP
    assert not (tmp_path / "victim").exists()


def test_a_pipe_in_place_of_the_file_holds_nobody_up(tmp_path: Path, clock: Clock) -> None:
    os.mkfifo(tmp_path / TODAY)
    with pytest.raises(OSError, match="is no file"):
        DayFile(tmp_path, now=clock)(b"a\n")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "log").write_text("")
    with pytest.raises(UsageError, match="no calls can be kept here"):
        DayFile(tmp_path / "log", now=clock)


def test_a_descriptor_that_somebody_closed_and_used_again_is_left_alone(
    tmp_path: Path, clock: Clock
) -> None:
    """As a daemon does that closes everything it has inherited."""
    file = DayFile(tmp_path, now=clock)
    file(b"a\n")
    assert file._file is not None
    number = file._file.descriptor
    with (tmp_path / "other").open("wb", buffering=0) as other:
        os.dup2(other.fileno(), number)
    clock.now += 1.0
    file(b"b\n")
    os.write(number, b"mine")
    os.close(number)
    assert (tmp_path / "other").read_bytes() == b"mine"
    assert (tmp_path / TODAY).read_bytes() == b"a\nb\n"


DAEMON = """
import os, sys
from pathlib import Path
from evalgate.adapters.day_file import DayFile

file = DayFile(Path(sys.argv[1]), now=lambda: 1_795_302_000.0)
file(b"parent\\n")
if not os.fork():
    os.closerange(3, 64)
    os.open(sys.argv[1] + "/other", os.O_CREAT | os.O_WRONLY)
    file(b"child\\n")
    os._exit(0)
os.wait()
file(b"parent\\n")
"""


def test_a_forked_process_opens_the_file_anew(tmp_path: Path) -> None:
    subprocess.run((sys.executable, "-c", DAEMON, str(tmp_path)), check=True, timeout=30)
    assert (tmp_path / TODAY).read_bytes() == b"parent\nchild\nparent\n"
    assert (tmp_path / "other").read_bytes() == b""
