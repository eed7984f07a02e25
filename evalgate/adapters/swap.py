"""Replaces a small file as a whole, unless somebody else has changed it meanwhile.

Readers see the old text or the new one and nothing between, whatever becomes of the writer.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from evalgate.errors import MovedError, UsageError

PATIENCE = 2.0
"""Seconds to wait for others who write into the same folder."""

_PAUSE = 0.01
_NEW_FILE = 0o644
_READ_ONLY = os.O_RDONLY | os.O_DIRECTORY


def read_file(path: Path) -> bytes | None:
    """Return the content of a file, or None when there is none.

    Raises:
        UsageError: when it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error


def swap(path: Path, before: bytes | None, after: bytes, *, patience: float = PATIENCE) -> None:
    """Write a file anew: atomically, lasting, with the mode and, where possible, the owner it had.

    Args:
        path: of the file; a link is followed. Its folder must be there.
        before: what the file is known to hold, None when there is none.
        after: what it shall hold.
        patience: seconds to wait for others who write into the folder.

    Raises:
        MovedError: when the file holds something else by now.
        UsageError: when it cannot be written, or others do not end.
    """
    target = Path(os.path.realpath(path))
    try:
        with locked(target.parent, patience=patience):
            now = read_file(target)
            if now != before:
                told = f"{path} has changed meanwhile: nothing was written; look at it again"
                raise MovedError(told, content=now)
            _remove_leftovers(target)
            write_whole(target, after)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror or error}; what was there still holds"
        ) from error


@contextmanager
def locked(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Keep others who do the same out of a folder; the end of the process gives it free.

    A file system without locks keeps nobody out.

    Raises:
        UsageError: when others do not end in time.
        OSError: when there is no such folder.
    """
    place = os.open(folder, _READ_ONLY)
    try:
        _wait_for_lock(place, folder, patience)
        yield
    finally:
        os.close(place)


def sync_folder(folder: Path) -> None:
    """Make lasting what a folder lists, where the file system can."""
    place = os.open(folder, _READ_ONLY)
    try:
        with suppress(OSError):
            os.fsync(place)
    finally:
        os.close(place)


def _wait_for_lock(place: int, folder: Path, patience: float) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise UsageError(
                    f"somebody else has been writing into {folder} for {patience:g} s: try again"
                ) from None
            time.sleep(_PAUSE)
        except OSError:  # a file system without locks
            return
        else:
            return


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that readers see it whole or not at all; the caller holds the folder.

    Raises:
        OSError: when it cannot be written.
    """
    number, name = mkstemp(dir=target.parent, prefix=_prefix(target), suffix=_SUFFIX)
    written = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            _keep_rights(target, file.fileno())
            os.fsync(file.fileno())
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    sync_folder(target.parent)


def _keep_rights(target: Path, number: int) -> None:
    """Give a new file the mode and the owner of the one that it replaces."""
    try:
        known = target.stat()
    except FileNotFoundError:
        os.fchmod(number, _NEW_FILE)
        return
    with suppress(PermissionError):  # only root gives files away
        os.fchown(number, known.st_uid, known.st_gid)
    os.fchmod(number, known.st_mode & 0o7777)


_SUFFIX = ".tmp"


def _prefix(target: Path) -> str:
    return f".{target.name}."


def _remove_leftovers(target: Path) -> None:
    """Remove what writers have left that were killed; under the lock nobody else is writing."""
    for path in target.parent.iterdir():
        if path.name.startswith(_prefix(target)) and path.name.endswith(_SUFFIX):
            with suppress(OSError):
                path.unlink()
