"""What several processes may spend together, on a day or in a run, in a SQLite file they share."""

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from evalgate.adapters.database import Layout, open_database, transaction
from evalgate.errors import EvaluationError

SPENDING = Layout(
    mark=0x65764753,  # "evGS" in ASCII
    version=1,
    table="CREATE TABLE spending (day INTEGER PRIMARY KEY, set_aside INTEGER NOT NULL) STRICT",
    holds="what is spent",
    remedy="name another folder with EVALGATE_CACHE or --out, or run without a cost limit",
)
FILE = "spending.sqlite"
"""The name of the file, beside that of the answers."""

_SECONDS_PER_DAY = 86_400
_UNITS = 10**9
_MOST_USD = 1e9

_READ = "SELECT set_aside FROM spending WHERE day = ?"
_ADD = (
    "INSERT INTO spending (day, set_aside) VALUES (:day, :units)"
    " ON CONFLICT (day) DO UPDATE SET set_aside = set_aside + :units"
)


class SpendBook:
    """Money set aside per day of UTC, as `evalgate.model.ports.SpendBook` asks for it.

    Money is taken from the file in portions of up to 2 % of the limit, smaller ones when little is
    left, so that most reservations touch no file. What a book has taken and not used is given back
    when it is closed. After a kill it stays set aside until midnight UTC: the limit holds, at the
    price of a portion or two.

    At midnight everything starts from nothing. What is released from then on counts for yesterday
    first, as far as this book had money set aside there, because nobody says which day it is of.

    All amounts inside are whole billionths of a dollar, which holds every price per token exactly.
    """

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: of the file; it and its folder are made by the first call.
            now: seconds since 1970, UTC.
        """
        self._path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None
        self._day = 0
        self._most = 0
        self._free = 0  # taken from the file, and not reserved
        self._reserved = 0  # of today
        self._earlier = 0  # reserved on earlier days, and not released

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reserve(self, usd: float, *, most: float) -> bool:
        """Set money aside, unless all that is set aside today would then be more than `most`.

        An amount that is no number from 0 to a billion is never granted.

        Raises:
            UsageError: it is the first call, and the file cannot be opened.
            EvaluationError: the file cannot be written, so that nobody knows what others spend.
        """
        if not (0 <= usd <= _MOST_USD and most >= 0):
            return False
        asked = round(usd * _UNITS)
        try:
            self._turn_to(most)
            if asked > self._free:
                self._take(asked - self._free)
        except sqlite3.Error as error:
            raise EvaluationError(
                f"{self._path}: the cost limit cannot be kept: {error}; repair the file, or"
                " name another folder with EVALGATE_CACHE or --out"
            ) from error
        if asked > self._free:
            return False
        self._free -= asked
        self._reserved += asked
        return True

    def release(self, usd: float) -> None:
        """Give back what was set aside and not spent; never more than is set aside."""
        if not 0 <= usd <= _MOST_USD:
            return
        units = round(usd * _UNITS)
        self._turn_day()
        of_earlier = min(units, self._earlier)
        self._earlier -= of_earlier
        of_today = min(units - of_earlier, self._reserved)
        self._reserved -= of_today
        self._free += of_today
        if self._free > 2 * self._portion():
            self._give_back(self._free - self._portion())

    def close(self) -> None:
        """Give back what is not used, and close the file if it was opened."""
        self._turn_day()
        self._give_back(self._free)
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _turn_to(self, most: float) -> None:
        """Make ready for a reservation under a limit, which may be another one than before."""
        self._turn_day()
        units = round(min(most, _MOST_USD) * _UNITS)
        if units != self._most:
            self._give_back(self._free)
            self._most = units

    def _turn_day(self) -> None:
        # Also when the clock was set back: what was taken is of the day on which it was taken.
        today = math.floor(self._now() / _SECONDS_PER_DAY)
        if today != self._day:
            self._earlier += self._reserved
            self._day, self._free, self._reserved = today, 0, 0

    def _portion(self) -> int:
        return self._most // 50

    def _take(self, needed: int) -> None:
        """Take what is needed from the file, and a portion where there is room for one."""
        if self._connection is None:
            self._connection = open_database(self._path, SPENDING)
        with transaction(self._connection):
            row = self._connection.execute(_READ, (self._day,)).fetchone()
            room = self._most - (0 if row is None else row[0])
            if needed > room:
                return
            taken = max(needed, min(self._portion(), room // 4))
            self._connection.execute(_ADD, {"day": self._day, "units": taken})
        self._free += taken

    def _give_back(self, units: int) -> None:
        if self._connection is None or not units:
            return
        try:
            self._connection.execute(_ADD, {"day": self._day, "units": -units})
        except sqlite3.Error:
            return  # it stays set aside: the limit holds all the same
        self._free -= units


def set_aside_on(path: Path, *, now: float) -> float | None:
    """Return how many US dollars are set aside on a day of UTC; None where no book can be read.

    Args:
        path: of the file; it is left as it is.
        now: any instant of the day, in seconds since 1970.
    """
    try:
        if not path.is_file():
            return None
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as book:
            found = book.execute(_READ, (int(now // _SECONDS_PER_DAY),)).fetchone()
    except (sqlite3.Error, OSError):
        return None
    return found[0] / _UNITS if found else 0.0
