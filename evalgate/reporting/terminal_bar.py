"""Draws intervals of differences as lines of characters, all on one scale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalgate.model.verdict import Estimate
from evalgate.reporting.numbers import signed_points
from evalgate.reporting.text_scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """The characters that a bar is drawn with."""

    span: str = "━"
    estimate: str = "●"
    limit: str = "┊"
    zero: str = "│"


UNICODE = Pen()
ASCII = Pen(span="=", estimate="o", limit="!", zero="|")


def scale(intervals: Iterable[tuple[Estimate, float]], width: int) -> Scale:
    """Return the scale that holds all intervals with their limits, and no change."""
    ends = [end for delta, drop in intervals for end in (delta.low, delta.high, -drop)]
    return Scale(least=min(*ends, -0.01), most=max(*ends, 0.0), width=width)


def bar(delta: Estimate, max_drop: float, *, on: Scale, pen: Pen = UNICODE) -> str:
    """Draw one interval with its estimate, its limit and the place of no change."""
    cells = [" "] * on.width
    low, high = on.place(delta.low), on.place(delta.high)
    cells[low : high + 1] = pen.span * (high - low + 1)
    for value, sign in ((0.0, pen.zero), (-max_drop, pen.limit), (delta.estimate, pen.estimate)):
        cells[on.place(value)] = sign
    return "".join(cells).rstrip()


def axis(limits: Iterable[float], *, on: Scale) -> str:
    """Write what stands where: no change, the limit where all have one, and both ends.

    A number for which there is no room is left out; no change always has it.
    """
    shared = set(limits)
    marks = [0.0, *(-limit for limit in shared if len(shared) == 1), on.least, on.most]
    written: dict[int, str] = {}
    for value in marks:
        label = signed_points(value, apart_from=(0.0, *(-limit for limit in shared)))
        start = min(max(on.place(value) - len(label) // 2, 0), on.width - len(label))
        if _is_free(start, len(label), written):
            written[start] = label
    return _laid_out(written, on.width)


def _is_free(start: int, length: int, written: Mapping[int, str]) -> bool:
    return all(
        start + length + 1 <= other or other + len(text) + 1 <= start
        for other, text in written.items()
    )


def _laid_out(written: Mapping[int, str], width: int) -> str:
    line = " " * width
    for start, label in written.items():
        line = f"{line[:start]}{label}{line[start + len(label) :]}"
    return line.rstrip()
