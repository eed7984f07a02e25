"""The folder that sampled calls are kept in: one file per day, readable by its owner alone."""

import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"samples-(\d{4}-\d{2}-\d{2})\.jsonl")
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_OTHERS = 0o077


class SpoolFolder:
    """Adds lines to the file of the day, and deletes files that are older than they may get.

    Neither the folder nor a file in it may be a link or belong to somebody else. Several processes
    can share a folder: every batch of lines is one write at the end of the file, under its lock, so
    that nobody takes another's line for a cut one while it is being written.
    """

    def __init__(self, path: Path, *, days: float) -> None:
        """Name the folder; it is made, or narrowed to its owner, by the first line.

        Args:
            path: of the folder.
            days: how long a line is kept at most.
        """
        self._path = path
        self._days = days
        self._day = ""
        self._file: int | None = None

    def add(self, lines: bytes, *, now: float) -> None:
        """Write whole lines.

        Args:
            lines: each with its end.
            now: seconds since 1970.

        Raises:
            OSError: they could not be written, or only in part.
        """
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        # Somebody may have deleted the file meanwhile.
        if day != self._day or self._file is None or not os.fstat(self._file).st_nlink:
            self._turn_to(day, now)
        if self._file is None or _append(self._file, lines) < len(lines):
            raise OSError("lines were written in part")

    def expire(self, now: float) -> None:
        """Delete the files with lines that may be too old.

        Raises:
            OSError: the folder cannot be read, or a file in it not be deleted.
        """
        folder = _opened_folder(self._path)
        try:
            self._delete_expired(folder, now)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Close the file of the day if it is open."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _turn_to(self, day: str, now: float) -> None:
        self.close()
        folder = _opened_folder(self._path)
        try:
            self._delete_expired(folder, now)
            self._file = _opened_file(f"samples-{day}.jsonl", folder)
        finally:
            os.close(folder)
        self._day = day

    def _delete_expired(self, folder: int, now: float) -> None:
        """Delete the files whose first line may be too old; that of today stays."""
        oldest = datetime.fromtimestamp(now, UTC) - timedelta(days=max(1.0, self._days))
        for name in os.listdir(folder):
            found = _NAME.fullmatch(name)
            if found and found[1] <= oldest.date().isoformat():
                with suppress(FileNotFoundError):  # another process was faster
                    os.unlink(name, dir_fd=folder)


def _opened_folder(path: Path) -> int:
    path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _keep_private(folder, _FOLDER_MODE)
    except OSError:
        os.close(folder)
        raise
    return folder


def _opened_file(name: str, folder: int) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(name, flags, _FILE_MODE, dir_fd=folder)
    try:
        _keep_private(file, _FILE_MODE)
    except OSError:
        os.close(file)
        raise
    return file


def _keep_private(place: int, mode: int) -> None:
    """Take all rights from others; of somebody else's file this fails."""
    found = os.fstat(place)
    if found.st_uid != os.geteuid():
        raise PermissionError("it belongs to somebody else")
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise PermissionError("it has a second name")
    if found.st_mode & _OTHERS:
        os.fchmod(place, mode)


def _append(file: int, lines: bytes) -> int:
    with _locked(file):
        _end_cut_line(file)
        return os.write(file, lines)


@contextmanager
def _locked(file: int) -> Iterator[None]:
    # A file system without locks may show a line that is being written as a cut one: its end is
    # then followed by an empty line.
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def _end_cut_line(file: int) -> None:
    """Put the end of a line after one that a full disk or a kill has cut."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")
