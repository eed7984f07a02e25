"""Facts about the scales of a board's charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.monitor_scales import clock, count_axis, score_ends

AT = 1_795_305_600.0
HOUR = 3600.0


def test_numbers_at_the_axis_of_time_are_whole_hours_of_utc() -> None:
    time = clock(AT - 24 * HOUR - 600, AT)
    axis = time.axis()
    assert [(each + time.since) % (6 * HOUR) for each in axis.ticks] == [0] * 5
    assert "%H:%M" in axis.label
    assert "%b" in clock(AT - 30 * 24 * HOUR, AT).axis().label


def test_an_instant_beyond_the_ends_stands_at_the_end() -> None:
    time = clock(AT - HOUR, AT)
    assert [time.place(each) for each in (AT - 2 * HOUR, AT - HOUR / 2, AT + 5)] == [
        0,
        HOUR / 2,
        HOUR,
    ]


@given(st.floats(60, 400 * 86_400))
def test_every_length_of_time_has_a_few_numbers(seconds: float) -> None:
    axis = clock(AT - seconds, AT).axis()
    assert len(axis.ticks) <= 6
    assert all(0 <= each <= axis.ends[1] for each in axis.ticks)


def test_no_time_at_all_is_a_minute() -> None:
    assert clock(AT, AT).axis().ends == (0.0, 60.0)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_all_scores_have_room(values: list[float]) -> None:
    low, high = score_ends(values)
    assert 0 <= low < high <= 100
    assert low <= 100 * min(values)
    assert 100 * max(values) <= high


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (0.004, 0.005), (1, 1), (7, 10), (1599, 2000), (2200, 2500)]
)
def test_a_scale_of_counts_ends_at_a_round_number(most: float, top: float) -> None:
    low, high = count_axis(most).ends
    assert (low, round(high, 9)) == (0.0, top)
