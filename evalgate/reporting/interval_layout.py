"""Lays intervals out under each other, in a wide and in a narrow way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from evalgate.model.verdict import Estimate, SliceFlag
from evalgate.reporting.drawing import HATCH
from evalgate.reporting.interval_scale import Scale, scale_of
from evalgate.reporting.marks import SIGNED, Axis, Plane, Row, layer, letters, point, region, rule
from evalgate.reporting.numbers import signed_points
from evalgate.reporting.visible import on_one_line

_ZERO = "no change"
_LETTER = 7.0
"""How wide a letter is at most, on average, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One interval: its name, what else is known of it, its bounds, and what is said of it."""

    name: str
    note: str
    delta: Estimate
    flag: SliceFlag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Measures in pixels; `beside` puts names at the left of the plane, else above the intervals.

    `plane` is the width of the plane, `row` the height of an interval with its name. The interval
    lies `centre` below the top of that; what is behind it reaches by `half` to both sides where
    names stand above. Names are cut to so many `letters`.
    """

    kind: str
    plane: int
    left: int
    right: int
    row: int
    centre: int
    half: int
    letters: int
    ticks: int
    beside: bool


WIDE = Layout(
    kind="wide",
    plane=304,
    left=150,
    right=106,
    row=44,
    centre=22,
    half=22,
    letters=20,
    ticks=8,
    beside=True,
)
NARROW = Layout(
    kind="narrow",
    plane=308,
    left=16,
    right=16,
    row=76,
    centre=55,
    half=15,
    letters=28,
    ticks=6,
    beside=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How an interval is drawn by what is said of it: never by its colour alone."""

    colour: str
    fill: str
    shape: str
    word: str


_LOOKS: Mapping[SliceFlag | None, _Look] = {
    None: _Look(colour="var(--accent)", fill="var(--paper)", shape="circle", word=""),
    SliceFlag.WORSE: _Look(colour="var(--bad)", fill="var(--bad)", shape="diamond", word="▼ worse"),
    SliceFlag.SUSPECT: _Look(
        colour="var(--open)", fill="var(--paper)", shape="triangle-down", word="? may be worse"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """An interval with its places, in points from the left and pixels from the top."""

    interval: Interval
    top: float
    y: float
    low: float
    high: float
    estimate: float


def interval_picture(intervals: Sequence[Interval], *, max_drop: float, layout: Layout) -> Row:
    """Describe the picture of some intervals, the first of which is that of all cases."""
    deltas = [each.delta for each in intervals]
    scale = scale_of(deltas[0], deltas[1:], max_drop=max_drop, ticks=layout.ticks)
    placed = [_placed(each, number, layout) for number, each in enumerate(intervals)]
    height = layout.row * len(intervals)
    plane = Plane(
        width=layout.plane,
        height=height,
        left=layout.left,
        right=layout.right,
        top=48,
        bottom=46,
        x=Axis(
            ends=(scale.least, scale.most),
            ticks=scale.ticks,
            label=SIGNED,
            title="change of the pass rate, in points",
            grid=False,
        ),
        y=Axis(ends=(height, 0.0)),
    )
    return plane.picture(
        [
            *_ground(placed, scale, max_drop=max_drop, layout=layout),
            *chain.from_iterable(_bars(placed, scale, flag) for flag in _LOOKS),
            *_names(placed, layout),
            *_findings(placed, layout),
        ]
    )


def _placed(interval: Interval, number: int, layout: Layout) -> _Placed:
    delta = interval.delta
    return _Placed(
        interval=interval,
        top=number * layout.row,
        y=number * layout.row + layout.centre,
        low=100 * delta.low,
        high=100 * delta.high,
        estimate=100 * delta.estimate,
    )


def _ground(
    placed: Sequence[_Placed], scale: Scale, *, max_drop: float, layout: Layout
) -> Iterator[Row]:
    """Yield what lies behind the intervals: the region beyond the limit and lines of reference."""
    limit = -100 * max_drop
    bands = _bands(placed, layout)
    beyond: list[Row] = [{"x": scale.least, "x2": limit, "y": y, "y2": y2} for y, y2 in bands]
    yield from layer(region(HATCH), beyond)
    grid: list[Row] = [{"x": at, "y": y, "y2": y2} for at in scale.ticks for y, y2 in bands]
    yield from layer(rule("var(--line)"), grid)
    between: list[Row] = [{"x": scale.least, "x2": scale.most, "y": layout.row}]
    yield from layer(rule("var(--line)", width=2), between if len(placed) > 1 else [])
    zero: list[Row] = [{"x": 0, "y": y, "y2": y2} for y, y2 in ((-14, 0), *bands)]
    yield from layer(rule("var(--quiet)", width=1.5), zero)
    edge: list[Row] = [{"x": limit, "y": y, "y2": y2} for y, y2 in ((-32, 0), *bands)]
    yield from layer(rule("var(--bad)", width=2, dash=(5, 4)), edge)
    yield from _named_lines(scale, max_drop, layout)


def _bands(placed: Sequence[_Placed], layout: Layout) -> list[tuple[float, float]]:
    """Return from where to where lines go behind the intervals, and not through names."""
    if layout.beside:
        return [(0.0, placed[-1].top + layout.row)]
    return [(each.y - layout.half, each.y + layout.half) for each in placed]


def _named_lines(scale: Scale, max_drop: float, layout: Layout) -> Iterator[Row]:
    """Yield the names of both lines of reference, away from each other where there is room."""
    text = f"limit {signed_points(-max_drop)}"
    limit = -100 * max_drop
    room = layout.left + scale.place(limit) * layout.plane
    side = "right" if room > len(text) * _LETTER else "left"
    yield from layer(
        letters("var(--bad)", align=side, bold=True), [{"x": limit, "text": text}], y=-40
    )
    room = layout.right + (1 - scale.place(0.0)) * layout.plane
    side = "left" if room > len(_ZERO) * _LETTER else "right"
    yield from layer(letters("var(--quiet)", align=side), [{"x": 0, "text": _ZERO}], y=-22)


def _bars(placed: Sequence[_Placed], scale: Scale, flag: SliceFlag | None) -> Iterator[Row]:
    """Yield the intervals of which the same is said, with caps where they end in sight."""
    look = _LOOKS[flag]
    shown = [each for each in placed if each.interval.flag is flag]
    ends: list[Row] = [
        {"x": max(each.low, scale.least), "x2": min(each.high, scale.most), "y": each.y}
        for each in shown
    ]
    yield from layer(rule(look.colour, width=3), ends)
    seen = [
        (each.y, value)
        for each in shown
        for value in (each.low, each.high)
        if scale.least <= value <= scale.most
    ]
    caps: list[Row] = [{"x": value, "y": y - 6, "y2": y + 6} for y, value in seen]
    yield from layer(rule(look.colour, width=2), caps)
    arrows: list[Row] = [
        {"x": end, "y": each.y, "shape": shape}
        for each in shown
        for end, hidden, shape in (
            (scale.least, each.low < scale.least, "triangle-left"),
            (scale.most, each.high > scale.most, "triangle-right"),
        )
        if hidden
    ]
    yield from layer(point(look.colour, fill=look.colour, size=50, width=1), arrows)
    points: list[Row] = [{"x": each.estimate, "y": each.y, "shape": look.shape} for each in shown]
    yield from layer(point(look.colour, fill=look.fill, size=110), points)


def _names(placed: Sequence[_Placed], layout: Layout) -> Iterator[Row]:
    """Yield the name of each interval and what else is known of it, as texts of their own."""
    x, align = (-layout.left + 0.0, "left")
    first, second = _heights(layout)
    for bold, some in ((True, placed[:1]), (False, placed[1:])):
        names: list[Row] = [
            {"y": each.top + first, "text": on_one_line(each.interval.name, layout.letters)}
            for each in some
        ]
        yield from layer(letters("var(--ink)", align=align, bold=bold, size=13), names, x=x)
    notes: list[Row] = [{"y": each.top + second, "text": each.interval.note} for each in placed]
    yield from layer(letters("var(--quiet)", align=align), notes, x=x)


def _findings(placed: Sequence[_Placed], layout: Layout) -> Iterator[Row]:
    """Yield the change of each interval, and the word for what is said of it."""
    x, align = layout.plane + layout.right + 0.0, "right"
    first, second = _heights(layout)
    changes: list[Row] = [
        {"y": each.top + first, "text": signed_points(each.interval.delta.estimate)}
        for each in placed
    ]
    yield from layer(letters("var(--ink)", align=align, bold=True, size=13), changes, x=x)
    for flag, look in _LOOKS.items():
        words: list[Row] = [
            {"y": each.top + second, "text": look.word}
            for each in placed
            if flag and each.interval.flag is flag
        ]
        yield from layer(letters(look.colour, align=align, bold=True), words, x=x)


def _heights(layout: Layout) -> tuple[float, float]:
    """Return how far below the top of a row its two lines of text stand."""
    return (layout.centre - 8, layout.centre + 9) if layout.beside else (14, 31)
