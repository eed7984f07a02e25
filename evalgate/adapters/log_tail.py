"""Reads the newest lines of a call log, in bounded time and memory however large it is."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalgate.adapters.line_files import line_files
from evalgate.errors import UsageError

MOST_BYTES = 16_000_000
"""Of the ends of files: some 10,000 calls, which are looked over in two seconds."""

_NAME = "calls-"
_HOLDING = "lines of the call log"


def newest_lines(paths: Sequence[Path], *, most: int = MOST_BYTES) -> Iterator[bytes]:
    """Yield the whole lines at the ends of the newest files, each file's in their order.

    A line that is being written has no end yet, and is left out.

    Args:
        paths: files, and folders of files.
        most: how many bytes are read.

    Raises:
        UsageError: there is no such file or folder, or no log in it, or it cannot be read.
    """
    files = line_files(paths, begin=_NAME, holding=_HOLDING)
    for path in sorted(files, key=lambda file: file.name, reverse=True):
        if most <= 0:
            return
        if not path.is_file():
            raise UsageError(f"{path}: it is no file but a pipe or a device, which has no end")
        end = _end_of(path, most)
        most -= len(end)
        yield from end.splitlines(keepends=False)


def _end_of(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - most))
            read = file.read(most)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{path}: cannot be read: {reason}") from error
    if size > most:  # the first line is cut
        read = read.partition(b"\n")[2]
    return read[: read.rfind(b"\n") + 1]
