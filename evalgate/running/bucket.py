"""What is left of one rate limit, as far as one can tell from here."""

from dataclasses import dataclass

MARGIN = 0.2
"""The share of what a bucket holds that is left unused, for what others or the line may do."""

MOST_REQUESTS = 3
"""The most requests that are left unused."""

TRUST = 0.1
"""How far a stated level raises the own account, which is smoother; it lowers it at once."""

MINUTE = 60.0

TOLERANCE = 1e-6
"""Seconds by which a call may come early; what rounding leaves over is no wait."""


@dataclass(slots=True)
class Bucket:
    """A bucket that fills at the rate of the limit, and that every response corrects.

    Args:
        limit: units per minute.
        level: what is in it at the time `at`, in seconds; below zero when too much was taken.
        capacity: the most that it was ever seen to hold. A server may keep a limit per minute
            second by second, and then its bucket holds little.
    """

    limit: float
    level: float
    at: float
    capacity: float

    def wait(self, amount: float, now: float) -> float:
        """Return the seconds until so much can be taken."""
        margin = MARGIN * self.capacity
        if amount <= 1:
            margin = min(MOST_REQUESTS, margin)
        missing = min(amount + margin, self._room) - self._level(now)
        seconds = missing * MINUTE / self.limit
        return seconds if seconds > TOLERANCE else 0.0

    def take(self, amount: float, now: float) -> None:
        """Take so much; a negative amount gives back."""
        self.level = self._level(now) - amount
        self.at = now

    def correct(
        self, limit: float, remaining: float, *, since: float, taken: float, now: float
    ) -> None:
        """Believe the server, less what was sent after it looked.

        Args:
            limit: what it says is the limit.
            remaining: what it says is left.
            since: when the call started that it answers.
            taken: what has been taken since then.
            now: the time.
        """
        self.limit = limit
        self.capacity = min(limit, max(self.capacity, remaining))
        filled = remaining + (now - since) * limit / MINUTE - taken
        stated, level = min(filled, self._room), self._level(now)
        self.level = stated if stated < level else level + TRUST * (stated - level)
        self.at = now

    def _level(self, now: float) -> float:
        filled = self.level + (now - self.at) * self.limit / MINUTE
        return min(self._room, filled)

    @property
    def _room(self) -> float:
        return max(self.capacity, 1.0)
