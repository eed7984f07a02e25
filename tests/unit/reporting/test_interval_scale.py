"""Facts about the scale on which intervals stand."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.verdict import Estimate
from evalgate.reporting.interval_scale import scale_of


def estimate(low: float, middle: float, high: float) -> Estimate:
    return Estimate(estimate=middle, low=low, high=high)


ESTIMATES = (
    st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted).map(lambda each: estimate(*each))
)


@given(ESTIMATES, st.lists(ESTIMATES, max_size=4), st.floats(0.001, 1), st.integers(4, 9))
def test_the_whole_the_limit_no_change_and_every_estimate_are_in_sight(
    whole: Estimate, parts: list[Estimate], max_drop: float, ticks: int
) -> None:
    scale = scale_of(whole, parts, max_drop=max_drop, ticks=ticks)
    shown = [0.0, -max_drop, whole.low, whole.high, *(each.estimate for each in [whole, *parts])]
    assert all(0 < scale.place(100 * value) < 1 for value in shown)
    assert 1 <= len(scale.ticks) <= ticks
    assert all(0 <= scale.place(tick) <= 1 for tick in scale.ticks)
    assert 0 in scale.ticks


def test_there_is_a_scale_where_nothing_may_drop_and_nothing_does() -> None:
    scale = scale_of(estimate(0.0, 0.0, 0.0), [], max_drop=0.0, ticks=8)
    assert scale.least < 0 < scale.most
    assert scale.place(0.0) == 0.5


def test_ticks_are_round_numbers() -> None:
    scale = scale_of(estimate(-0.11, -0.075, -0.04), [], max_drop=0.05, ticks=8)
    assert scale.ticks == (-10, -8, -6, -4, -2, 0, 2)


def test_a_wide_interval_of_a_small_part_does_not_dwarf_the_whole() -> None:
    whole, part = estimate(-0.04, 0.0, 0.04), estimate(-1.0, 0.0, 1.0)
    scale = scale_of(whole, [part], max_drop=0.05, ticks=8)
    assert -17 < scale.least < -15
    assert 15 < scale.most < 17


def test_a_part_that_fits_is_shown_whole() -> None:
    whole, part = estimate(-0.04, 0.0, 0.04), estimate(-0.1, 0.0, 0.12)
    scale = scale_of(whole, [part], max_drop=0.05, ticks=8)
    assert scale.place(-10) > 0
    assert scale.place(12) < 1
