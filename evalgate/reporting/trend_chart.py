"""Draws the track of a prompt: its pass rate over the records, small enough to stand among others.

The records stand in their order and not by the clock: what counts is what changed between them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from evalgate.model.track import Track, TrackPoint, Turn
from evalgate.reporting.drawing import Drawing, framed, inline_svg
from evalgate.reporting.marks import Axis, Plane, Row, band, layer, letters, path, point, rule
from evalgate.reporting.numbers import count, percent
from evalgate.reporting.visible import on_one_line

MOST_POINTS = 24
"""How many records are drawn, the latest ones; a table has them all."""

_WIDTH, _HEIGHT = 256, 84
_LETTER = 6.6
_DAY = 10
_SHAPES: Mapping[Turn, str] = {
    Turn.VERSION: "diamond",
    Turn.MODEL: "square",
    Turn.GRADERS: "triangle-up",
    Turn.CASES: "cross",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPoint:
    """What a candidate did in this run: its pass rate and, where known, bounds of it, in 0..1."""

    version: str
    rate: float
    low: float | None = None
    high: float | None = None


def shared_scale(tracks: Sequence[Track], runs: Sequence[RunPoint] = ()) -> tuple[float, float]:
    """Return the rates, whole tenths, between which all tracks and runs can be drawn.

    Args:
        tracks: as far as they are drawn.
        runs: the points of this run that are drawn with them.
    """
    shown = [each for track in tracks for each in track.points[-MOST_POINTS:]]
    lows = [each.low for each in shown]
    lows += [each.rate if each.low is None else each.low for each in runs]
    highs = [each.high for each in shown]
    highs += [each.rate if each.high is None else each.high for each in runs]
    least = min(9, floor(round(10 * min(lows, default=0.0), 6)))
    most = max(least + 1, ceil(round(10 * max(highs, default=1.0), 6)))
    return least / 10, most / 10


def trend_chart(
    track: Track, *, scale: tuple[float, float], key: str, run: RunPoint | None = None
) -> Drawing:
    """Draw a track, and beside it what the candidate of this run did.

    Args:
        track: with at least one point, unless there is a run.
        scale: the rates at the bottom and at the top, from `shared_scale`.
        key: begins the ids in the drawing; a page uses each key once.
        run: what this run found, if anything.
    """
    words = _words(track, run)
    svg = inline_svg(_picture(track, run, scale), words, key=key, kind="small")
    return Drawing(svg=framed(svg), words=words)


def _picture(track: Track, run: RunPoint | None, scale: tuple[float, float]) -> Row:
    shown = track.points[-MOST_POINTS:]
    places = len(shown) + (run is not None)
    least, most = 100 * scale[0], 100 * scale[1]
    plane = Plane(
        width=_WIDTH,
        height=_HEIGHT,
        left=46,
        right=18,
        top=32,
        bottom=32,
        x=Axis(ends=(-0.5, places - 0.5)),
        y=Axis(
            ends=(least, most),
            ticks=tuple(round(each, 6) for each in (least, (least + most) / 2, most)),
            label="datum.label + '%'",
        ),
    )
    layers = [
        *_turns(track, shown, places=places, top=most, bottom=least),
        *_intervals(shown),
        *_this_run(shown, run),
        *_rates(shown),
        *_dates(shown, run),
    ]
    return plane.picture(layers)


def _turns(
    track: Track, shown: Sequence[TrackPoint], *, places: int, top: float, bottom: float
) -> Iterator[Row]:
    """Yield a line where something else was measured, and what, where there is room to say it."""
    first = len(track.points) == len(shown)
    turned = [
        (number, each)
        for number, each in enumerate(shown)
        if each.turns and not (first and number == 0)
    ]
    lines: list[Row] = [{"x": number, "y": bottom, "y2": top} for number, _ in turned]
    yield from layer(rule("var(--quiet)", dash=(2, 3)), lines)
    names: list[Row] = [
        {"x": number, "text": text} for number, text in _with_room(turned, _WIDTH / places)
    ]
    yield from layer(letters("var(--quiet)"), names, y=-18)


def _with_room(turned: Sequence[tuple[int, TrackPoint]], step: float) -> Iterator[tuple[int, str]]:
    """Yield the names that do not run into a later one."""
    free = _WIDTH + 18.0
    for number, each in reversed(turned):
        centre = (number + 0.5) * step
        text = _turn_name(each, room=min(2 * step, 2 * (free - centre)))
        half = len(text) * _LETTER / 2
        if centre + half <= free:
            yield number, text
            free = centre - half - _LETTER


def _turn_name(each: TrackPoint, *, room: float) -> str:
    """Name all that is different where there is room for that, else the first and how many more."""
    names = [
        on_one_line(each.version, _DAY) if turn is Turn.VERSION else turn.value
        for turn in each.turns
    ]
    whole = ", ".join(names)
    is_short = len(names) == 1 or len(whole) * _LETTER <= room
    return whole if is_short else f"{names[0]} +{len(names) - 1}"


def _intervals(shown: Sequence[TrackPoint]) -> Iterator[Row]:
    bounds: list[Row] = [
        {"x": number, "y": 100 * each.low, "y2": 100 * each.high}
        for number, each in enumerate(shown)
    ]
    yield from layer(band("var(--accent)", opacity=0.16), bounds)
    yield from layer(rule("var(--accent)"), bounds)
    yield from layer(_cap("var(--accent)"), _ends(bounds))


def _cap(colour: str) -> Row:
    return {"type": "tick", "orient": "horizontal", "color": colour, "size": 7, "opacity": 1}


def _ends(bounds: Sequence[Row]) -> list[Row]:
    return [{"x": each["x"], "y": each[name]} for each in bounds for name in ("y", "y2")]


def _rates(shown: Sequence[TrackPoint]) -> Iterator[Row]:
    places: list[Row] = [{"x": n, "y": 100 * each.rate} for n, each in enumerate(shown)]
    yield from layer(path("var(--accent)", width=2), places)
    marked: list[Row] = [
        place | {"shape": _SHAPES[each.turns[0]] if each.turns else "circle"}
        for place, each in zip(places, shown, strict=True)
    ]
    yield from layer(point("var(--accent)", fill="var(--accent)", size=42, width=1), marked)


def _this_run(shown: Sequence[TrackPoint], run: RunPoint | None) -> Iterator[Row]:
    """Yield what this run found: a hollow mark at the end of a dashed line."""
    if run is None:
        return
    here: Row = {"x": len(shown), "y": 100 * run.rate}
    before: list[Row] = [{"x": len(shown) - 1, "y": 100 * shown[-1].rate}] if shown else []
    yield from layer(path("var(--accent)", width=2, dash=(3, 3)), [*before, here])
    if run.low is not None and run.high is not None:
        bounds: list[Row] = [{"x": len(shown), "y": 100 * run.low, "y2": 100 * run.high}]
        yield from layer(rule("var(--accent)"), bounds)
        yield from layer(_cap("var(--accent)"), _ends(bounds))
    mark = point("var(--accent)", fill="var(--paper)", size=76)
    yield from layer(mark, [here | {"shape": "circle"}])


def _dates(shown: Sequence[TrackPoint], run: RunPoint | None) -> Iterator[Row]:
    last = "this run" if run else shown[-1].at[:_DAY]
    y = _HEIGHT + 20
    if len(shown) + (run is not None) > 1:
        first: list[Row] = [{"text": shown[0].at[:_DAY]}]
        yield from layer(letters("var(--quiet)", align="left"), first, x=0, y=y)
    yield from layer(letters("var(--quiet)", align="right"), [{"text": last}], x=_WIDTH, y=y)


def _words(track: Track, run: RunPoint | None) -> str:
    subject = f"{on_one_line(track.prompt, 60)} on {on_one_line(track.evalset, 60)}"
    shown = track.points[-MOST_POINTS:]
    sentences = [f"Pass rate of {subject} over {count(len(shown), 'record')}."]
    if shown:
        sentences.append(f"Latest: {_said(shown[-1])}.")
    if len(shown) > 1:
        sentences.append(f"Earliest here: {_said(shown[0])}.")
    if len(shown) < len(track.points):
        earlier = count(len(track.points) - len(shown), "earlier record")
        sentences.append(f"Not drawn: {earlier}.")
    if run is not None:
        sentences.append(f"This run: {_said_of_run(run)}.")
    return " ".join(sentences)


def _said(each: TrackPoint) -> str:
    return (
        f"{on_one_line(each.version, _DAY)} with {percent(each.rate)}, between {percent(each.low)}"
        f" and {percent(each.high)}, on {on_one_line(each.at[:_DAY], _DAY)}"
    )


def _said_of_run(run: RunPoint) -> str:
    said = f"{on_one_line(run.version, _DAY)} with {percent(run.rate)}"
    if run.low is None or run.high is None:
        return said
    return f"{said}, between {percent(run.low)} and {percent(run.high)}"
