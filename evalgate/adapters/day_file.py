"""Lines appended to one file per day, by any number of threads and processes at once."""

import errno
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.fork_lock import ForkLock
from evalgate.errors import UsageError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
SECONDS_BETWEEN_LOOKS = 1.0
"""How often it is looked whether the open file is still the one of that name."""

_SECONDS_PER_DAY = 86_400
_LOOKS, _MOMENT = 3, 0.001
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Open for reading too: for the last byte, and so that a pipe of that name holds nobody up.
_FILE_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An open file: whose, of which day, which file of the disk, and when that was last seen.

    `is_torn` says that the last line in it has no end.
    """

    process: int
    day: int
    descriptor: int
    place: tuple[int, int]
    seen: float
    is_torn: bool


class DayFile:
    """A file per day of UTC, such as `calls-2026-11-21.jsonl`, that lines are appended to.

    A line is one write to a descriptor opened for appending, so that the lines of several threads
    and processes stand one after the other on a local disk. A forked process opens the file anew.
    No file is ever renamed or removed; one that somebody else moved or deleted is made again within
    a second.

    A disk that is full may take half a line. The next line then begins with a line break, also in
    another process: each looks at the end of the file when it opens it, and every second.
    """

    def __init__(self, folder: Path, *, name: str = "calls", now: Callable[[], float]) -> None:
        """Make the folder if it is missing; one that is made is open to this user alone.

        Args:
            folder: of the files; it may not be a link.
            name: what the files' names begin with.
            now: seconds since 1970, UTC.

        Raises:
            UsageError: the folder is a link, or cannot be made or opened.
        """
        self._folder = folder
        self._name = name
        self._now = now
        self._lock = ForkLock()
        self._file: _Open | None = None
        try:
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            os.close(os.open(folder, _FOLDER_FLAGS))
        except OSError as error:
            reason = "it is a link" if folder.is_symlink() else error.strerror
            raise UsageError(
                f"{folder}: no {name} can be kept here: {reason}; name another folder"
            ) from error

    def __call__(self, line: bytes) -> None:
        """Append one line, its line break included.

        Raises:
            OSError: it could not be written, or not as a whole.
        """
        with self._lock:
            file = self._current()
            whole = b"\n" + line if file.is_torn else line
            written = os.write(file.descriptor, whole)
            is_torn = written < len(whole)
            if is_torn != file.is_torn:
                self._file = replace(file, is_torn=is_torn)
            if is_torn:
                raise OSError(errno.EIO, f"{written} of {len(whole)} bytes were written")

    def close(self) -> None:
        """Close the file that is open; another line opens it again."""
        with self._lock:
            file, self._file = self._file, None
            if file is not None:
                _release(file)

    def _current(self) -> _Open:
        """Return the file of today, which is looked at once a second."""
        now, file = self._now(), self._file
        day = int(now // _SECONDS_PER_DAY)
        is_own = file is not None and file.day == day and file.process == os.getpid()
        if file is not None and is_own and 0 <= now - file.seen < SECONDS_BETWEEN_LOOKS:
            return file
        kept = file if file is not None and is_own and self._is_in_place(file) else None
        current = self._opened(day, now) if kept is None else _looked_at(kept, now)
        # The new one first: a process that is forked in between must not hold a closed one.
        self._file = current
        if file is not None and kept is None:
            _release(file)
        return current

    def _is_in_place(self, file: _Open) -> bool:
        """Whether the descriptor is still ours, and the file still has its name."""
        try:
            named = (self._folder / self._file_name(file.day)).lstat()
            return _place(os.fstat(file.descriptor)) == file.place == _place(named)
        except OSError:
            return False

    def _opened(self, day: int, now: float) -> _Open:
        folder = os.open(self._folder, _FOLDER_FLAGS)
        try:
            descriptor = os.open(self._file_name(day), _FILE_FLAGS, FILE_MODE, dir_fd=folder)
        finally:
            os.close(folder)
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, f"{self._file_name(day)} is no file")
        return _Open(
            process=os.getpid(),
            day=day,
            descriptor=descriptor,
            place=_place(found),
            seen=now,
            is_torn=_ends_torn(descriptor),
        )

    def _file_name(self, day: int) -> str:
        date = datetime.fromtimestamp(day * _SECONDS_PER_DAY, UTC).date()
        return f"{self._name}-{date.isoformat()}.jsonl"


def _looked_at(file: _Open, now: float) -> _Open:
    return replace(file, seen=now, is_torn=file.is_torn or _ends_torn(file.descriptor))


def _release(file: _Open) -> None:
    """Close a descriptor, unless somebody closed it before us and its number is another file's."""
    try:
        if _place(os.fstat(file.descriptor)) == file.place:
            os.close(file.descriptor)
    except OSError:
        return


def _place(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _ends_torn(descriptor: int) -> bool:
    """Whether the file ends in half a line that nobody is about to end.

    Another process may be seen in the middle of its write, which takes microseconds. One that was
    stopped there for longer is taken for torn: a line break too many, which readers pass over.
    """
    size = _size_if_torn(descriptor)
    for _ in range(_LOOKS):
        if size is None:
            return False
        time.sleep(_MOMENT)
        before, size = size, _size_if_torn(descriptor)
        if size == before:
            return True
    return False


def _size_if_torn(descriptor: int) -> int | None:
    size = os.fstat(descriptor).st_size
    is_whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
    return None if is_whole else size
