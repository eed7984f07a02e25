"""Facts about the chart of how a policy decides over the true drop."""

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.selftest import Spread
from evalgate.reporting.course_chart import HEIGHT, course_chart
from tests.unit.reporting.selftests import COURSES, course

ENDS = st.tuples(st.integers(0, 50), st.integers(0, 50))


def test_the_chart_is_told_in_words() -> None:
    assert course_chart(COURSES, Spread.DIFFUSE, max_drop=0.05).words == snapshot(
        "Over the true drop, when all cases get worse. At a drop of 0 points 95% pass, 2% fail and 3% stay undecided. At a drop of 5 points 3% pass, 80% fail and 17% stay undecided."
    )


def test_the_drops_of_one_spread_stand_in_order_with_nothing_at_the_beginning() -> None:
    drawn = course_chart(tuple(reversed(COURSES)), Spread.BROKEN, max_drop=0.05)
    assert [mark.label for mark in drawn.drops] == ["0", "2.5", "5", "10"]
    places = [mark.x for mark in drawn.drops]
    assert places == sorted(places)
    assert drawn.limit.x == drawn.drops[2].x


def test_there_is_a_curve_for_each_verdict_and_higher_means_more_often() -> None:
    drawn = course_chart(COURSES, Spread.BROKEN, max_drop=0.05)
    curves = {curve.kind: [point.y for point in curve.points] for curve in drawn.curves}
    assert set(curves) == {"pass", "fail", "inconclusive"}
    assert curves["pass"] == sorted(curves["pass"])
    assert curves["fail"] == sorted(curves["fail"], reverse=True)
    assert [len(curve.segments) for curve in drawn.curves] == [3, 3, 3]


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
    drawn = course_chart(courses, Spread.BROKEN, max_drop=limit)
    points = [point for curve in drawn.curves for point in curve.points]
    assert all(0 <= point.x <= 100 and 0 <= point.y <= HEIGHT for point in points)
    assert 0 <= drawn.limit.x <= 100
