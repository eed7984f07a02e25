"""Counts the lines of files without reading what they say, so that an account can balance."""

from dataclasses import dataclass
from threading import Event

from evalgate.adapters.log_sources import (
    READING_ERRORS,
    Form,
    LogFile,
    LogSources,
    opened,
    unreadable,
)

_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How many lines there are in files that are no Parquet, empty ones among them.

    `is_known` is false where a form hides them; `growing` files were written to meanwhile.
    """

    number: int = 0
    is_known: bool = True
    growing: int = 0


class LineCounter:
    """Counts once; another thread may stop it."""

    def __init__(self, sources: LogSources) -> None:
        """Remember how the files are before anybody reads them."""
        self._files = [each for each in sources.files if each.form is not Form.PARQUET]
        self._before = [_state(each) for each in self._files]
        self._stopped = Event()

    def stop(self) -> None:
        """Count no further."""
        self._stopped.set()

    def count(self) -> Lines:
        """Return how many lines there are.

        Raises:
            UsageError: a file cannot be read.
        """
        known = [each for each in self._files if each.form is not Form.ZSTD]
        number = sum(self._count(each) for each in known)
        return Lines(number=number, is_known=len(known) == len(self._files))

    def growing(self) -> int:
        """Return how many files were written to since the beginning."""
        now = [_state(each) for each in self._files]
        return sum(was != is_now for was, is_now in zip(self._before, now, strict=True))

    def _count(self, file: LogFile) -> int:
        buffer = bytearray(_BUFFER)
        number, last = 0, b"\n"
        try:
            with opened(file) as lines:
                while (size := lines.readinto(buffer)) and not self._stopped.is_set():
                    number += _ends(buffer, size)
                    last = bytes(buffer[size - 1 : size])
        except READING_ERRORS as error:
            raise unreadable(file.path, error) from error
        return number + (last != b"\n")


def _ends(buffer: bytearray, size: int) -> int:
    """Count line breaks: from one to the next, which for lines as long as ours beats `count`."""
    number, place, find = 0, -1, buffer.find
    while (place := find(b"\n", place + 1, size)) >= 0:
        number += 1
    return number


def _state(file: LogFile) -> tuple[int, int]:
    try:
        found = file.path.stat()
    except OSError as error:
        raise unreadable(file.path, error) from error
    return found.st_size, found.st_mtime_ns
