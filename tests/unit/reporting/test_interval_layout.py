"""Facts about how intervals are laid out under each other."""

import pytest

from evalgate.model.verdict import Estimate, SliceFlag
from evalgate.reporting.drawing import inline_svg
from evalgate.reporting.interval_layout import NARROW, WIDE, Interval, Layout, interval_picture
from tests.unit.reporting.drawings import Seen, parts, roots

BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.kind)


def interval(
    name: str, low: float, middle: float, high: float, flag: SliceFlag | None = None
) -> Interval:
    delta = Estimate(estimate=middle, low=low, high=high)
    return Interval(name=name, note="9 cases", delta=delta, flag=flag)


WHOLE = interval("All cases", -0.11, -0.075, -0.04)


def seen(layout: Layout, *intervals: Interval, max_drop: float = 0.05) -> list[Seen]:
    picture = interval_picture(intervals, max_drop=max_drop, layout=layout)
    (svg,) = roots(inline_svg(picture, "", key="k", kind=layout.kind))
    return list(parts(svg))


def dashed(shown: list[Seen]) -> Seen:
    return next(each for each in shown if each.attributes.get("stroke-dasharray") == "5,4")


def bars(shown: list[Seen], colour: str) -> list[tuple[float, float]]:
    """Return where horizontal lines of a colour begin and end."""
    found = []
    for each in shown:
        length = float(each.attributes.get("x2", 0))
        if each.tag == "line" and each.attributes.get("stroke") == colour and length:
            found.append((min(each.x, each.x + length), max(each.x, each.x + length)))
    return found


@BOTH
def test_a_drop_beyond_the_limit_lies_across_its_line(layout: Layout) -> None:
    shown = seen(layout, WHOLE)
    ((low, high),) = bars(shown, "var(--accent)")
    zero = next(each for each in shown if each.text == "no change")
    assert low < dashed(shown).x < high < zero.x


@BOTH
def test_what_is_beyond_the_limit_is_hatched_up_to_its_line(layout: Layout) -> None:
    shown = seen(layout, WHOLE)
    region = next(each for each in shown if "hatch)" in each.attributes.get("fill", ""))
    assert region.attributes["fill"] == "url(#k-hatch)"
    width = float(region.attributes["d"].partition("h")[2].partition("v")[0])
    assert region.x + width == pytest.approx(dashed(shown).x, abs=0.6)
    assert region.x == pytest.approx(layout.left)


@BOTH
def test_what_is_said_of_a_slice_shows_in_shape_and_word_too(layout: Layout) -> None:
    flags = (None, SliceFlag.WORSE, SliceFlag.SUSPECT)
    slices = [interval(f"s{n}", -0.2, -0.1, -0.01, flag) for n, flag in enumerate(flags)]
    shown = seen(layout, WHOLE, *slices)
    words = [each.text for each in shown if each.tag == "text"]
    assert words.count("▼ worse") == words.count("? may be worse") == 1
    colours = ("var(--accent)", "var(--bad)", "var(--open)")
    shapes = {
        each.attributes["d"]
        for each in shown
        if each.attributes.get("fill") in (*colours, "var(--paper)") and each.tag == "path"
    }
    assert len(shapes) == 3


@BOTH
def test_an_interval_has_caps_where_it_ends_and_arrows_where_it_goes_on(layout: Layout) -> None:
    wide = interval("small", -1.0, 0.0, 0.1)
    shown = seen(layout, WHOLE, wide)
    caps = [
        each
        for each in shown
        if each.tag == "line"
        and each.attributes.get("stroke") == "var(--accent)"
        and abs(float(each.attributes.get("y2", 0))) == 12
    ]
    assert len(caps) == 3
    arrows = [
        each
        for each in shown
        if each.tag == "path" and each.attributes.get("fill") == "var(--accent)"
    ]
    assert [(each.x, each.y) for each in arrows] == [(layout.left, caps[-1].y + 6)]
    (low, high) = max(bars(shown, "var(--accent)"), key=lambda bar: bar[1] - bar[0])
    assert low == pytest.approx(layout.left)
    assert high < layout.left + layout.plane


@BOTH
def test_a_name_is_cut_to_its_room(layout: Layout) -> None:
    shown = seen(layout, WHOLE, interval("word " * 1000, -0.1, 0.0, 0.1))
    name = next(each for each in shown if each.text.startswith("word"))
    assert name.text.endswith("…")
    assert len(name.text) <= layout.letters


@BOTH
def test_a_name_stands_in_the_row_of_its_interval(layout: Layout) -> None:
    shown = seen(layout, WHOLE, *(interval(f"s{n}", -0.1, -0.01, 0.1) for n in range(3)))
    points = [
        each.y
        for each in shown
        if each.tag == "path" and each.attributes.get("fill") == "var(--paper)"
    ]
    names = [each.y for each in shown if each.text in ("All cases", "s0", "s1", "s2")]
    distances = {round(point - name, 3) for point, name in zip(points, names, strict=True)}
    assert len(distances) == 1
    assert 0 < distances.pop() < layout.row


def test_lines_do_not_go_through_names_that_stand_above_intervals() -> None:
    shown = seen(NARROW, WHOLE, interval("s", -0.1, -0.01, 0.1))
    names = [each for each in shown if each.text in ("All cases", "s", "9 cases")]
    upright = [
        sorted((each.y, each.y + float(each.attributes["y2"])))
        for each in shown
        if each.attributes.get("stroke") in ("var(--quiet)", "var(--bad)") and each.tag == "line"
    ]
    assert upright
    assert not [
        (name.text, line) for name in names for line in upright if line[0] < name.y - 4 < line[1]
    ]
