"""Files of JSON lines that are looked at again and again: each line is read once.

What is remembered of a file is how far it was read, and its last bytes before that. So a file that
was cut off and written anew is seen to be another one, and half a line is read when it has its end.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.line_files import LONGEST, files_in

BLOCK = 1 << 21
"""Bytes that are read at once."""

_REMEMBERED = 128
"""Bytes before the place that was read to."""

_MARK = b"\xef\xbb\xbf"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})\.jsonl$", re.ASCII)

Inode = tuple[int, int]


@dataclass(slots=True)
class _Followed:
    """How far a file was read, and what stands before that.

    `is_passing` tells that this is in the middle of a line that is too long to be read.
    """

    offset: int = 0
    before: bytes = b""
    is_passing: bool = False


class FollowedFiles:
    """The files that some paths mean, as they are and as they grow.

    `missing` are the paths at which there was nothing at the last look, or nothing that can be
    read, with the reason. `found` counts the files there, `unfinished` those that end in half a
    line, and `too_long` the lines so far that were passed over because nothing holds them.
    """

    def __init__(self, paths: Sequence[Path], *, begin: str, since: float = 0.0) -> None:
        """Name files and folders; those that are not there may come.

        Args:
            paths: of a folder, the files `<begin>*.jsonl` are meant, or, without any, all
                `*.jsonl`.
            begin: what the names of such files usually begin with.
            since: a file whose name is a day that ended before is not opened.
        """
        self._paths = paths
        self._begin = begin
        self._first_day = datetime.fromtimestamp(since, UTC).date()
        self._known: dict[Inode, _Followed] = {}
        self.missing: dict[Path, str] = {}
        self.found = self.unfinished = self.too_long = 0

    def new_lines(self) -> Iterator[Sequence[bytes]]:
        """Yield what was added since the last look, many lines at a time, without their ends."""
        self.missing, self.unfinished = {}, 0
        files = self._files()
        self.found = len(files)
        for inode, path in self._with_moved(files).items():
            try:
                yield from self._rest_of(path, inode)
            except OSError as error:
                self.missing[path] = _reason(error)

    def _files(self) -> dict[Inode, Path]:
        found: dict[Inode, Path] = {}
        for path in self._paths:
            try:
                files = files_in(path, self._begin) if path.is_dir() else [path]
                if not files:
                    self.missing[path] = "there is no file in it that ends in .jsonl"
                for file in files:
                    state = file.stat()
                    if not stat.S_ISREG(state.st_mode):
                        self.missing[file] = "it is no file"
                    elif not self._is_over(file):
                        found.setdefault((state.st_dev, state.st_ino), file)
            except OSError as error:
                self.missing[path] = _reason(error)
        return found

    def _is_over(self, file: Path) -> bool:
        """Whether the name says that all in a file is too old."""
        day = _DAY.search(file.name)
        if day is None:
            return False
        try:
            return datetime.fromisoformat(day[1]).date() < self._first_day
        except ValueError:
            return False

    def _with_moved(self, files: dict[Inode, Path]) -> dict[Inode, Path]:
        """Add the files that had another name at the last look: they may have grown before that."""
        gone = self._known.keys() - files.keys()
        if not gone:
            return files
        moved = {
            inode: path
            for folder in self._folders()
            for inode, path in _entries(folder)
            if inode in gone
        }
        if not self.missing:  # else they may only be out of sight, and would be read again
            for inode in gone - moved.keys():
                del self._known[inode]
        return {**moved, **files}

    def _folders(self) -> Sequence[Path]:
        return [path if path.is_dir() else path.parent for path in self._paths]

    def _rest_of(self, path: Path, inode: Inode) -> Iterator[Sequence[bytes]]:
        with path.open("rb", buffering=0) as file:
            state = os.fstat(file.fileno())
            if (state.st_dev, state.st_ino) != inode or not stat.S_ISREG(state.st_mode):
                return  # it was replaced this moment: the next look finds the new one
            known = self._known.setdefault(inode, _Followed())
            if not _is_the_same(file.fileno(), known):
                known = self._known[inode] = _Followed()
            yield from self._blocks(file.fileno(), known)
            self.unfinished += known.offset < state.st_size and not known.is_passing

    def _blocks(self, descriptor: int, known: _Followed) -> Iterator[Sequence[bytes]]:
        rest = b""
        while block := os.pread(descriptor, BLOCK, known.offset + len(rest)):
            start = known.offset
            whole = rest + block
            end = whole.rfind(b"\n") + 1
            if not end and len(whole) < LONGEST:
                rest = whole
                continue
            lines, rest = whole[:end].split(b"\n")[:-1], whole[end:]
            if known.is_passing and end:
                lines, known.is_passing = lines[1:], False
            if len(rest) >= LONGEST:
                self.too_long += not known.is_passing
                known.is_passing, end, rest = True, len(whole), b""
            known.offset += end
            known.before = (known.before + whole[:end])[-_REMEMBERED:]
            if lines and not start:
                lines[0] = lines[0].removeprefix(_MARK)
            yield lines


def _is_the_same(descriptor: int, known: _Followed) -> bool:
    """Whether what was read still stands before the place that was read to."""
    start = known.offset - len(known.before)
    return os.pread(descriptor, len(known.before), start) == known.before


def _entries(folder: Path) -> Iterator[tuple[Inode, Path]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                state = entry.stat(follow_symlinks=False)
                yield (state.st_dev, state.st_ino), Path(entry.path)
    except OSError:
        return


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
