"""One look at some files: what is read of them is of one state, and can be told from the next."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from stat import S_ISDIR, S_ISREG
from typing import TypeVar

from evalgate.errors import ConfigurationError, Problem

MOST_BYTES = 2_000_000
"""The largest file that is read; parsing one holds up the calls of an application."""

UNSETTLED_SECONDS = 2.0
"""How long a file that has just changed is read anew at every look.

Two changes within one tick of a file system's clock leave the same times, and, by the reuse of
inodes, may leave the same stamp.
"""

MOST_LOOKS = 10
"""How often files are read anew when they change meanwhile."""

Found = TypeVar("Found")
Stamp = tuple[int, ...]
"""Device, inode, times of change and size; fewer numbers for what cannot be read."""

_NOTHING: Stamp = ()
_UNREADABLE: Stamp = (-1,)
# A pipe in place of a file must not hold up the process; not every system has these.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(slots=True, kw_only=True)
class Look:
    """Reads files below a folder, each once, and remembers their stamps.

    Links are followed, so that swapping a link to a folder counts as a change of the files in it.
    """

    root: str
    stamps: dict[str, Stamp] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)
    _refusals: dict[str, ConfigurationError] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Return the path of a file, as errors name it."""
        return f"{self.root}/{name}"

    def find(self, name: str) -> bytes | None:
        """Return the content of a file, or None when there is no such file.

        Raises:
            ConfigurationError: when it is there, and cannot be read or is too large.
        """
        if name not in self.stamps:
            self._read(name)
        if name in self._refusals:
            raise self._refusals[name]
        return self._contents.get(name)

    def read(self, name: str) -> bytes:
        """Return the content of a file that must be there; see `find`."""
        content = self.find(name)
        if content is None:
            problem = Problem(path=self.path(name), message="there is no such file")
            raise ConfigurationError([problem])
        return content

    def digest(self, name: str) -> str:
        """Return what tells one content of a file from another; nothing where there is none."""
        content = self._contents.get(name)
        return "" if content is None else sha256(content).hexdigest()

    def is_settled(self) -> bool:
        """Return whether all files are still as they were read: then they are of one state."""
        known = {name: stamp for name, stamp in self.stamps.items() if stamp != _UNREADABLE}
        return not is_changed(self.root, known)

    def seen(self) -> "Seen":
        """Return what tells this state of the files from the next."""
        times = (max(stamp[2:4], default=0) for stamp in self.stamps.values())
        return Seen(
            root=self.root, stamps=self.stamps, changed_at=max(times, default=0) / 1_000_000_000
        )

    def _read(self, name: str) -> None:
        # Whatever goes wrong is tried again at the next look.
        self.stamps[name] = _UNREADABLE
        try:
            with _opened(self.path(name)) as descriptor:
                self._take(name, descriptor)
        except (FileNotFoundError, NotADirectoryError):
            self.stamps[name] = _NOTHING
        except OSError as error:
            self._refuse(name, f"it cannot be read: {error.strerror or 'unknown error'}")

    def _take(self, name: str, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode):
            kind = "a folder" if S_ISDIR(found.st_mode) else "something else"
            self._refuse(name, f"expected a file, found {kind}")
        elif found.st_size > MOST_BYTES or len(content := _content(descriptor)) > MOST_BYTES:
            limit = f"at most {MOST_BYTES / 1e6:g} MB are read"
            self._refuse(name, f"the file has {found.st_size / 1e6:,.1f} MB; {limit}")
        else:
            self._contents[name] = content
        self.stamps[name] = _stamp(found)

    def _refuse(self, name: str, message: str) -> None:
        problem = Problem(path=self.path(name), message=message)
        self._refusals[name] = ConfigurationError([problem])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The state of some files at a look; `changed_at` is when the newest of them changed."""

    root: str
    stamps: Mapping[str, Stamp]
    changed_at: float

    def is_current(self, now: float) -> bool:
        """Return whether the files are certain to be the same still."""
        is_settling = abs(now - self.changed_at) < UNSETTLED_SECONDS
        return not is_settling and not is_changed(self.root, self.stamps)


def read_settled(root: str, read: Callable[[Look], Found]) -> tuple[Found, Seen] | None:
    """Read files until all of them are of one state; None where they change all the time."""
    for _ in range(MOST_LOOKS):
        look = Look(root=root)
        found = read(look)
        if look.is_settled():
            return found, look.seen()
    return None


def is_changed(root: str, stamps: Mapping[str, Stamp]) -> bool:
    """Return whether any of the files below a folder is not as its stamp says."""
    return any(_now(f"{root}/{name}") != stamp for name, stamp in stamps.items())


def _now(path: str) -> Stamp:
    # A file is opened, not only looked up: a network file system promises its newest state only
    # to those who open it.
    try:
        with _opened(path) as descriptor:
            return _stamp(os.fstat(descriptor))
    except (FileNotFoundError, NotADirectoryError):
        return _NOTHING
    except OSError:
        return (*_UNREADABLE, -1)  # unlike any stamp: it is to be read again


@contextmanager
def _opened(path: str) -> Iterator[int]:
    descriptor = os.open(path, _FLAGS)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stamp(found: os.stat_result) -> Stamp:
    times = found.st_mtime_ns, found.st_ctime_ns
    return found.st_dev, found.st_ino, *times, found.st_size


def _content(descriptor: int) -> bytes:
    parts: list[bytes] = []
    left = MOST_BYTES + 1
    while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
