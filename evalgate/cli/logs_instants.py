"""Reads the instants and lengths of time of a command line about logs; pure, given the clock."""

import re
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite

_UNITS: Mapping[str, int] = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_LENGTH = re.compile(r"(\d{1,9})([mhdw])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EXPECTED = (
    "an instant such as 2026-11-22T10:00:00Z, a day such as 2026-11-22, today, yesterday, "
    "or a length of time before now such as 90m, 24h, 7d or 2w"
)


def length(text: str) -> float:
    """Read a length of time in seconds, such as `36h`; argparse shows the message."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f"expected a length of time such as 90m, 24h, 2d or 1w: {text!r}")
    return float(int(found[1]) * _UNITS[found[2]])


def instant(text: str, *, now: float) -> int:
    """Read an instant, in microseconds since 1970; a day means its beginning in UTC.

    Args:
        text: as the user wrote it.
        now: seconds since 1970.

    Raises:
        ArgumentTypeError: when it is none; argparse shows the message.
    """
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if text in ("now", "today", "yesterday"):
        day = today - timedelta(days=text == "yesterday")
        return round(now * 1e6) if text == "now" else _microseconds(day)
    if _LENGTH.fullmatch(text):
        begin = now - length(text)
        if begin >= 0 and isfinite(begin):
            return round(begin * 1e6)
    return _microseconds(_read(text))


def _read(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected {_EXPECTED}: {text!r}") from None
    if read.tzinfo is None and not _DAY.fullmatch(text):
        raise ArgumentTypeError(f"an instant needs its zone, such as {text}Z: {text!r}")
    zoned = read if read.tzinfo else read.replace(tzinfo=UTC)
    if zoned.year < 1970:
        raise ArgumentTypeError(f"no log is older than 1970: {text!r}")
    return zoned


def _microseconds(moment: datetime) -> int:
    past = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds
