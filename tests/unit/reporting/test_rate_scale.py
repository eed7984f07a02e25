"""Facts about rates that are drawn on a scale."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.track import TrackPoint
from evalgate.reporting.rate_scale import drawn, scale_of, title_of
from evalgate.reporting.text_scale import Scale


def point(low: float, rate: float, high: float) -> TrackPoint:
    return TrackPoint(
        at="",
        commit="",
        version="v1",
        version_hash="h",
        models=(),
        trials=1,
        rate=rate,
        low=low,
        high=high,
    )


WHOLE = Scale(least=0.0, most=1.0, width=11)


def test_a_rate_stands_between_its_bounds() -> None:
    assert drawn(point(0.2, 0.5, 0.8), WHOLE) == "  ├──●──┤  "
    assert drawn(point(0.2, 0.5, 0.8), WHOLE, ascii_only=True) == "  |--*--|  "


def test_a_rate_at_an_end_covers_it() -> None:
    assert drawn(point(0.7, 1.0, 1.0), WHOLE) == "       ├──●"
    assert drawn(point(0.0, 0.0, 0.3), WHOLE) == "●──┤       "
    assert drawn(point(0.5, 0.51, 0.52), WHOLE) == "     ●     "


def test_the_scale_holds_all_bounds_in_steps_of_ten_points() -> None:
    scale = scale_of([point(0.72, 0.8, 0.85), point(0.61, 0.7, 0.79)], 20)
    assert (round(scale.least, 9), round(scale.most, 9)) == (0.6, 0.9)
    assert title_of(scale) == "60%              90%"


def test_the_scale_is_never_empty() -> None:
    for rate in (0.0, 0.3, 1.0):
        scale = scale_of([point(rate, rate, rate)], 10)
        assert scale.most - scale.least > 0.09
        assert scale.least <= rate <= scale.most


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(10, 60))
def test_a_line_is_as_wide_as_the_scale_and_has_one_mark(rates: list[float], width: int) -> None:
    low, rate, high = sorted(rates)
    one = point(low, rate, high)
    scale = scale_of([one], width)
    line = drawn(one, scale)
    assert len(line) == len(title_of(scale)) == width
    assert line.count("●") == 1


def test_an_end_that_is_a_full_step_but_for_rounding_is_one() -> None:
    scale = scale_of([point(1 - 0.9, 0.25, 0.1 + 0.2)], 20)
    assert title_of(scale) == "10%              30%"
