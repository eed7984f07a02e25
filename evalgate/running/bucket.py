"""What is left of one rate limit, as far as one can tell from here."""

from dataclasses import dataclass

MARGIN = 0.02
"""The share of a limit that is left unused, for what others or the line may do."""

MOST_REQUESTS = 2
"""The most requests that are left unused."""

MINUTE = 60.0


@dataclass(slots=True)
class Bucket:
    """A bucket that fills at the rate of the limit, and that every response corrects.

    Args:
        limit: units per minute, which is also what the bucket holds.
        level: what is in it at the time `at`, in seconds; below zero when too much was taken.
        taken: what was taken in all.
    """

    limit: float
    level: float
    at: float
    taken: float = 0.0

    def wait(self, amount: float, now: float) -> float:
        """Return the seconds until so much can be taken."""
        margin = min(MOST_REQUESTS, MARGIN * self.limit) if amount <= 1 else MARGIN * self.limit
        missing = min(amount + margin, self.limit) - self._level(now)
        return max(0.0, missing * MINUTE / self.limit)

    def take(self, amount: float, now: float) -> None:
        """Take so much; a negative amount gives back."""
        self.level = self._level(now) - amount
        self.at = now
        self.taken += amount

    def correct(self, remaining: float, *, since: float, taken: float, now: float) -> None:
        """Believe the server, less what was sent after it looked.

        Args:
            remaining: what it says is left.
            since: when the call started that it answers.
            taken: what had been taken in all when that call started, itself included.
            now: the time.
        """
        refilled = (now - since) * self.limit / MINUTE
        self.level = min(self.limit, remaining + refilled - (self.taken - taken))
        self.at = now

    def _level(self, now: float) -> float:
        return min(self.limit, self.level + (now - self.at) * self.limit / MINUTE)
