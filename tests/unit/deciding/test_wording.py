"""Numbers as they read in a sentence."""

import pytest

from evalgate.deciding.wording import (
    between,
    counted,
    listed,
    percent,
    percent_above,
    percent_below,
    points,
)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.05, "5 points"),
        (-0.05, "5 points"),
        (0.01, "1 point"),
        (0.0449, "4.5 points"),
        (0.0004, "0.04 points"),
        (0.00000001, "0.0001 points"),
        (0.0, "0 points"),
        (1e-12, "0 points"),
        (1.0, "100 points"),
    ],
)
def test_points_are_short_and_never_round_a_change_to_nothing(fraction: float, text: str) -> None:
    assert points(fraction) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.9, "90%"),
        (0.29, "29%"),
        (0.89996, "89.9%"),
        (0.8254, "82.5%"),
        (1.0, "100%"),
        (0.0, "0%"),
    ],
)
def test_a_rate_just_under_a_number_does_not_read_as_that_number(
    fraction: float, text: str
) -> None:
    assert percent_below(fraction) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (12_345, "12,345 cases")]
)
def test_nouns_follow_their_number(number: int, text: str) -> None:
    assert counted(number, "case") == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcde"), "a, b, c, d and e"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_names_stand_in_a_row_and_the_sixth_is_only_counted(names: list[str], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-0.11, -0.04, "the drop is between 4 and 11 points"),
        (0.02, 0.05, "the gain is between 2 and 5 points"),
        (-0.11, 0.01, "the change is between a drop of 11 points and a gain of 1 point"),
    ],
)
def test_the_size_of_a_change_is_told_by_its_direction(low: float, high: float, text: str) -> None:
    assert between(low, high) == text


def test_a_bound_looks_like_the_limit_only_when_it_is() -> None:
    assert between(-0.0502, 0.01, apart_from=(0.05,)) == (
        "the change is between a drop of 5.02 points and a gain of 1 point"
    )
    assert between(-0.05, -0.0499, apart_from=(0.05,)) == "the drop is between 4.99 and 5 points"


@pytest.mark.parametrize(("fraction", "text"), [(0.05034, "5.1%"), (0.05, "5%"), (1.0, "100%")])
def test_an_upper_bound_of_a_rate_is_rounded_up(fraction: float, text: str) -> None:
    assert percent_above(fraction) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(44 / 49, "89.8%"), (0.5, "50%"), (0.0004, "<0.1%"), (0.9996, ">99.9%"), (1.0, "100%")],
)
def test_a_rate_by_itself_is_rounded_to_the_nearest(fraction: float, text: str) -> None:
    assert percent(fraction) == text
