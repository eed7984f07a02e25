"""Facts about courses drawn as one line of characters."""

from evalgate.reporting.sparkline import ASCII, sparkline, thinned


def test_the_least_and_the_most_are_the_ends_of_the_scale() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([0.0, 10.0], pens=ASCII) == "_#"


def test_the_scale_may_be_given_and_what_is_beyond_stands_at_its_ends() -> None:
    assert sparkline([-5, 0, 50, 100, 500], least=0, most=100) == "▁▁▅██"


def test_a_gap_is_blank_and_a_flat_course_is_in_the_middle() -> None:
    assert sparkline([1.0, None, 1.0]) == "▅ ▅"
    assert sparkline([None, None]) == "  "
    assert sparkline([]) == ""


def test_many_values_become_the_means_of_neighbours() -> None:
    assert thinned([1.0, 3.0, 5.0, 7.0], 2) == [2.0, 6.0]
    assert thinned([1.0, None, None, None], 2) == [1.0, None]
    assert thinned([1.0, 2.0], 5) == [1.0, 2.0]
