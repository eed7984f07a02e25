import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.verdict import Estimate
from evalgate.reporting.interval_chart import IntervalChart, interval_chart

BOUNDS = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted)


def chart(low: float, estimate: float, high: float, max_drop: float = 0.05) -> IntervalChart:
    return interval_chart(Estimate(estimate=estimate, low=low, high=high), max_drop)


@given(BOUNDS, st.floats(0.001, 1))
def test_marks_stand_in_the_order_of_their_values_and_inside_the_drawing(
    bounds: list[float], max_drop: float
) -> None:
    low, estimate, high = bounds
    drawn = chart(low, estimate, high, max_drop)
    assert 0 <= drawn.low.x <= drawn.estimate.x <= drawn.high.x <= 100
    assert 0 <= drawn.limit.x <= drawn.zero.x <= 100
    assert all(0 <= tick.x <= 100 for tick in drawn.ticks)
    assert 1 <= len(drawn.ticks) <= 8


def test_the_limit_lies_between_a_drop_beyond_it_and_no_change() -> None:
    drawn = chart(-0.11, -0.075, -0.04)
    assert drawn.low.x < drawn.estimate.x < drawn.limit.x < drawn.high.x < drawn.zero.x
    assert (drawn.low.label, drawn.estimate.label, drawn.high.label) == ("−11", "−7.5", "−4")


def test_ticks_are_round_numbers_at_their_places() -> None:
    drawn = chart(-0.11, -0.075, -0.04)
    assert [tick.label for tick in drawn.ticks] == snapshot(
        ["−10", "−8", "−6", "−4", "−2", "0", "+2"]
    )
    assert drawn.ticks[5].x == drawn.zero.x


def test_the_drawing_is_told_in_words() -> None:
    assert chart(-0.11, -0.075, -0.04).words == snapshot(
        "The change is estimated at −7.5 points; the pass rate is between 4 and 11 points lower. "
        "The limit is −5 points."
    )


@pytest.mark.parametrize(("value", "anchor"), [(-0.2, "start"), (0.2, "end")])
def test_a_label_stands_on_the_side_that_has_room(value: float, anchor: str) -> None:
    drawn = chart(-0.2, value, 0.2)
    assert drawn.estimate.anchor == anchor
    assert (drawn.estimate.label_x > drawn.estimate.x) is (anchor == "start")
