"""Keeps the labels that people give, as JSON lines that several people append to at once."""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evalgate.adapters.swap import locked, read_file, write_whole
from evalgate.errors import UsageError
from evalgate.model.document import Data

_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class LabelFile:
    """A file of labels, for this user alone when it is made here.

    A label is one line, appended while others are kept out, so that none of theirs is lost. A later
    line of the same person on the same answer stands in place of the earlier one.
    """

    def __init__(self, path: Path) -> None:
        """Take a file that is there, or shall be.

        Raises:
            UsageError: it is a link, or cannot be read.
        """
        self._path = path
        self._own: list[str] = []
        self._cases: set[Data] = set()
        self._read: tuple[int, int] | None = None
        self.rows()

    def rows(self) -> list[dict[str, Data]]:
        """Return the rows that can be read; `evalgate calibrate` tells what is wrong with others.

        Raises:
            UsageError: the file is a link, or cannot be read.
        """
        return [row for row in map(_row, self._lines()) if row is not None]

    def standing(self) -> list[dict[str, Data]]:
        """Return the rows without those that the same person has corrected later.

        Raises:
            UsageError: the file is a link, or cannot be read.
        """
        latest: dict[object, dict[str, Data]] = {}
        for number, row in enumerate(self.rows()):
            said = [row.get(key) for key in ("rater", "case", "answer", "criterion")]
            latest[json.dumps(said) if row.get("rater") else number] = row
        return list(latest.values())

    @property
    def added(self) -> list[dict[str, Data]]:
        """The rows that were added here and not taken back."""
        return [row for row in map(_row, self._own) if row is not None]

    def add(self, row: Mapping[str, Data]) -> None:
        """Append a row.

        Raises:
            UsageError: it cannot be written.
        """
        with self._alone():
            self._append(row)

    def add_first(self, row: Mapping[str, Data]) -> bool:
        """Append a row unless its case has a label by now; returns whether it was appended.

        Raises:
            UsageError: it cannot be written, or what is there cannot be read.
        """
        with self._alone():
            if row["case"] in self._labelled():
                return False
            self._append(row)
            self._cases.add(row["case"])
            self._read = self._state()
            return True

    def _append(self, row: Mapping[str, Data]) -> None:
        text = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
        _append(self._path, text + b"\n")
        self._own.append(text.decode())

    def take_back(self) -> bool:
        """Remove the latest row that was added here; returns whether there was one.

        Raises:
            UsageError: it cannot be written.
        """
        if not self._own:
            return False
        with self._alone():
            lines = self._lines()
            if self._own[-1] in lines:
                last = len(lines) - 1 - lines[::-1].index(self._own[-1])
                kept = "".join(f"{line}\n" for line in (*lines[:last], *lines[last + 1 :]))
                write_whole(self._path, kept.encode())
        self._own.pop()
        self._read = None
        return True

    def _labelled(self) -> Collection[Data]:
        """Return the cases with a label; the file is read where others may have written to it."""
        if self._read is None or self._read != self._state():
            told = (row.get("case") for row in self.rows())
            self._cases = {case for case in told if isinstance(case, str)}
            self._read = self._state()
        return self._cases

    def _state(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size

    def _lines(self) -> list[str]:
        if self._path.is_symlink():
            raise UsageError(f"{self._path} is a link: name the file of labels itself")
        if self._path.exists() and not self._path.is_file():
            raise UsageError(f"{self._path} is no file: name a file for labels")
        try:
            text = (read_file(self._path) or b"").decode()
        except UnicodeDecodeError as error:
            raise UsageError(
                f"{self._path}: labels cannot be read here: it is no UTF-8 text; name another file"
            ) from error
        # A text may hold line breaks of other kinds, which JSON leaves as they are.
        return [line for line in text.split("\n") if line.strip()]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep out of the folder whoever else would write labels into it."""
        try:
            self._path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            with locked(self._path.parent):
                yield
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{self._path}: labels cannot be kept: {reason}") from error


def _append(path: Path, line: bytes) -> None:
    """Append a line as a whole or not at all; the caller keeps others out."""
    with os.fdopen(os.open(path, _FLAGS, _PRIVATE_FILE), "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        is_torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        whole = b"\n" + line if is_torn else line
        try:
            if (written := file.write(whole)) < len(whole):
                raise OSError(f"{written} of {len(whole)} bytes were written")
        except OSError:
            file.truncate(size)
            raise


def _row(line: str) -> dict[str, Data] | None:
    try:
        row: Data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
