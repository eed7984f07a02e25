"""Facts about replacing a small file: whole or not at all, and by one writer at a time."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from evalgate.adapters.swap import locked, read_file, swap, sync_folder
from evalgate.errors import MovedError, UsageError

NOBODY = 65_534
COUNT = """
import sys
from pathlib import Path
from evalgate.adapters.swap import read_file, swap
from evalgate.errors import MovedError
path = Path(sys.argv[1])
for _ in range(50):
    while True:
        before = read_file(path)
        try:
            swap(path, before, str(int(before) + 1).encode())
        except MovedError:
            continue
        break
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from evalgate.adapters.swap import swap
def kill(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(kill)
swap(Path(sys.argv[1]), b"old", b"new")
"""


def started(program: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program, str(path)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "live.yaml").write_bytes(b"old")
    return tmp_path / "live.yaml"


def test_a_file_is_replaced_and_nothing_else_is_left(file: Path) -> None:
    swap(file, b"old", b"new")
    assert read_file(file) == b"new"
    assert list(file.parent.iterdir()) == [file]


def test_a_new_file_is_for_everybody_to_read(tmp_path: Path) -> None:
    assert read_file(tmp_path / "new.yml") is None
    swap(tmp_path / "new.yml", None, b"new")
    assert (tmp_path / "new.yml").stat().st_mode & 0o777 == 0o644


def test_mode_and_owner_stay(file: Path) -> None:
    file.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    before = file.stat()
    swap(file, b"old", b"new")
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert after.st_ino != before.st_ino


def test_a_link_is_followed_and_stays(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    swap(link, b"old", b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")


@pytest.mark.parametrize("before", [None, b"older"])
def test_what_somebody_else_has_changed_is_not_written_over(
    file: Path, before: bytes | None
) -> None:
    with pytest.raises(MovedError) as caught:
        swap(file, before, b"new")
    assert (caught.value.content, file.read_bytes()) == (b"old", b"old")


def test_no_change_is_lost_between_two_processes(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_bytes(b"0")
    both = [started(COUNT, path), started(COUNT, path)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert path.read_bytes() == b"100"


def test_readers_never_see_half_a_file(file: Path) -> None:
    long = [b"a" * 300_000, b"b" * 300_000]
    file.write_bytes(long[0])
    seen = set[bytes]()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(file.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(40):
        swap(file, long[turn % 2], long[(turn + 1) % 2])
    done.set()
    reader.join()
    assert seen <= set(long)


def test_a_writer_that_is_killed_leaves_the_old_file_and_the_next_one_tidies_up(file: Path) -> None:
    assert started(KILLED, file).wait(30) == -signal.SIGKILL
    assert file.read_bytes() == b"old"
    assert len(list(file.parent.iterdir())) == 2
    swap(file, b"old", b"new")
    assert list(file.parent.iterdir()) == [file]


def test_who_finds_the_folder_taken_waits_and_then_gives_up(file: Path) -> None:
    with locked(file.parent), pytest.raises(UsageError, match="somebody else has been writing"):
        swap(file, b"old", b"new", patience=0.05)
    assert file.read_bytes() == b"old"
    swap(file, b"old", b"new", patience=0.05)


def test_a_full_disk_leaves_the_old_file(file: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(UsageError, match="what was there still holds"):
            swap(file, b"old", b"n" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert file.read_bytes() == b"old"
    assert list(file.parent.iterdir()) == [file]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be an ordinary user, whom modes keep out."""
    user = os.geteuid()
    if user:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_cannot_be_written_is_an_error_that_names_the_file() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "live.yaml").write_bytes(b"old")
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(UsageError, match=r"cannot write .*live\.yaml: Permission"):
            swap(folder / "live.yaml", b"old", b"new")
        assert (folder / "live.yaml").read_bytes() == b"old"
        folder.chmod(0o755)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file or directory"):
        swap(tmp_path / "none" / "live.yaml", None, b"new")
    with pytest.raises(UsageError, match="cannot read"):
        read_file(tmp_path)
    sync_folder(tmp_path)
