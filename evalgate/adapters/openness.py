"""Tells which paths of a folder others than the meant ones can read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

EVERYBODY = 0o007
"""The rights of everybody on a host."""

OTHERS = 0o077
"""The rights of all but the owner."""

_READ = 0o444
_ENTER = 0o111
MOST_FILES = 10_000


def open_paths(folder: Path, rights: int) -> tuple[str, ...]:
    """Return the files of a folder that others can read; none where they may not enter it.

    A folder that they may enter and not list hides nothing from whoever knows the names.

    Args:
        folder: with the files.
        rights: whose: `EVERYBODY` or `OTHERS`.

    Raises:
        OSError: when it cannot be read.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & rights & _ENTER:
        return ()
    return tuple(_open_files(folder, rights))


def oldest_seconds(folder: Path) -> float | None:
    """Return when the oldest file of a folder was written, in seconds since 1970; None without one.

    Raises:
        OSError: when it cannot be read.
    """
    times = [each.stat().st_mtime for each in os.scandir(folder) if each.is_file()]
    return min(times, default=None)


def _open_files(folder: Path, rights: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for number, each in enumerate(entries):
            if number >= MOST_FILES:
                return
            if each.is_file() and stat.S_IMODE(each.stat().st_mode) & rights & _READ:
                yield each.path
