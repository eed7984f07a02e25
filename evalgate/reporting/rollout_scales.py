"""Chooses the scales of a rollout's charts: of its time, of rises in points, and of evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from evalgate.model.rollout import RolloutReport, Snapshot
from evalgate.reporting.instants import utc

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_MOST_TICKS = 4
"""How many numbers stand at an axis: of more than its length has room for, Vega leaves some out."""

_STEPS: Mapping[str, Sequence[float]] = {
    "minutes": (1, 2, 5, 10, 15, 30, 60),
    "hours": (1, 2, 3, 6, 12, 24),
    "days": (1, 2, 5, 7, 14, 30, 60, 120, 365),
}
_RISES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
_REACH = 6.0
"""How many limits a scale of rises shows at most: early bounds reach much further."""

_MARGIN = 0.04
_LEAST, _MOST = -2.0, 6.0
"""The powers of ten between which evidence is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The numbers at both ends of a scale, and those that are written."""

    least: float
    most: float
    ticks: tuple[float, ...]

    def within(self, value: float) -> float:
        """Return a value, or the end of the scale that it lies beyond."""
        return min(max(value, self.least), self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """The time that a chart shows, from `start` on, in units of so many seconds."""

    start: float
    unit: float
    name: str
    span: Span

    def place(self, instant: float) -> float:
        """Return where an instant stands, in units since the start."""
        return self.span.within((instant - self.start) / self.unit)

    @property
    def title(self) -> str:
        """What the axis shows."""
        return f"{self.name} since {utc(self.start)}"


def time_scale(report: RolloutReport, course: Sequence[Snapshot]) -> TimeScale:
    """Return the scale from the first share of the traffic to the present.

    Args:
        report: whose steps are drawn.
        course: with at least one snapshot.
    """
    instants = [course[0].at, course[-1].at, report.evidence.at]
    instants += [step.since for step in report.rollout.steps]
    start = min(instants)
    whole = max(max(instants) - start, _MINUTE)
    name, unit = "days", _DAY
    if whole <= 3 * _HOUR:
        name, unit = "minutes", _MINUTE
    elif whole <= 4 * _DAY:
        name, unit = "hours", _HOUR
    span = _span(0.0, whole / unit, steps=_STEPS[name])
    return TimeScale(start=start, unit=unit, name=name, span=span)


def rise_scale(course: Sequence[Snapshot], max_rise: float) -> Span:
    """Return the scale of rises in points: with none, the limit and the present rise in it.

    Args:
        course: with at least one snapshot.
        max_rise: the limit, as a fraction.
    """
    reach, now = _REACH * max_rise, course[-1].rise
    low, high = min(each.low for each in course), max(each.high for each in course)
    least = min(-max_rise, max(low, -reach), now)
    most = max(2 * max_rise, min(high, reach), now)
    margin = _MARGIN * (most - least)
    return _span(100 * (least - margin), 100 * (most + margin), steps=_RISES)


def evidence_scale(values: Sequence[float], lines: Sequence[float]) -> Span:
    """Return the scale of evidence in powers of ten.

    Args:
        values: the evidence that is drawn.
        lines: what it is held against; all of them are on the scale.
    """
    drawn = [power(value) for value in values]
    most = max([power(line) for line in lines] + [1.0])
    least = float(min([-1, *map(floor, drawn)]))
    top = max(most + 0.35, min(max(drawn, default=0.0) + 0.1, _MOST))
    every = next(each for each in range(1, 9) if (top - least) / each < _MOST_TICKS)
    powers = range(ceil(least / every), floor(top / every) + 1)
    return Span(least=least, most=top, ticks=tuple(float(every * each) for each in powers))


def power(value: float) -> float:
    """Return the power of ten of an e-value, as far as it is drawn."""
    if not isfinite(value):
        return _MOST
    return min(max(log10(value), _LEAST), _MOST) if value > 0 else _LEAST


def _span(least: float, most: float, *, steps: Sequence[float]) -> Span:
    step = next((each for each in steps if (most - least) / each < _MOST_TICKS), None)
    if step is None:
        step = steps[-1] * (floor((most - least) / steps[-1] / _MOST_TICKS) + 1)
    numbers = range(ceil(least / step), floor(most / step) + 1)
    return Span(least=least, most=most, ticks=tuple(round(each * step, 6) for each in numbers))
