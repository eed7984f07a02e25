"""Draws rates with their bounds in one line of text each, on a scale that they share."""

import math
from collections.abc import Iterable

from evalgate.model.track import TrackPoint
from evalgate.reporting.numbers import percent
from evalgate.reporting.text_scale import Scale

_STEPS = 10
_ROUNDING = 1e-9


def scale_of(points: Iterable[TrackPoint], width: int) -> Scale:
    """Return the scale that holds all bounds, in full steps of ten points.

    Args:
        points: at least one.
        width: in characters, at least 10.
    """
    every = tuple(points)
    low = math.floor(min(each.low for each in every) * _STEPS + _ROUNDING) / _STEPS
    high = math.ceil(max(each.high for each in every) * _STEPS - _ROUNDING) / _STEPS
    least = min(low, 1 - 1 / _STEPS)
    return Scale(least=least, most=max(high, least + 1 / _STEPS), width=width)


def title_of(scale: Scale) -> str:
    """Return both ends of a scale of rates, as they stand above the lines."""
    left, right = percent(scale.least), percent(scale.most)
    return f"{left}{right:>{scale.width - len(left)}}"


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
