"""Draws rates with their bounds in one line of text each, on a scale that they share."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evalgate.model.track import TrackPoint
from evalgate.reporting.numbers import percent

_STEPS = 10
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A part of 0..1 that is drawn over so many characters, at least 10."""

    low: float
    high: float
    width: int

    def place(self, rate: float) -> int:
        """Return the number of the character that a rate falls on, from 0."""
        share = (rate - self.low) / (self.high - self.low)
        return min(self.width - 1, max(0, round(share * (self.width - 1))))

    @property
    def title(self) -> str:
        """Both ends, as they stand above the lines."""
        left, right = percent(self.low), percent(self.high)
        return f"{left}{right:>{self.width - len(left)}}"


def scale_of(points: Iterable[TrackPoint], width: int) -> Scale:
    """Return the scale that holds all bounds, in full steps of ten points."""
    every = tuple(points)
    low = math.floor(min(each.low for each in every) * _STEPS + _ROUNDING) / _STEPS
    high = math.ceil(max(each.high for each in every) * _STEPS - _ROUNDING) / _STEPS
    return Scale(low=min(low, 0.9), high=max(high, min(low, 0.9) + 1 / _STEPS), width=width)


def drawn(point: TrackPoint, scale: Scale, *, ascii_only: bool = False) -> str:
    """Return a line with the bounds of a rate and the rate itself between them.

    Args:
        point: whose rate it is.
        scale: where it is drawn.
        ascii_only: for what can show nothing else.
    """
    left, between, right, mark = "|-|*" if ascii_only else "├─┤●"
    low, high = scale.place(point.low), scale.place(point.high)
    line = [" "] * scale.width
    line[low : high + 1] = [between] * (high - low + 1)
    line[low], line[high] = left, right
    line[scale.place(point.rate)] = mark
    return "".join(line)
