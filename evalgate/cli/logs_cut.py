"""Asks what can be read of compressed log files that were cut off, and says so."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from evalgate.adapters.log_gzip import cut_files, with_what_is_left
from evalgate.adapters.log_sources import LogSources, ends_early
from evalgate.cli.complaint import notify
from evalgate.errors import LongLineError, UsageError

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Said]):
    """What was said, and the files whose end was missing."""

    said: Said
    cut_off: tuple[str, ...] = ()


def ask_what_is_left(sources: LogSources, ask: Callable[[LogSources], Said]) -> Asked[Said]:
    """Return what files say; of compressed ones that were cut off, what can be read of them.

    Raises:
        UsageError: a file cannot be read for another reason.
    """
    try:
        return Asked(said=ask(sources))
    except LongLineError:
        raise
    except UsageError:
        cut = cut_files(sources)
        if not cut:
            raise
        with TemporaryDirectory(prefix="evalgate-logs-") as folder:
            said = ask(with_what_is_left(sources, cut, Path(folder)))
    for file in cut:
        notify(f"{file.path}: what can be read was read: {ends_early(file.path)}")
    return Asked(said=said, cut_off=tuple(str(file.path) for file in cut))
