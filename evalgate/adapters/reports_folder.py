"""Looks a folder of reports over, and opens its files: links are never followed."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from evalgate.adapters.files import MAX_BYTES, read_json
from evalgate.adapters.served_paths import how_to_show
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document
from evalgate.model.report_folder import (
    CALIBRATIONS,
    PLAN,
    SELFTEST,
    SELFTEST_PAGE,
    TRIALS,
    VERDICT,
    FoundFolder,
    FoundReports,
)

MOST_FOLDERS = 5_000
MOST_LEVELS = 4
"""Folders inside each other: a run's, its root's, an earlier attempt's, and one to spare."""

MOST_BYTES = 200_000_000
"""Bytes of documents that one look reads; what is beyond is named and not read."""

MOST_COUNTED = 100_000_000
"""Bytes of trials in which lines are counted."""

_END_OF_TIME = 253_402_300_799
"""The last second of the year 9999, which calendars end with."""

_KNOWN = (VERDICT, PLAN, SELFTEST)
_CHUNK = 1 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without waiting: a pipe that was put there would hold its reader for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def look_over(root: Path) -> FoundReports:
    """Return what lies in a folder and the folders inside, newest names first.

    Nothing in it is fatal: what cannot be read is told as a problem.
    """
    look = _Look(root=root)
    folders = tuple(look.folders())
    return FoundReports(folders=folders, problems=tuple(look.problems))


def open_inside(root: Path, parts: Sequence[str]) -> BinaryIO:
    """Open a plain file below a folder, one step at a time, so that no link leads elsewhere.

    Args:
        root: the folder; it may itself be reached by links.
        parts: of the path inside.

    Raises:
        OSError: when it is not there, not a plain file, or reached by a link.
    """
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=place)
            os.close(place)
            place = inner
        file = os.open(parts[-1], _FILE, dir_fd=place)
    finally:
        os.close(place)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise FileNotFoundError(parts[-1])
    return os.fdopen(file, "rb")


@dataclass(slots=True)
class _Look:
    """One look: what it has come across, and how much it may still read."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    left: int = MOST_BYTES
    seen: int = 0

    def folders(self, path: str = "", level: int = 0) -> Iterator[FoundFolder]:
        self.seen += 1
        entries = self._entries(path)
        inner = [entry.name for entry in entries if _is_folder(entry)]
        if level and ".git" in inner:
            return  # a repository, such as the demo's, holds no reports of runs
        found = self._folder(path, entries)
        if found is not None:
            yield found
        for name in inner:
            if not name.startswith("."):
                yield from self._inside(_join(path, name), level + 1)

    def _inside(self, path: str, level: int) -> Iterator[FoundFolder]:
        if level > MOST_LEVELS:
            self._note(path, f"more than {MOST_LEVELS} folders deep: not looked into")
        elif self.seen == MOST_FOLDERS:
            self.seen += 1
            self._note(path, f"more than {MOST_FOLDERS:,} folders: this and others are left out")
        elif self.seen < MOST_FOLDERS:
            yield from self.folders(path, level)

    def _entries(self, path: str) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(self.root / path) as found:
                return sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            self._note(path, f"cannot be looked into: {error.strerror or error}")
            return []

    def _folder(self, path: str, entries: Sequence["os.DirEntry[str]"]) -> FoundFolder | None:
        files = {entry.name: entry for entry in reversed(entries) if _is_file(entry)}
        for entry in entries:
            if fault := _fault(entry):
                self._note(_join(path, entry.name), fault)
        names = [name for name in files if name in _KNOWN or _is_calibration(path, name)]
        if not names and SELFTEST_PAGE not in files:
            return None
        documents = {name: self._document(_join(path, name)) for name in names}
        undecided = PLAN in documents and VERDICT not in documents and TRIALS in files
        return FoundFolder(
            path=path,
            files=tuple(name for name in files if how_to_show(name)),
            documents=documents,
            changed=max(map(_changed, (files[name] for name in names or [SELFTEST_PAGE]))),
            trials=self._lines(_join(path, TRIALS)) if undecided else None,
        )

    def _document(self, path: str) -> Document | Problem:
        try:
            with open_inside(self.root, path.split("/")) as file:
                content = file.read(min(MAX_BYTES, self.left) + 1)
        except OSError as error:
            return Problem(path=path, message=f"cannot be read: {error.strerror or error}")
        if len(content) > self.left:
            total = f"{MOST_BYTES / 1e6:g} MB"
            return Problem(path=path, message=f"not read: there are more than {total} of documents")
        self.left -= len(content)
        try:
            return read_json(path, content)
        except ConfigurationError as error:
            return error.problems[0]

    def _lines(self, path: str) -> int | None:
        """Count the lines of a file; None when it cannot be read or is very long."""
        lines = size = 0
        with suppress(OSError), open_inside(self.root, path.split("/")) as file:
            while chunk := file.read(_CHUNK):
                lines += chunk.count(b"\n")
                size += len(chunk)
                if size > MOST_COUNTED:
                    return None
            return lines
        return None

    def _note(self, path: str, message: str) -> None:
        self.problems.append(Problem(path=path or str(self.root), message=message))


def _is_calibration(path: str, name: str) -> bool:
    return path.rpartition("/")[2] == CALIBRATIONS and name.endswith(".json")


def _fault(entry: "os.DirEntry[str]") -> str | None:
    if entry.is_symlink():
        return None if entry.name.startswith(".") else "a link: links are not followed"
    if entry.name in _KNOWN and not _is_file(entry):
        return "not a plain file"
    return None


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    with suppress(OSError):
        return entry.is_dir(follow_symlinks=False)
    return False


def _is_file(entry: "os.DirEntry[str]") -> bool:
    with suppress(OSError):
        return entry.is_file(follow_symlinks=False)
    return False


def _changed(entry: "os.DirEntry[str]") -> int:
    with suppress(OSError):
        return min(max(0, int(entry.stat(follow_symlinks=False).st_mtime)), _END_OF_TIME)
    return 0


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
