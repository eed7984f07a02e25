"""How many attempts a process may make beyond the first ones: retries, and hedges.

Both are shared by threads. A process that comes of `os.fork()` starts with accounts of its own.
"""

from dataclasses import dataclass, field
from os import getpid
from threading import Lock

from evalgate.model.serving import HedgeRules, RetryRules
from evalgate.runtime.failover.window import Window

SECONDS = 60
"""Over how long retries are counted."""

MOST_SAVED = 10.0
"""Hedges that calls can save up, so that a quiet hour pays for no flood."""

ROUNDING = 1e-9
"""What is lost when a tenth is added ten times."""


def _retries() -> Window:
    # One bucket more than seconds: a retry counts for all of its 60 seconds.
    return Window(seconds=SECONDS + 1, buckets=SECONDS + 1, columns=1)


def _firsts() -> Window:
    return Window(seconds=SECONDS, buckets=SECONDS, columns=1)


@dataclass(slots=True)
class _Account:
    """What belongs to one process."""

    pid: int = field(default_factory=getpid)
    lock: Lock = field(default_factory=Lock)
    firsts: Window = field(default_factory=_firsts)
    retries: Window = field(default_factory=_retries)
    saved: float = 0.0


class RetryBudget:
    """Allows a retry while those of the last 60 seconds stay within `least` and the share.

    The share is of the first attempts of the same 60 seconds. It is what keeps an outage from being
    made worse by those who meet it.
    """

    def __init__(self, rules: RetryRules) -> None:
        self.rules = rules
        self._account = _Account()

    def first(self, *, now: float) -> None:
        """Count the first attempt of a call."""
        account = self._own()
        with account.lock:
            account.firsts.add(now, (1,))

    def take(self, *, now: float) -> bool:
        """Return whether a retry is allowed, and count it when it is."""
        account = self._own()
        with account.lock:
            account.firsts.move(now)
            account.retries.move(now)
            allowed = self.rules.least + self.rules.share * account.firsts.sums[0]
            if account.retries.sums[0] + 1 > allowed + ROUNDING:
                return False
            account.retries.add(now, (1,))
            return True

    def _own(self) -> _Account:
        if self._account.pid != getpid():
            self._account = _Account()
        return self._account


class HedgeBudget:
    """Allows a second attempt beside a slow one for a share of the calls."""

    def __init__(self, rules: HedgeRules) -> None:
        self.rules = rules
        self._account = _Account()

    def call(self) -> None:
        """Count a call."""
        account = self._own()
        with account.lock:
            account.saved = min(MOST_SAVED, account.saved + self.rules.share)

    def take(self) -> bool:
        """Return whether a hedge is allowed, and count it when it is."""
        account = self._own()
        with account.lock:
            if account.saved < 1 - ROUNDING:
                return False
            account.saved -= 1
            return True

    def _own(self) -> _Account:
        if self._account.pid != getpid():
            self._account = _Account()
        return self._account
