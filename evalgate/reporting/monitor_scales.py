"""Chooses the scales of a board's charts: of its time, of scores, and of numbers from 0 on."""

from dataclasses import dataclass
from math import ceil, floor

from evalgate.reporting.marks import Axis

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
_STEPS = (
    *(5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY),
)
_MOST_TICKS = 5
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time that a chart shows, in seconds since 1970, and where numbers stand at its axis."""

    since: float
    at: float
    step: float

    def place(self, instant: float) -> float:
        """Return where an instant stands: seconds since the beginning, never beyond the ends."""
        return min(max(instant, self.since), self.at) - self.since

    def axis(self) -> Axis:
        """Return the axis: hours of the day, or days where they are further apart."""
        first = ceil(self.since / self.step) * self.step
        number = floor((self.at - first) / self.step) + 1
        form = "%H:%M" if self.step < _DAY else "%b %-d"
        return Axis(
            ends=(0.0, self.at - self.since),
            ticks=tuple(first + each * self.step - self.since for each in range(max(number, 0))),
            label=f"utcFormat({self.since * 1000:.0f} + datum.value * 1000, '{form}')",
            grid=False,
        )


def clock(since: float, at: float) -> Clock:
    """Return the scale of a stretch of time.

    Args:
        since: in seconds since 1970.
        at: later than that, or a minute is shown.
    """
    until = max(at, since + _MINUTE)
    step = next((each for each in _STEPS if (until - since) / each <= _MOST_TICKS), None)
    return Clock(since=since, at=until, step=step or (until - since) / _MOST_TICKS)


def score_ends(values: list[float]) -> tuple[float, float]:
    """Return the scores, in percent and whole fives, between which all of these can be drawn."""
    least = floor((100 * min(values, default=0.0) - 1) / 5) * 5.0
    most = ceil((100 * max(values, default=1.0) + 1) / 5) * 5.0
    return max(0.0, least), min(100.0, max(most, least + 10))


def count_axis(most: float, *, label: str = "format(datum.value, '~s')") -> Axis:
    """Return an axis from 0 to a round number that is at least `most`."""
    scale = 1.0
    while scale * 10 < most:
        scale *= 10
    while scale > most > 0:
        scale /= 10
    top = next(each * scale for each in _ROUND if each * scale >= most) if most > 0 else 1.0
    return Axis(ends=(0.0, top), ticks=(0.0, top / 2, top), label=label)


def score_axis(ends: tuple[float, float]) -> Axis:
    """Return an axis of scores in percent."""
    middle = (ends[0] + ends[1]) / 2
    return Axis(ends=ends, ticks=(ends[0], middle, ends[1]), label="datum.label + '%'")
