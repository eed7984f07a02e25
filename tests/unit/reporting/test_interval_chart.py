"""Facts about the chart of what changed, over all cases and by slice."""

from collections.abc import Callable

from inline_snapshot import snapshot

from evalgate.model.verdict import Estimate, PromptVerdict, Slice, SliceFlag
from evalgate.reporting.interval_chart import MOST_SLICES, interval_chart
from tests.unit.reporting.drawings import parts, roots, texts

HOSTILE = "<script>alert(1)</script>\n]]> \"'\u202ex"


def part(tag: str, delta: float = -0.2, *, flag: SliceFlag | None = None) -> Slice:
    return Slice(
        tag=tag,
        cases=45,
        baseline=1.0,
        candidate=1.0 + delta,
        delta=delta,
        low=delta - 0.1,
        high=delta + 0.1,
        flag=flag,
        protected=flag is SliceFlag.WORSE,
    )


def test_the_drawing_is_told_in_words(a_verdict: Callable[..., PromptVerdict]) -> None:
    drawing = interval_chart(a_verdict(slices=(part("refunds"),)), key="c")
    assert drawing
    assert drawing.words == snapshot(
        "The change is estimated at −7.5 points; the pass rate is between 4 and 11 points lower. The limit is −5 points."
    )
    assert [each[0].text for each in roots(drawing.svg)] == [drawing.words] * 2


def test_words_tell_of_slices_that_got_worse_or_may_have(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    worse = part("refunds", flag=SliceFlag.WORSE)
    suspects = tuple(part(f"s{number}", flag=SliceFlag.SUSPECT) for number in range(5))
    drawing = interval_chart(a_verdict(slices=(worse, *suspects)), key="c")
    assert drawing
    assert drawing.words.partition("−5 points. ")[2] == snapshot(
        "Worse: refunds, between 10 and 30 points lower. Possibly worse: s0, between 10 and 30 points lower; s1, between 10 and 30 points lower; s2, between 10 and 30 points lower; 2 more slices."
    )


def test_there_is_no_drawing_when_nothing_was_compared(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    assert interval_chart(a_verdict(delta=None), key="c") is None


def test_there_is_a_drawing_for_wide_and_one_for_narrow_places(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    drawing = interval_chart(a_verdict(slices=(part("refunds"),)), key="c")
    assert drawing
    wide, narrow = roots(drawing.svg)
    assert (wide.attrib["class"], narrow.attrib["class"]) == ("wide", "narrow")
    assert int(wide.attrib["width"]) > 1.5 * int(narrow.attrib["width"])
    assert int(narrow.attrib["width"]) <= 340
    shown = [set(texts(each)) for each in (wide, narrow)]
    said = {"All cases", "120 cases", "−7.5", "refunds", "45 cases", "−20", "limit −5", "no change"}
    assert all(said <= each for each in shown)


def test_all_cases_come_first_and_then_so_many_slices_in_reading_order(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    slices = tuple(part(f"tag {number:02}", -number / 100) for number in range(20))
    unknown = Slice(tag="new", cases=3, baseline=None, candidate=0.5, delta=None)
    unbounded = Slice(tag="old", cases=99, baseline=1.0, candidate=0.0, delta=-1.0)
    drawing = interval_chart(a_verdict(slices=(unknown, unbounded, *slices)), key="c")
    assert drawing
    for svg in roots(drawing.svg):
        seen = texts(svg)
        rows = sorted(
            (each for each in seen.values() if each.text.startswith(("All", "tag", "new", "old"))),
            key=lambda each: each.y,
        )
        assert [each.text for each in rows] == [
            "All cases",
            *(f"tag {number:02}" for number in range(19, 19 - MOST_SLICES, -1)),
        ]


def test_a_hostile_tag_is_cut_and_does_nothing(a_verdict: Callable[..., PromptVerdict]) -> None:
    flagged = part(HOSTILE * 1000, flag=SliceFlag.WORSE)
    drawing = interval_chart(a_verdict(slices=(flagged,)), key="c")
    assert drawing
    assert "<script" not in drawing.svg
    assert "\u202e" not in drawing.svg
    assert len(drawing.svg) < 20_000
    assert {each.tag for svg in roots(drawing.svg) for each in parts(svg)} <= {
        *("svg", "title", "g", "defs", "pattern", "rect", "path", "line", "text")
    }


def test_nothing_is_drawn_outside_of_the_drawing(a_verdict: Callable[..., PromptVerdict]) -> None:
    wild = part("wild", -0.9)
    for low, middle, high in ((-1.0, -0.9, -0.8), (0.2, 0.5, 0.9), (-0.001, 0.0, 0.001)):
        delta = Estimate(estimate=middle, low=low, high=high)
        drawing = interval_chart(a_verdict(delta=delta, slices=(wild,) * 3), key="c")
        assert drawing
        for svg in roots(drawing.svg):
            width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
            for each in texts(svg).values():
                anchor = each.attributes.get("text-anchor", "start")
                half = 3.6 * len(each.text)
                centre = each.x + {"start": half, "middle": 0, "end": -half}[anchor]
                assert half - 6 <= centre <= width - half + 6, each
                assert 10 <= each.y <= height
