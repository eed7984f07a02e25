"""Takes out of compressed files of a call log that were cut off what can be read of them."""

import gzip
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.log_sources import Form, LogFile, LogSources, unreadable

_ANY_GZIP = 31
"""Says to zlib that a header and a sum of gzip are expected."""

_PIECE = 1 << 14
"""Bytes that are unpacked at once: they become a thousand times as many at most."""

_FAST = 1


def cut_files(sources: LogSources) -> tuple[LogFile, ...]:
    """Return the compressed files that end too early.

    Raises:
        UsageError: one is damaged, or cannot be read.
    """
    packed = (file for file in sources.files if file.form is Form.GZIP)
    return tuple(file for file in packed if not _unpack(file.path, _forget))


def with_what_is_left(sources: LogSources, cut: Iterable[LogFile], folder: Path) -> LogSources:
    """Return the sources with copies of what can be read, in place of files that were cut off.

    Args:
        sources: all files.
        cut: those of them that end too early.
        folder: for the copies, which are compressed too.

    Raises:
        UsageError: one cannot be read, or there is no room for its copy.
    """
    copies = {
        file.path: _copy(file, folder / f"{number}-{file.path.name}")
        for number, file in enumerate(cut)
    }
    return replace(sources, files=tuple(copies.get(file.path, file) for file in sources.files))


def _copy(file: LogFile, path: Path) -> LogFile:
    try:
        with gzip.open(path, "wb", compresslevel=_FAST) as out:
            _unpack(file.path, out.write)
    except OSError as error:
        raise unreadable(path, error) from error
    return replace(file, path=path)


def _unpack(path: Path, take: Callable[[bytes], object]) -> bool:
    """Hand on all that can be read of a file; return whether it has its end."""
    part, is_begun = zlib.decompressobj(_ANY_GZIP), False
    try:
        with path.open("rb") as file:
            while packed := file.read(_PIECE):
                while packed := packed if is_begun else packed.lstrip(b"\0"):
                    take(part.decompress(packed))
                    is_begun = not part.eof
                    packed = part.unused_data
                    part = zlib.decompressobj(_ANY_GZIP) if part.eof else part
    except (OSError, zlib.error) as error:
        raise unreadable(path, error) from error
    return not is_begun


def _forget(_: bytes) -> None:
    """Take nothing."""
