"""Instants as the history of a live pointer writes them, and clocks that are behind them; pure."""

import re
from datetime import UTC, datetime

from evalgate.errors import UsageError

MOST_BEHIND = 5.0
"""Seconds by which two hosts' clocks may differ, without anybody being told."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z", re.ASCII)


def is_day(at: str) -> bool:
    """Return whether a text is a day, `YYYY-MM-DD`, and says nothing of the hour."""
    return _DAY.fullmatch(at) is not None and seconds_of(at) is not None


def seconds_of(at: str) -> float | None:
    """Return an instant `YYYY-MM-DDTHH:MM:SSZ` in seconds since 1970, of a day its beginning.

    A text that is neither gives None.
    """
    if not _DAY.fullmatch(at) and not _INSTANT.fullmatch(at):
        return None
    try:
        return datetime.fromisoformat(at.removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def later(at: str, last: str) -> str:
    """Return the later one of two instants as an instant; `at` where they cannot be compared."""
    now, before = seconds_of(at), seconds_of(last)
    if now is None or before is None or now >= before:
        return at
    return f"{last}T00:00:00Z" if is_day(last) else last


def check_clock(at: str, last: str, *, path: str) -> None:
    """Raise UsageError when the clock says an earlier instant than the last one written.

    Args:
        at: what the clock says.
        last: the instant of the last milestone.
        path: of the live pointer, for the message.
    """
    now, before = seconds_of(at), seconds_of(last)
    if now is not None and before is not None and now < before - MOST_BEHIND:
        raise UsageError(
            f"the clock of this host says {at}, but the last milestone in {path} is of {last}: set "
            "the clock right, or mend that instant where it is wrong; nothing was written"
        )
