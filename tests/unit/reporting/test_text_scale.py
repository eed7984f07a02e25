"""Where a number stands on a line of characters."""

from evalgate.reporting.text_scale import Scale


def test_numbers_stand_in_proportion_and_those_beyond_at_the_ends() -> None:
    scale = Scale(least=-1.0, most=1.0, width=5)
    assert [scale.place(value) for value in (-2.0, -1.0, 0.0, 0.4, 1.0, 9.0)] == [0, 0, 2, 3, 4, 4]
