"""The folder of one run: earlier files set aside, new ones written whole or not at all."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from evalgate.errors import UsageError

EARLIER = "earlier"
_READABLE = 0o644


def make_folder(folder: Path, names: Iterable[str]) -> None:
    """Make a folder ready for a run: files of an earlier one move into a folder inside.

    Args:
        folder: made as needed.
        names: the files that a run writes.

    Raises:
        UsageError: when the folder cannot be written to, before any call has been paid for, or
            another process is running trials in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink():
            raise UsageError(f"{folder} is a link: name the folder itself with --out")
        with hold(folder):
            _set_aside(folder, [folder / name for name in names if _exists(folder / name)])
        with NamedTemporaryFile(dir=folder):
            pass  # that it can be made is all that counts
    except OSError as error:
        raise _unwritable(folder, error) from error


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder for as long as this one writes into it.

    The end of the process, however it comes, gives the folder free.

    Raises:
        UsageError: when another process holds it, or when it is none.
    """
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _lock(place, folder)
        yield
    finally:
        os.close(place)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts into a folder, each file whole or not at all, making the folder as needed.

    Raises:
        UsageError: when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _set_aside(folder: Path, found: list[Path]) -> None:
    if not found:
        return
    aside = folder / f"{EARLIER}-{len(list(folder.glob(f'{EARLIER}-*'))) + 1}"
    aside.mkdir()
    for path in found:
        path.rename(aside / path.name)


def _lock(place: int, folder: Path) -> None:
    with suppress(OSError):  # not every file system has locks, and most runs need none
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another process is running trials in {folder}: wait for its end, or end it"
            ) from None


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _write(target: Path, text: str) -> None:
    file = NamedTemporaryFile(  # noqa: SIM115 - closed below, and removed where that fails
        "w", dir=target.parent, delete=False, encoding="utf-8", errors="replace", newline="\n"
    )
    written = Path(file.name)
    try:
        with file:
            file.write(text)
        # A temporary file is private; a report is for everyone who may see the folder.
        written.chmod(_READABLE)
        written.replace(target)
    except OSError:
        written.unlink(missing_ok=True)
        raise


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write into {folder}: {error.strerror or error}; name another --out")
