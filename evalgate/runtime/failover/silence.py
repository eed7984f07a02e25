"""Whether a target has fallen silent: attempts wait for it far longer than usual, and all in vain.

Without this an outage in which nothing comes back is known only after the first timeouts, and what
has begun until then asks the next target, which may be as silent.
"""

from itertools import islice
from math import inf

TIMES = 3.0
"""How many times longer than the slowest of the latest answers an attempt waits to be silent."""

LEAST = 1.0
"""Seconds that are no silence, however fast the answers are otherwise."""

FADING = 0.99
"""The share of the slowest answer that each later one leaves of it: 200 answers forget it."""


class Usual:
    """How long answers usually take, at most: the slowest of late, which fades away."""

    __slots__ = ("slowest",)

    def __init__(self) -> None:
        self.slowest: float | None = None

    def note(self, seconds: float) -> None:
        """Take in an answer."""
        self.slowest = max(seconds, FADING * (self.slowest or 0.0))


class Silence:
    """The attempts at one target that are under way, and when something was last heard of it."""

    __slots__ = ("_began", "_elsewhere", "_heard", "_here")

    def __init__(self, elsewhere: Usual) -> None:
        """Begin without attempts; `elsewhere` is what all targets take, for one never heard of."""
        self._began: dict[int, float] = {}
        self._heard = -inf
        self._here = Usual()
        self._elsewhere = elsewhere

    def begin(self, number: int, *, now: float) -> None:
        """Note an attempt."""
        self._began[number] = now

    def end(self, number: int) -> None:
        """Forget an attempt."""
        self._began.pop(number, None)

    def hear(self, *, now: float, answered_in: float | None = None) -> None:
        """Note that the target did something, maybe that it answered after so many seconds."""
        self._heard = now
        if answered_in is not None:
            self._here.note(answered_in)
            self._elsewhere.note(answered_in)

    def clear(self) -> None:
        """Forget the attempts; what is usual stays."""
        self._began.clear()

    @property
    def patience(self) -> float:
        """The seconds from which an attempt waits too long; before the first answer none do."""
        known = self._elsewhere if self._here.slowest is None else self._here
        return inf if known.slowest is None else max(LEAST, TIMES * known.slowest)

    def lasts(self, now: float, *, waiting: int) -> bool:
        """Return whether so many attempts wait too long, and nothing was heard since."""
        if len(self._began) < waiting:
            return False
        since = now - self.patience
        newest = next(islice(self._began.values(), waiting - 1, None))
        return self._heard <= since and newest <= since
