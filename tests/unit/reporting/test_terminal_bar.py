"""Intervals as lines of characters."""

import re

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.verdict import Estimate
from evalgate.reporting.terminal_bar import ASCII, axis, bar, scale

fractions = st.floats(-1, 1).map(lambda value: round(value, 4))
intervals = st.tuples(fractions, fractions, fractions).map(sorted)
drops = st.floats(0, 1).map(lambda value: round(value, 4))


def test_intervals_with_their_limits_stand_on_one_scale() -> None:
    worse = Estimate(estimate=-0.075, low=-0.11, high=-0.04)
    better = Estimate(estimate=0.01, low=-0.02, high=0.04)
    on = scale([(worse, 0.05), (better, 0.05)], 40)
    drawn = [bar(worse, 0.05, on=on), bar(better, 0.05, on=on), axis([0.05, 0.05], on=on)]
    assert drawn == snapshot(
        [
            "━━━━━━━━━●━━━━━━┊━━          │",
            "                ┊      ━━━━━━│━●━━━━━━━━",
            "−11            −5            0        +4",
        ]
    )


def test_limits_that_differ_are_drawn_and_not_written() -> None:
    delta = Estimate(estimate=0.0, low=-0.1, high=0.1)
    on = scale([(delta, 0.05), (delta, 0.02)], 40)
    assert axis([0.05, 0.02], on=on).split() == ["−10", "0", "+10"]
    assert axis([0.05, 0.05], on=on).split() == ["−10", "−5", "0", "+10"]


def test_a_number_without_room_is_left_out_but_for_no_change() -> None:
    delta = Estimate(estimate=-0.5, low=-1.0, high=-0.01)
    on = scale([(delta, 0.005)], 24)
    assert axis([0.005], on=on).split() == ["−100", "0"]


@given(st.lists(st.tuples(intervals, drops), min_size=1, max_size=4), st.integers(24, 60))
def test_every_bar_shows_estimate_and_ends_within_the_width(
    found: list[tuple[list[float], float]], width: int
) -> None:
    given = [(Estimate(low=low, estimate=mid, high=high), drop) for (low, mid, high), drop in found]
    on = scale(given, width)
    numbers = axis([drop for _, drop in given], on=on)
    assert len(numbers) <= width
    assert all(re.fullmatch(r"[+−]?[0-9.]+", number) for number in numbers.split())
    assert "0" in numbers.split()  # which it is not where another number touches it
    for delta, drop in given:
        line = bar(delta, drop, on=on, pen=ASCII)
        assert len(line) <= width
        assert line[on.place(delta.estimate)] == "o"
        assert on.place(delta.low) <= on.place(delta.estimate) <= on.place(delta.high)
        assert line.isascii()
