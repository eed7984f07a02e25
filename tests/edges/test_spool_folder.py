"""Facts about the folder of sampled calls, in real folders."""

import fcntl
import os
import resource
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from evalgate.adapters.spool_folder import SpoolFolder

DAY = 86_400.0
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()


def add(folder: Path, lines: bytes = b"{}\n", *, now: float = NOON, days: float = 7.0) -> None:
    spool = SpoolFolder(folder, days=days)
    spool.add(lines, now=now)
    spool.close()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folder_and_file_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        add(tmp_path / "a/spool")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a/spool") == 0o700
    assert mode(tmp_path / "a/spool/samples-2026-11-21.jsonl") == 0o600


def test_what_others_may_read_is_narrowed(tmp_path: Path) -> None:
    file = tmp_path / "samples-2026-11-21.jsonl"
    file.write_text("")
    file.chmod(0o644)
    tmp_path.chmod(0o755)
    add(tmp_path)
    assert (mode(tmp_path), mode(file)) == (0o700, 0o600)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match="link"):
        add(tmp_path / "link")
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize("kind", ["soft", "hard"])
def test_a_file_that_is_a_link_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "spool").mkdir()
    target, link = tmp_path / "target", tmp_path / "spool/samples-2026-11-21.jsonl"
    target.write_text("")
    link.symlink_to(target) if kind == "soft" else link.hardlink_to(target)
    with pytest.raises(OSError, match=r"link|second name"):
        add(tmp_path / "spool")
    assert target.read_text() == ""


def test_every_day_has_a_file(tmp_path: Path) -> None:
    spool = SpoolFolder(tmp_path, days=7)
    for now in (NOON, NOON + 1, NOON + DAY):
        spool.add(b"{}\n", now=now)
    spool.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes == {"samples-2026-11-21.jsonl": 6, "samples-2026-11-22.jsonl": 3}


@pytest.mark.parametrize(
    ("days", "left"),
    [(2.0, ["20", "21"]), (1.0, ["21"]), (0.1, ["21"]), (3.0, ["19", "20", "21"])],
)
def test_no_line_gets_older_than_it_may(tmp_path: Path, days: float, left: list[str]) -> None:
    for day in range(16, 21):
        (tmp_path / f"samples-2026-11-{day}.jsonl").write_text("{}\n")
    (tmp_path / "notes-2026-11-01.jsonl").write_text("mine")
    add(tmp_path, days=days)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["notes-2026-11-01.jsonl", *(f"samples-2026-11-{day}.jsonl" for day in left)]


def test_files_expire_without_new_lines(tmp_path: Path) -> None:
    add(tmp_path)
    SpoolFolder(tmp_path, days=7).expire(NOON + 6 * DAY)
    assert len(list(tmp_path.iterdir())) == 1
    SpoolFolder(tmp_path, days=7).expire(NOON + 7 * DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_line_is_ended_before_the_next(tmp_path: Path) -> None:
    (tmp_path / "samples-2026-11-21.jsonl").write_bytes(b'{"a": ')
    add(tmp_path, b"{}\n")
    assert (tmp_path / "samples-2026-11-21.jsonl").read_bytes() == b'{"a": \n{}\n'


def test_a_line_that_is_cut_while_the_file_is_open_is_ended_too(tmp_path: Path) -> None:
    spool, file = SpoolFolder(tmp_path, days=7), tmp_path / "samples-2026-11-21.jsonl"
    spool.add(b"1\n", now=NOON)
    with file.open("ab") as other:
        other.write(b"2")
    spool.add(b"3\n", now=NOON)
    spool.close()
    assert file.read_bytes() == b"1\n2\n3\n"


def test_a_line_that_another_is_writing_is_not_taken_for_a_cut_one(tmp_path: Path) -> None:
    file = tmp_path / "samples-2026-11-21.jsonl"
    with file.open("ab", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"1")
        late = Thread(target=add, args=(tmp_path, b"2\n"))
        late.start()
        late.join(0.2)
        assert late.is_alive()
        other.write(b"\n")
    late.join(10)
    assert file.read_bytes() == b"1\n2\n"


def test_a_file_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    spool = SpoolFolder(tmp_path, days=7)
    for _ in range(2):
        spool.add(b"{}\n", now=NOON)
        file = tmp_path / "samples-2026-11-21.jsonl"
        assert file.read_bytes() == b"{}\n"
        file.unlink()
    spool.close()


def test_a_line_that_is_written_in_part_is_an_error_and_its_end_begins_the_next(
    tmp_path: Path,
) -> None:
    spool = SpoolFolder(tmp_path, days=7)
    size, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, most))
    try:
        with pytest.raises(OSError, match="in part"):
            spool.add(b"12345\n", now=NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    spool.add(b"6\n", now=NOON)
    spool.close()
    assert (tmp_path / "samples-2026-11-21.jsonl").read_bytes() == b"123\n6\n"


def test_a_full_disk_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    spool = SpoolFolder(Path(), days=7)
    spool._day, spool._file = "2026-11-21", os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="space"):
        spool.add(b"{}\n", now=NOON)
    spool.close()
