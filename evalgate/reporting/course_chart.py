"""Draws how a policy decides over the true drop: its operating characteristic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.selftest import Course, Spread
from evalgate.model.verdict import Verdict
from evalgate.reporting.drawing import HATCH, Drawing, framed, inline_svg
from evalgate.reporting.marks import Axis, Plane, Row, layer, letters, path, point, region, rule
from evalgate.reporting.numbers import percent, points
from evalgate.reporting.selftest_words import SPREADS, UNDECIDED

_WIDTH, _HEIGHT = 224, 140
_LINE = 15
"""The height of a line of text, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """How the share of some verdicts is drawn: by shape and dashes too, never by colour alone."""

    verdicts: tuple[Verdict, ...]
    name: str
    colour: str
    fill: str
    shape: str
    dash: tuple[float, ...] = ()


_CURVES: Mapping[str, _Curve] = {
    "inconclusive": _Curve(
        verdicts=UNDECIDED,
        name="◇ undecided",
        colour="var(--open)",
        fill="var(--paper)",
        shape="diamond",
        dash=(6, 4),
    ),
    "fail": _Curve(
        verdicts=(Verdict.FAIL,),
        name="■ blocked",
        colour="var(--bad)",
        fill="var(--bad)",
        shape="square",
    ),
    "pass": _Curve(
        verdicts=(Verdict.PASS,),
        name="● passes",
        colour="var(--good)",
        fill="var(--good)",
        shape="circle",
    ),
}


def course_chart(
    courses: Sequence[Course], spread: Spread, *, max_drop: float, key: str
) -> Drawing:
    """Draw the drops of one spread, with that of nothing at its beginning.

    Args:
        courses: of one set.
        spread: which of them to draw.
        max_drop: the limit, as a fraction.
        key: begins the ids in the drawing; a page uses each key once.
    """
    shown = sorted(
        (each for each in courses if each.spread in (Spread.NONE, spread)),
        key=lambda course: course.drop,
    )
    words = f"Over the true drop, when {SPREADS[spread]}. " + " ".join(map(_said, shown))
    svg = inline_svg(_picture(shown, max_drop), words, key=key, kind="middle")
    return Drawing(svg=framed(svg), words=words)


def _picture(shown: Sequence[Course], max_drop: float) -> Row:
    most = 100 * max([each.drop for each in shown] + [max_drop])
    plane = Plane(
        width=_WIDTH,
        height=_HEIGHT,
        left=48,
        right=88,
        top=28,
        bottom=46,
        x=Axis(
            ends=(0.0, most * 1.04),
            ticks=tuple(round(100 * each.drop, 6) for each in shown),
            title="true drop, in points",
            grid=False,
        ),
        y=Axis(ends=(0.0, 100.0), ticks=(0.0, 50.0, 100.0), label="datum.label + '%'"),
    )
    limit = 100 * max_drop
    beyond: Row = {"x": limit, "x2": most * 1.04, "y": 0, "y2": 100}
    named: Row = {"x": limit, "text": f"limit {points(max_drop)}"}
    return plane.picture(
        [
            *layer(region(HATCH), [beyond]),
            *layer(rule("var(--bad)", width=2, dash=(5, 4)), [{"x": limit, "y": 0, "y2": 108}]),
            *layer(letters("var(--bad)", align="left", bold=True), [named], y=-20),
            *(mark for curve in _CURVES.values() for mark in _drawn(curve, shown)),
            *_names(shown[-1]),
        ]
    )


def _drawn(curve: _Curve, shown: Sequence[Course]) -> Iterator[Row]:
    places: list[Row] = [
        {"x": 100 * each.drop, "y": 100 * each.share(*curve.verdicts), "shape": curve.shape}
        for each in shown
    ]
    on_line: list[Row] = [{"x": place["x"], "y": place["y"]} for place in places]
    yield from layer(path(curve.colour, width=2.5, dash=curve.dash), on_line)
    yield from layer(point(curve.colour, fill=curve.fill, size=64), places)


def _names(last: Course) -> Iterator[Row]:
    """Yield the names of the curves where they end, apart from each other."""
    ends = sorted(
        (_HEIGHT * (1 - last.share(*curve.verdicts)), curve.name, curve.colour)
        for curve in _CURVES.values()
    )
    lowest = _HEIGHT - _LINE * (len(ends) - 1.0)
    free = 0.0
    for wanted, name, colour in ends:
        at = max(free, min(wanted, lowest))
        free, lowest = at + _LINE, lowest + _LINE
        yield from layer(
            letters(colour, align="left", bold=True), [{"text": name}], x=_WIDTH + 2, y=at
        )


def _said(course: Course) -> str:
    shares = {kind: percent(course.share(*each.verdicts)) for kind, each in _CURVES.items()}
    return (
        f"At a drop of {points(course.drop)} points {shares['pass']} pass, {shares['fail']} fail "
        f"and {shares['inconclusive']} stay undecided."
    )
