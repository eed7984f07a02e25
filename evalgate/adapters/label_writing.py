"""Writes labels that people gave, as JSON lines, for their owner alone; each is kept at once."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp

from evalgate.errors import UsageError
from evalgate.model.document import Data

_PRIVATE_FOLDER = 0o700


class LabelFile:
    """The rows of a file, in the order in which they were given; earlier ones stay as they are."""

    def __init__(self, path: Path) -> None:
        """Read what is there.

        Raises:
            UsageError: the file is a link, or cannot be read.
        """
        self._path = path
        try:
            if path.is_symlink():
                raise UsageError(f"{path} is a link: name the file of labels itself")
            text = path.read_text("utf-8") if path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: labels cannot be read here: {_reason(error)}") from error
        # A text may hold line breaks of other kinds, which JSON leaves as they are.
        self._lines = [line for line in text.split("\n") if line.strip()]
        self._earlier = len(self._lines)

    @property
    def rows(self) -> list[dict[str, Data]]:
        """The rows that can be read; `evalgate calibrate` tells what is wrong with others."""
        return [row for row in map(_row, self._lines) if row is not None]

    @property
    def added(self) -> list[dict[str, Data]]:
        """The rows that were added here and not taken back."""
        return [row for row in map(_row, self._lines[self._earlier :]) if row is not None]

    def add(self, row: Mapping[str, Data]) -> None:
        """Keep a row.

        Raises:
            UsageError: it cannot be written.
        """
        self._lines.append(json.dumps(row, ensure_ascii=False))
        self._write()

    def take_back(self) -> bool:
        """Forget the latest row that was added here; returns whether there was one.

        Raises:
            UsageError: it cannot be written.
        """
        if len(self._lines) <= self._earlier:
            return False
        self._lines.pop()
        self._write()
        return True

    def _write(self) -> None:
        content = "".join(f"{line}\n" for line in self._lines).encode("utf-8", "replace")
        try:
            self._path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            # A temporary file is its owner's alone, and so is what it becomes.
            number, name = mkstemp(dir=self._path.parent, prefix=".labels-")
            written = Path(name)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(content)
                written.replace(self._path)
            finally:
                written.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{self._path}: labels cannot be kept: {_reason(error)}") from error


def _row(line: str) -> dict[str, Data] | None:
    try:
        row: Data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return getattr(error, "strerror", None) or "it is no UTF-8 text"
