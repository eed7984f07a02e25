"""Draws how much worse or better a candidate is: one interval for all cases, one for each slice.

There are two drawings of the same, for wide and for narrow places, of which the style sheet shows
one. So letters keep their size on a phone.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from evalgate.model.verdict import Estimate, PromptVerdict, Slice, SliceFlag
from evalgate.reporting.drawing import Drawing, framed, inline_svg
from evalgate.reporting.interval_layout import NARROW, WIDE, Interval, Layout, interval_picture
from evalgate.reporting.numbers import count, signed_points
from evalgate.reporting.sentences import span
from evalgate.reporting.slice_order import reading_order
from evalgate.reporting.visible import on_one_line

MOST_SLICES = 8
"""How many slices are drawn; a table has them all."""

_NAMED = 3


def interval_chart(verdict: PromptVerdict, *, key: str) -> Drawing | None:
    """Draw the intervals of one candidate; None when nothing was compared.

    Args:
        verdict: what was decided about it.
        key: begins the ids in the drawing; a page uses each key once.
    """
    if verdict.delta is None:
        return None
    parts = tuple(_intervals(verdict.slices))[:MOST_SLICES]
    note = count(verdict.cases.compared, "case")
    whole = Interval(name="All cases", note=note, delta=verdict.delta)
    words = _words(verdict.delta, parts, max_drop=verdict.max_drop)

    def drawn(layout: Layout) -> Markup:
        picture = interval_picture((whole, *parts), max_drop=verdict.max_drop, layout=layout)
        return inline_svg(picture, words, key=f"{key}-{layout.kind}", kind=layout.kind)

    return Drawing(svg=framed(drawn(WIDE), drawn(NARROW)), words=words)


def _intervals(slices: Sequence[Slice]) -> Iterator[Interval]:
    """Yield the slices that can be compared."""
    for part in reading_order(slices):
        if part.delta is None or part.low is None or part.high is None:
            continue
        yield Interval(
            name=part.tag,
            note=count(part.cases, "case") + (", protected" if part.protected else ""),
            delta=Estimate(estimate=part.delta, low=part.low, high=part.high),
            flag=part.flag,
        )


def _words(delta: Estimate, parts: Sequence[Interval], *, max_drop: float) -> str:
    said = (
        f"The change is estimated at {signed_points(delta.estimate)} points; the pass rate is"
        f" {span(delta, max_drop)}. The limit is {signed_points(-max_drop)} points."
    )
    worse = _named("Worse", [each for each in parts if each.flag is SliceFlag.WORSE], max_drop)
    suspect = _named(
        "Possibly worse", [each for each in parts if each.flag is SliceFlag.SUSPECT], max_drop
    )
    return said + worse + suspect


def _named(title: str, parts: Sequence[Interval], max_drop: float) -> str:
    told = [
        f"{on_one_line(each.name, 40)}, {span(each.delta, max_drop)}" for each in parts[:_NAMED]
    ]
    more = [f"{count(len(parts) - _NAMED, 'more slice')}"] if len(parts) > _NAMED else []
    return f" {title}: {'; '.join(told + more)}." if told else ""
