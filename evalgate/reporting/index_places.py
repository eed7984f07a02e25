"""Where an entry of the index leads to, and from when it is."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from evalgate.model.report_folder import PAGE, SELFTEST_PAGE, VERDICT, FoundFolder
from evalgate.reporting.visible import on_one_line

_READ_FIRST = (PAGE, SELFTEST_PAGE, "summary.md", "comment.md", VERDICT)
"""What an entry leads to: the first of these that is there."""

_STAMP = re.compile(r"(?:\A|/|demo-)([0-9]{8}-[0-9]{6})(?![0-9])", re.ASCII)
"""The beginning of a run id that evalgate made, alone or in the name of a demo's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file: its name, and its address below the server's."""

    name: str
    address: str

    @classmethod
    def to(cls, folder: str, name: str) -> "Link":
        """Return the link to a file of a folder; both names may hold any bytes."""
        path = f"{folder}/{name}" if folder else name
        return cls(name=on_one_line(name, 80), address="/" + quote(_bytes(path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment in UTC; `of_file` when it is only known when a file was written."""

    moment: datetime
    of_file: bool = False

    @property
    def text(self) -> str:
        """Return it as people read it: `21 Nov 2026, 20:25 UTC`."""
        month = _MONTHS[self.moment.month - 1]
        clock = f"{self.moment:%H:%M}"
        return f"{self.moment.day} {month} {self.moment.year:04}, {clock} UTC"

    @property
    def machine(self) -> str:
        """Return it as the element `time` wants it."""
        return self.moment.isoformat()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Fixed, where the names of the standard library depend on the reader's locale."""


def page_of(found: FoundFolder) -> Link | None:
    """Return what tells the most of a folder, if it has anything to be read."""
    name = next((name for name in _READ_FIRST if name in found.files), None)
    return None if name is None else Link.to(found.path, name)


def files_of(found: FoundFolder) -> tuple[Link, ...]:
    """Return all files of a folder that can be shown, in order, the one to read first in front."""
    first = [name for name in _READ_FIRST if name in found.files][:1]
    return tuple(Link.to(found.path, name) for name in dict.fromkeys((*first, *found.files)))


def when_of(*names: str, changed: int) -> When:
    """Return when a run began, by the first name that tells, or else when its file was written.

    Args:
        names: the run's id, its path.
        changed: when the newest of its documents was written, in seconds since 1970.
    """
    for name in names:
        for stamp in _STAMP.findall(name):
            if (moment := _moment(stamp)) is not None:
                return When(moment=moment)
    return When(moment=datetime.fromtimestamp(changed, UTC), of_file=True)


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:  # eight digits and six that are no time
        return None


def _bytes(path: str) -> bytes:
    """Return a path as the file system has it: what was no UTF-8 comes as halves of a pair."""
    return path.encode("utf-8", errors="surrogateescape")
