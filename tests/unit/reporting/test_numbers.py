import pytest

from evalgate.reporting.numbers import (
    count,
    milliseconds,
    money,
    percent,
    points,
    signed_points,
    tally,
)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.05, "5"), (0.0423, "4.2"), (-0.11, "−11"), (0.0, "0"), (1.0, "100"), (-0.00001, "−0.001")],
)
def test_points_have_one_decimal_and_more_only_where_they_would_look_like_none(
    fraction: float, text: str
) -> None:
    assert points(fraction) == text


def test_points_get_more_decimals_until_they_no_longer_look_like_the_limit() -> None:
    assert points(-0.0502, apart_from=(-0.05,)) == "−5.02"
    assert points(-0.0003, apart_from=(-0.05, 0.0)) == "−0.03"


def test_points_that_are_the_limit_look_like_it() -> None:
    assert points(-0.05, apart_from=(-0.05, 0.0)) == "−5"


@pytest.mark.parametrize(
    ("fraction", "text"), [(0.013, "+1.3"), (-0.013, "−1.3"), (0.0, "0"), (0.00001, "+0.001")]
)
def test_signed_points_show_a_gain_with_a_plus(fraction: float, text: str) -> None:
    assert signed_points(fraction) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "–"),
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.9417, "94.2%"),
        (0.9996, ">99.9%"),
        (1.0, "100%"),
    ],
)
def test_only_exactly_all_reads_as_a_hundred_percent(rate: float | None, text: str) -> None:
    assert percent(rate) == text


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (None, "unknown"),
        (0.0, "$0"),
        (0.00001, "<$0.0001"),
        (0.0132, "$0.0132"),
        (1.5, "$1.50"),
        (12345.678, "$12,345.68"),
    ],
)
def test_an_unknown_cost_is_not_zero(usd: float | None, text: str) -> None:
    assert money(usd) == text


@pytest.mark.parametrize(("value", "text"), [(840, "840 ms"), (1000, "1 s"), (2149, "2.1 s")])
def test_long_durations_are_in_seconds(value: int, text: str) -> None:
    assert milliseconds(value) == text


def test_a_count_takes_the_plural_and_separates_thousands() -> None:
    assert [count(1, "case"), count(0, "case"), count(5000, "case")] == [
        "1 case",
        "0 cases",
        "5,000 cases",
    ]
    assert count(2, "retry", "retries") == "2 retries"


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ((), "not graded"),
        ((1.0, 0.0, 1.0), "2 of 3 passed"),
        ((0.5, 0.75), "score 0.62"),
    ],
)
def test_a_tally_counts_passes_and_averages_scores(outcomes: tuple[float, ...], text: str) -> None:
    assert tally(outcomes) == text
