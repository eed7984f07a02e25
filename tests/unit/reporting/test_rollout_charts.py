"""Facts about the charts of how the evidence of a rollout grew."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.rollout import CriterionEvidence, RolloutReport, Snapshot, Step
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.rollout_charts import (
    MOST_DRAWN,
    evidence_chart,
    rise_chart,
    thinned,
)
from tests.unit.reporting.drawings import Seen, drawn_with, parts, roots, texts
from tests.unit.reporting.rollouts import (
    HOUR,
    START,
    course,
    every,
    healthy,
    hostile,
    promoted,
    ready,
    worse,
)

Chart = Callable[..., Drawing | None]
CHARTS = [rise_chart, evidence_chart]


def svg_of(chart: Chart, report: RolloutReport, number: int = 0) -> Xml.Element:
    drawing = chart(report.evidence.criteria[number], report, key="c")
    assert drawing is not None
    return roots(drawing.svg)[0]


def with_course(report: RolloutReport, *snapshots: Snapshot) -> RolloutReport:
    quality = replace(report.evidence.criteria[0], course=snapshots)
    return replace(report, evidence=replace(report.evidence, criteria=(quality,)))


def seen(at: float, rise: float = 0.0, low: float = -0.1, high: float = 0.1) -> Snapshot:
    return Snapshot(at=at, units=10, rise=rise, low=low, high=high, harm=1.0, proof=2.0)


def ends(svg: Xml.Element, fill: str) -> list[Seen]:
    """The marks at the ends of the lines of one colour."""
    return [
        each
        for each in parts(svg)
        if each.tag == "path"
        and each.attributes.get("fill") == each.attributes.get("stroke") == fill
    ]


def test_the_rise_is_told_in_words() -> None:
    drawing = rise_chart(worse().evidence.criteria[0], worse(), key="c")
    assert drawing is not None
    assert drawing.words == snapshot(
        "Quality: the rise of failures over time. At 2026-11-17 19:00 UTC it is +16.2 points, between +9.7 and +22.8; the limit is +5. Share of the traffic: 5 % from 2026-11-17 08:00 UTC, 25 % from 2026-11-17 14:00 UTC."
    )
    assert roots(drawing.svg)[0][0].text == drawing.words


def test_the_evidence_is_told_in_words() -> None:
    drawing = evidence_chart(promoted().evidence.criteria[0], promoted(), key="c")
    assert drawing is not None
    assert drawing.words == snapshot(
        "Quality: the evidence over time. Proof of no harm: over 1M of 40 needed. Evidence of harm, at its highest: 1.4 of 20 at which all criteria together roll back. Share of the traffic: 5 % from 2026-11-17 08:00 UTC, 25 % from 2026-11-17 14:00 UTC, 50 % from 2026-11-17 20:00 UTC, 100 % from 2026-11-19 04:00 UTC."
    )


@pytest.mark.parametrize("chart", CHARTS)
def test_without_a_course_there_is_nothing_to_draw(chart: Chart) -> None:
    report = with_course(healthy())
    assert chart(report.evidence.criteria[0], report, key="c") is None


@pytest.mark.parametrize("chart", CHARTS)
def test_one_snapshot_is_a_chart(chart: Chart) -> None:
    svg = svg_of(chart, with_course(healthy(), seen(START + HOUR)))
    assert len(ends(svg, "var(--accent)")) == 1


def test_the_rise_stands_between_its_bounds_and_higher_is_more() -> None:
    svg = svg_of(rise_chart, with_course(healthy(), seen(START, 0.1), seen(START + HOUR, 0.02)))
    (now,) = ends(svg, "var(--accent)")
    bound = drawn_with(svg, "var(--accent)")[0]
    low, high = sorted((bound.y, bound.y + float(bound.attributes.get("y2", 0))))
    assert low < now.y < high
    labels = texts(svg)
    assert labels["limit +5"].y < now.y < labels["0"].y


def test_the_limit_and_what_lies_beyond_it_are_told_by_dashes_and_hatching() -> None:
    svg = svg_of(rise_chart, healthy())
    limit = [each for each in drawn_with(svg, "var(--bad)") if each.tag == "line"]
    assert [each.attributes.get("stroke-dasharray") for each in limit] == ["5,4"]
    hatched = [each for each in parts(svg) if each.attributes.get("fill") == "url(#c-hatch)"]
    assert len(hatched) == 1
    assert hatched[0].y <= limit[0].y


def test_proof_and_harm_are_told_apart_by_shape_and_dashes() -> None:
    svg = svg_of(evidence_chart, worse())
    (proof,), (harm,) = ends(svg, "var(--accent)"), ends(svg, "var(--bad)")
    assert proof.attributes["d"] != harm.attributes["d"]
    assert harm.y < proof.y
    dashed = [
        each
        for each in drawn_with(svg, "var(--bad)")
        if each.attributes.get("stroke-dasharray") == "6,3"
    ]
    assert len(dashed) == 1
    assert {"● proof", "◆ harm", "needed 11", "back at 20"} <= set(texts(svg))


def test_harm_is_drawn_as_what_it_adds_to_the_whole() -> None:
    report = with_course(healthy(), seen(START), seen(START + HOUR))
    heights = []
    for weight in (1.0, 0.1):
        quality = replace(report.evidence.criteria[0], weight=weight)
        drawing = evidence_chart(quality, report, key="c")
        assert drawing is not None
        heights.append(ends(roots(drawing.svg)[0], "var(--bad)")[0].y)
    assert heights[0] < heights[1]


def test_each_step_has_its_share_and_the_proof_that_it_needed() -> None:
    svg = svg_of(evidence_chart, promoted())
    labels = texts(svg)
    places = [labels[share].x for share in ("5 %", "25 %", "50 %", "100 %")]
    assert places == sorted(places)
    needed = [each for each in drawn_with(svg, "var(--good)") if each.tag == "line"]
    assert len(needed) == 3
    heights = [each.y for each in needed]
    assert heights == sorted(set(heights), reverse=True)


def test_a_drawing_has_ten_times_the_evidence_at_even_distances() -> None:
    report = with_course(healthy(), seen(START), seen(START + HOUR))
    heights = []
    for proof in (1.0, 10.0, 100.0):
        snapshots = (seen(START), replace(seen(START + HOUR), proof=proof), seen(START))
        fixed = replace(seen(START), proof=1_000.0)
        told = with_course(report, fixed, *snapshots[:2])
        heights.append(ends(svg_of(evidence_chart, told), "var(--accent)")[0].y)
    first, second = (before - after for before, after in pairwise(heights))
    assert first > 0
    assert first == pytest.approx(second, abs=0.1)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("name", [name for name, each in every().items() if each.evidence.split])
def test_everything_stands_inside_of_the_drawing_and_no_text_on_another(
    chart: Chart, name: str
) -> None:
    report = every()[name]
    for number in (0, 4):
        svg = svg_of(chart, report, number)
        width, height = (float(svg.attrib[side]) for side in ("width", "height"))
        assert all(0 <= each.x <= width and 0 <= each.y <= height for each in parts(svg))
        check_apart(svg, width)


def check_apart(svg: Xml.Element, width: float) -> None:
    """No label at the top or at the right runs into another one or out of the drawing."""
    labels = [each for each in parts(svg) if each.tag == "text" and each.attributes]
    at_right = [each for each in labels if each.x > 280]
    for each in at_right:
        assert each.x + 7 * len(each.text) <= width
    heights = sorted(each.y for each in at_right)
    assert all(after - before >= 14 for before, after in pairwise(heights))
    for level in {each.y for each in labels if each.text.endswith(" %")}:
        row = sorted((each for each in labels if each.y == level), key=lambda each: each.x)
        assert all(one.x + 6 * len(one.text) <= two.x for one, two in pairwise(row))


@pytest.mark.parametrize("chart", CHARTS)
def test_shares_that_changed_almost_at_once_are_not_written_over_each_other(chart: Chart) -> None:
    report = healthy()
    shares = tuple(
        Step(percent=1.0 + number, since=START + 60 * number, until=START + 60 * (number + 1))
        for number in range(6)
    )
    crowded = replace(report, rollout=replace(report.rollout, steps=shares))
    svg = svg_of(chart, crowded)
    check_apart(svg, float(svg.attrib["width"]))
    assert {"1 %", "2 %"} <= set(texts(svg))
    drawing = chart(crowded.evidence.criteria[0], crowded, key="c")
    assert drawing is not None
    assert "6 % from 2026-11-17 08:05 UTC" in drawing.words


@pytest.mark.parametrize("length", [1, 2, 200, MOST_DRAWN, MOST_DRAWN + 1, 5_000])
def test_of_a_long_course_some_snapshots_are_drawn_and_both_ends(length: int) -> None:
    whole = course(since=START, until=START + HOUR, units=500, rise=0.0, most=0.05, length=length)
    shown = thinned(whole)
    assert len(shown) == min(length, MOST_DRAWN)
    assert (shown[0], shown[-1]) == (whole[0], whole[-1])
    assert [each.at for each in shown] == sorted({each.at for each in shown})


@settings(deadline=None, max_examples=10)
@given(
    st.lists(
        st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1e20), st.floats(0, 1e20)),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_the_numbers_nothing_leaves_the_drawing(
    values: list[tuple[float, float, float, float]],
) -> None:
    snapshots = [
        Snapshot(
            at=START + HOUR * number,
            units=2,
            rise=rise,
            low=max(-1.0, rise - half),
            high=min(1.0, rise + half),
            harm=harm,
            proof=proof,
        )
        for number, (rise, half, harm, proof) in enumerate(values)
    ]
    report = with_course(ready(), *snapshots)
    for chart in CHARTS:
        svg = svg_of(chart, report)
        width, height = (float(svg.attrib[side]) for side in ("width", "height"))
        assert all(0 <= each.x <= width and 0 <= each.y <= height for each in parts(svg))
        paths = [each.attributes["d"] for each in parts(svg) if each.tag == "path"]
        assert all("NaN" not in each and "e+" not in each for each in paths)


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_from_outside_is_drawn(chart: Chart) -> None:
    report = hostile()
    drawing = chart(report.evidence.criteria[0], report, key="c")
    assert drawing is not None
    assert "script" not in drawing.svg


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_evidence_gives_the_same_bytes(chart: Chart) -> None:
    def drawn(each: CriterionEvidence) -> Drawing | None:
        return chart(each, ready(), key="c")

    assert drawn(ready().evidence.criteria[0]) == drawn(ready().evidence.criteria[0])
