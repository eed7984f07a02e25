"""Leaves something that failed alone for a while, so that its outage costs the callers no time."""

from collections.abc import Callable

from evalgate.adapters.fork_lock import ForkLock


class Outage:
    """Whether a cache can be asked right now; pauses double from the first to the longest one.

    After a pause one caller tries, and the others wait for how that ends.
    """

    def __init__(
        self, *, now: Callable[[], float], first: float, longest: float, lease: float
    ) -> None:
        """Begin with nothing having failed.

        Args:
            now: seconds since some fixed moment, that never go back.
            first: seconds of the first pause.
            longest: seconds of the longest one.
            lease: seconds after which another caller may try, when the one who did is not heard of.
        """
        self.failures = 0
        self._now = now
        self._first = first
        self._longest = longest
        self._lease = lease
        self._pause = 0.0
        self._until = 0.0
        self._is_tried = False
        self._lock = ForkLock()

    def may_try(self) -> bool:
        """Return whether to ask; whoever may has to say how it ended."""
        if not self._pause:
            return True
        with self._lock:
            now = self._now()
            if now < self._until:
                return False
            self._until = now + self._lease
            self._is_tried = True
            return True

    def failed(self) -> None:
        """Count a failure, and begin a pause."""
        with self._lock:
            self.failures += 1
            if not self._pause:
                self._pause = self._first
            elif self._is_tried:
                self._pause = min(2 * self._pause, self._longest)
            else:
                return  # one of those that were under way when the pause began
            self._is_tried = False
            self._until = self._now() + self._pause

    def is_over(self) -> None:
        """Note a success."""
        self._pause = 0.0
        self._is_tried = False
