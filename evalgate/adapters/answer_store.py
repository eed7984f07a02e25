"""Answers that were paid for, in a SQLite file that several processes share."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from evalgate.adapters.completions import encode_completion, json_bytes, read_completion
from evalgate.adapters.database import Layout, open_database
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.chat import Completion
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

ANSWERS = Layout(
    mark=0x65764741,  # "evGA" in ASCII
    version=1,
    table=(
        "CREATE TABLE answers (key TEXT PRIMARY KEY, created REAL NOT NULL,"
        " of_case BLOB NOT NULL, answer BLOB NOT NULL) STRICT"
    ),
    holds="stored answers",
    remedy="choose another file with --cache, or do without: --no-cache",
)
SECONDS_PER_DAY = 86_400.0

_FIND = "SELECT created, answer FROM answers WHERE key = ?"
_KEEP = "INSERT OR REPLACE INTO answers (key, created, of_case, answer) VALUES (?, ?, ?, ?)"


class AnswerStore:
    """Stored answers, as `evalgate.model.ports.AnswerStore` asks for them.

    An answer that cannot be read counts as none. When the file fails in the middle of a run, the
    run goes on without it, because what was answered is paid for and stands in the trials too;
    `notice` then says so.
    """

    def __init__(self, path: Path, *, max_age_days: float, now: Callable[[], float]) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: of the file; it and its folder are made by the first call.
            max_age_days: answers of this age and older are not found.
            now: seconds since 1970, UTC.
        """
        self.notice: str | None = None
        self._path = path
        self._max_age = max_age_days * SECONDS_PER_DAY
        self._now = now
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def find(self, key: str) -> Completion | None:
        """Return the stored answer, or None when there is none that is young enough.

        Raises:
            UsageError: it is the first call, and the file cannot be opened.
        """
        connection = self._opened()
        if self.notice is not None:
            return None
        try:
            row = connection.execute(_FIND, (key,)).fetchone()
        except sqlite3.Error as error:
            self._go_on_without(error)
            return None
        if row is None or not self._is_young(row[0]):
            return None
        return _read(row[1], str(self._path))

    def keep(self, key: str, completion: Completion, *, label: str) -> None:
        """Store an answer; it survives the end of the process when this returns.

        Raises:
            UsageError: it is the first call, and the file cannot be opened.
        """
        connection = self._opened()
        if self.notice is not None:
            return
        answer = json_bytes(encode_completion(completion, with_blocks=True))
        row = (key, self._now(), case_of(label), answer)
        try:
            connection.execute(_KEEP, row)
        except sqlite3.Error as error:
            self._go_on_without(error)

    def close(self) -> None:
        """Close the file if it was opened."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._path, ANSWERS)
        return self._connection

    def _is_young(self, created: object) -> bool:
        # A clock that was set back makes answers from the future: they count as made just now.
        return isinstance(created, float) and max(self._now() - created, 0.0) < self._max_age

    def _go_on_without(self, error: sqlite3.Error) -> None:
        self.notice = f"{self._path}: answers are no longer stored or found here: {error}"


def where(variables: Mapping[str, str]) -> Path:
    """Return the file that holds the answers when none is named.

    It stands in the folder `EVALGATE_CACHE`, or else among the user's caches.

    Args:
        variables: the environment.

    Raises:
        UsageError: when the environment names no folder, or one that is not absolute.
    """
    # Never in the checkout: a pull request could commit a file of answers that it likes.
    named, caches, home = (
        variables.get(name, "") for name in ("EVALGATE_CACHE", "XDG_CACHE_HOME", "HOME")
    )
    if named:
        folder = Path(named)
    elif Path(caches).is_absolute():  # the XDG specification has relative ones ignored
        folder = Path(caches) / "evalgate"
    else:
        folder = Path(home) / ".cache/evalgate"
    if not folder.is_absolute():
        raise UsageError(
            f"there is no place for stored answers: expected an absolute folder, got `{folder}`;"
            " set EVALGATE_CACHE, or do without: --no-cache"
        )
    return folder / "answers.sqlite"


def case_of(label: str) -> bytes:
    """Return the case of a trial's label `<case>/<index>`, as a file of answers holds it."""
    return label.rpartition("/")[0].encode(errors="backslashreplace")


def _read(answer: bytes, path: str) -> Completion | None:
    try:
        data: Data = json.loads(answer)
        section = Section(Document(path=path, data=data, lines={}))
        completion = read_completion(section, with_blocks=True)
        section.finish()
    except (ValueError, TypeError, RecursionError, ConfigurationError):
        return None
    return completion
