"""Facts about how instants and lengths of time are written."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.instants import about, duration, iso, utc

DAY = 86_400


def test_an_instant_is_told_in_utc_to_the_minute_and_for_machines_to_the_second() -> None:
    assert utc(1_794_902_461.9) == "2026-11-17 08:01 UTC"
    assert iso(1_794_902_461.9) == "2026-11-17T08:01:01Z"


@pytest.mark.parametrize("instant", [None, inf, -inf, nan, -1.0, 1e15])
def test_what_has_no_date_is_a_dash_and_null(instant: float | None) -> None:
    assert utc(instant) == "–"
    assert iso(instant) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (59.9, "less than a minute"),
        (-5, "less than a minute"),
        (60, "1 min"),
        (3_569, "59 min"),
        (3_571, "1 h"),
        (12_000, "3 h 20 min"),
        (DAY - 31, "23 h 59 min"),
        (DAY - 29, "1 d"),
        (2.2 * DAY, "2 d 5 h"),
        (364.99 * DAY, "365 d"),
        (365 * DAY, "more than a year"),
        (inf, "more than a year"),
        (nan, "more than a year"),
    ],
)
def test_a_length_of_time_is_told_by_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0, 400 * DAY))
def test_no_unit_is_full(seconds: float) -> None:
    words = duration(seconds).split()
    for number, unit in zip(words[::2], words[1::2], strict=False):
        if unit == "min":
            assert int(number) < 60
        if unit == "h":
            assert int(number) < 24


def test_an_estimate_says_that_it_is_one() -> None:
    assert about(12_000) == "about 3 h 20 min"
    assert about(5) == "less than a minute"
    assert about(inf) == "more than a year"
