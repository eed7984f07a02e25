"""Writes instants and lengths of time. Both come in seconds; instants are shown in UTC."""

from datetime import UTC, datetime
from math import isfinite

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_YEAR = 365 * _DAY
_LAST = 253_402_300_799
"""The last second of the year 9999: what comes after it has no date."""


def iso(instant: float | None) -> str | None:
    """Return seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`; None where there is no such date."""
    told = _date(instant)
    return None if told is None else f"{told:%Y-%m-%dT%H:%M:%SZ}"


def utc(instant: float | None) -> str:
    """Return seconds since 1970 as `YYYY-MM-DD HH:MM UTC`, or a dash where there is no date."""
    told = _date(instant)
    return "–" if told is None else f"{told:%Y-%m-%d %H:%M} UTC"


def duration(seconds: float) -> str:
    """Write a length of time by its two largest units: `35 min`, `3 h 20 min`, `2 d 4 h`."""
    if not seconds < _YEAR:
        return "more than a year"
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < _DAY - _MINUTE / 2:
        return _pair(round(seconds / _MINUTE), 60, ("h", "min"))
    return _pair(round(seconds / _HOUR), 24, ("d", "h"))


def about(seconds: float) -> str:
    """Write a length of time that is an estimate."""
    text = duration(seconds)
    return f"about {text}" if text[0].isdigit() else text


def _pair(smaller: int, in_one: int, units: tuple[str, str]) -> str:
    large, small = divmod(smaller, in_one)
    parts = [f"{number} {unit}" for number, unit in zip((large, small), units, strict=True)]
    if not large:
        return parts[1]
    return " ".join(parts) if small else parts[0]


def _date(instant: float | None) -> datetime | None:
    if instant is None or not isfinite(instant) or not 0 <= instant <= _LAST:
        return None
    return datetime.fromtimestamp(int(instant), UTC)
