"""Keeps what was read of each name while it is fresh, however many ask for it at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

from evalgate.errors import EvalgateError, EvaluationError

STALE_AFTER = 3
"""How many times `every` a reading may be told for, when no newer one succeeds."""

WANTED_FOR = 3_600.0
"""Seconds for which a name is read anew by itself after somebody has asked for it."""

PATIENCE = 8.0
"""Seconds that somebody who asks waits for a reading; the engines themselves wait for ten."""

T = TypeVar("T")


@dataclass(slots=True)
class _Attempt(Generic[T]):
    """One reading: under way, then done with a value, an error, or (a bug) neither."""

    begun: float
    done: Event = field(default_factory=Event)
    ended: float = 0.0
    values: tuple[T, ...] = ()
    error: EvalgateError | None = None


@dataclass(slots=True)
class _Shelf(Generic[T]):
    """What is kept of one name: its latest attempt, and its latest one that succeeded."""

    asked: float
    latest: _Attempt[T] | None = None
    good: _Attempt[T] | None = None


class Readings(Generic[T]):
    """Reads a name at most every so often, one name at a time, and tells nothing that is stale.

    A name that was asked for lately is read again in the background, so that a reading which
    takes longer than anybody waits is told all the same.
    """

    def __init__(
        self,
        read: Callable[[str], T],
        *,
        every: float,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep nothing yet.

        Args:
            read: reads a name; raises EvalgateError when it cannot.
            every: seconds after which a reading is made anew.
            patience: seconds that somebody who asks waits for a reading.
            clock: seconds since some fixed moment.
        """
        self._read, self._every, self._patience, self._clock = read, every, patience, clock
        self._shelves: dict[str, _Shelf[T]] = {}
        self._lock, self._turn, self._ended = Lock(), Lock(), Event()

    def of(self, name: str) -> T:
        """Return what was read of a name.

        Raises:
            EvalgateError: when nothing fresh can be told, with the reason.
        """
        with self._lock:
            now = self._clock()
            shelf = self._shelves.setdefault(name, _Shelf(asked=now))
            shelf.asked = now
            latest = self._refreshed(name, shelf, now)
            if shelf.good and now - shelf.good.ended <= STALE_AFTER * self._every:
                return shelf.good.values[0]
        if not latest.done.wait(self._patience):
            raise EvaluationError("the evidence is still being read: ask again in a moment")
        if latest.error:
            raise latest.error.with_traceback(None)  # it may be raised to many
        if not latest.values:
            raise EvaluationError("reading the evidence met a bug: the server's output tells more")
        return latest.values[0]

    def keep_fresh(self) -> None:
        """Begin to read again in the background what was asked for lately, until `end`."""
        Thread(target=self._keep, name="evalgate-readings", daemon=True).start()

    def end(self) -> None:
        """Read nothing any more by itself; a reading under way is left to itself."""
        self._ended.set()

    def _keep(self) -> None:
        while not self._ended.wait(min(1.0, self._every)):
            with self._lock:
                now = self._clock()
                for name, shelf in self._shelves.items():
                    if now - shelf.asked < WANTED_FOR:
                        self._refreshed(name, shelf, now)

    def _refreshed(self, name: str, shelf: _Shelf[T], now: float) -> _Attempt[T]:
        """Return the latest attempt, begun now where the one before is over and old."""
        latest = shelf.latest
        if latest and (not latest.done.is_set() or now - latest.begun < self._every):
            return latest
        shelf.latest = latest = _Attempt(begun=now)
        Thread(
            target=self._attempt, args=(name, shelf, latest), name="evalgate-reading", daemon=True
        ).start()
        return latest

    def _attempt(self, name: str, shelf: _Shelf[T], attempt: _Attempt[T]) -> None:
        try:
            with self._turn:
                attempt.values = (self._read(name),)
            attempt.ended = self._clock()
            shelf.good = attempt
        except EvalgateError as error:
            attempt.error = error
        finally:  # a bug ends the thread, which says so
            attempt.done.set()
