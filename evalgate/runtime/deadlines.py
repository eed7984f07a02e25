"""The time that a call may take, handed down from whoever is waiting for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from evalgate.errors import UsageError

LONGEST = 86_400.0
"""Seconds that a call may take: more is a slip, such as milliseconds, and no clock takes all."""

_LATEST: ContextVar[float] = ContextVar("evalgate_deadline", default=float("inf"))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let every call inside end within so many seconds from now; an earlier deadline stands.

    It holds for this thread, and for the tasks that are started inside. Where no time is left,
    calls end at once, without an attempt.

    Raises:
        UsageError: when it is no number of seconds.
    """
    token = _LATEST.set(latest(checked_seconds(seconds)))
    try:
        yield
    finally:
        _LATEST.reset(token)


def latest(seconds: float) -> float:
    """Return the moment of `time.monotonic()` by which a call of so many seconds has to end."""
    return min(_LATEST.get(), time.monotonic() + min(seconds, LONGEST))


def checked_seconds(seconds: object) -> float:
    """Return how long a call may take, a day at most; what is below zero is a time that is over.

    Raises:
        UsageError: when it is no number of seconds.
    """
    expected = "deadline: expected a number of seconds"
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise UsageError(f"{expected}, got a value of type {type(seconds).__name__}")
    if seconds != seconds:  # noqa: PLR0124 - NaN, of which no clock knows
        raise UsageError(f"{expected}, got what is no number")
    return float(max(min(seconds, LONGEST), -LONGEST))
