"""Facts about the chart of how a policy decides over the true drop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.selftest import Spread
from evalgate.reporting.course_chart import course_chart
from tests.unit.reporting.drawings import parts, roots, texts
from tests.unit.reporting.selftests import COURSES, course

ENDS = st.tuples(st.integers(0, 50), st.integers(0, 50))
CURVES = ("var(--good)", "var(--bad)", "var(--open)")


def test_the_chart_is_told_in_words() -> None:
    drawing = course_chart(COURSES, Spread.DIFFUSE, max_drop=0.05, key="c")
    assert drawing.words == snapshot(
        "Over the true drop, when all cases get worse. At a drop of 0 points 95% pass, 2% fail and 3% stay undecided. At a drop of 5 points 3% pass, 80% fail and 17% stay undecided."
    )
    assert roots(drawing.svg)[0][0].text == drawing.words


def test_the_drops_of_one_spread_stand_in_order_with_nothing_at_the_beginning() -> None:
    drawing = course_chart(tuple(reversed(COURSES)), Spread.BROKEN, max_drop=0.05, key="c")
    seen = texts(roots(drawing.svg)[0])
    places = [seen[drop].x for drop in ("0", "2.5", "5", "10")]
    assert places == sorted(places)
    assert seen["limit 5"].x == pytest.approx(seen["5"].x, abs=1)


def test_there_is_a_curve_for_each_verdict_told_apart_by_shape_and_dashes() -> None:
    drawing = course_chart(COURSES, Spread.BROKEN, max_drop=0.05, key="c")
    (svg,) = roots(drawing.svg)
    paths = [
        each
        for each in parts(svg)
        if each.tag == "path" and each.attributes.get("stroke") in CURVES and each.text == ""
    ]
    lines = [each for each in paths if each.attributes["d"].count("L") == 3]
    lines = [each for each in lines if "Z" not in each.attributes["d"]]
    assert {each.attributes["stroke"] for each in lines} == set(CURVES)
    assert [each.attributes.get("stroke-dasharray", "") for each in lines].count("6,4") == 1
    marks = [each for each in paths if each.attributes["d"].endswith("Z")]
    marks += [each for each in paths if "A" in each.attributes["d"]]
    assert len({each.attributes["d"] for each in marks}) == 3


def test_higher_means_more_often() -> None:
    drawing = course_chart(COURSES, Spread.BROKEN, max_drop=0.05, key="c")
    marks = [
        each
        for each in parts(roots(drawing.svg)[0])
        if each.attributes.get("fill") == "var(--good)" and each.tag == "path"
    ]
    assert len(marks) == 4
    heights = [each.y for each in marks]
    assert heights == sorted(heights)
    assert [each.x for each in marks] == sorted(each.x for each in marks)


@settings(deadline=None, max_examples=25)
@given(st.lists(ENDS, min_size=1, max_size=5), st.floats(0.005, 0.5))
def test_everything_stands_inside_of_the_drawing(ends: list[tuple[int, int]], limit: float) -> None:
    courses = [
        course(
            number * 0.05,
            Spread.BROKEN if number else Spread.NONE,
            passed=passed,
            failed=failed,
            runs=100,
        )
        for number, (passed, failed) in enumerate(ends)
    ]
    drawing = course_chart(courses, Spread.BROKEN, max_drop=limit, key="c")
    (svg,) = roots(drawing.svg)
    assert all(
        0 <= each.x <= float(svg.attrib["width"]) and 0 <= each.y <= float(svg.attrib["height"])
        for each in parts(svg)
    )


@settings(deadline=None, max_examples=25)
@given(ENDS)
def test_curves_are_named_where_they_end_apart_from_each_other(ends: tuple[int, int]) -> None:
    passed, failed = ends
    courses = [
        course(0.0, Spread.NONE, passed=100, failed=0, runs=100),
        course(0.1, Spread.BROKEN, passed=passed, failed=failed, runs=100),
    ]
    seen = texts(roots(course_chart(courses, Spread.BROKEN, max_drop=0.05, key="c").svg)[0])
    heights = {name: seen[name].y for name in ("● passes", "■ blocked", "◇ undecided")}
    ordered = sorted(heights.values())
    assert ordered[1] - ordered[0] >= 14
    assert ordered[2] - ordered[1] >= 14
    assert ordered[2] <= seen["0%"].y + 1
    if passed > failed:
        assert heights["● passes"] < heights["■ blocked"]
