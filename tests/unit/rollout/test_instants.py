"""Facts about instants of a history, and clocks that are behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.rollout.instants import check_clock, is_day, later, seconds_of
from evalgate.rollout.overriding import instant

TEN = "2026-11-21T10:00:00Z"


@given(st.integers(0, 4_000_000_000))
def test_an_instant_that_is_written_is_read_again(seconds: int) -> None:
    assert seconds_of(instant(seconds)) == seconds


def test_a_day_is_its_beginning() -> None:
    assert seconds_of("2026-11-21") == seconds_of("2026-11-21T00:00:00Z") == 1_795_219_200.0
    assert is_day("2026-11-21")
    assert not is_day(TEN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-31",
        "2026-1-2",
        "2026-11-21T10:00:00",
        "2026-11-21T10:00:00+01:00",
        "2026-11-21 10:00:00Z",
        "2026-11-21T10:00Z",
        "2026-11-21T10:00:61Z",
        "0000-01-01",
        "20261121",
        " 2026-11-21",
        "2026-11-21\n",
        "\u0662\u0660\u0662\u0666-11-21",
    ],
)
def test_another_text_is_no_instant(text: str) -> None:
    assert seconds_of(text) is None
    assert not is_day(text)


def test_the_later_one_of_two_instants_is_an_instant() -> None:
    assert later(TEN, "2026-11-21T09:59:59Z") == TEN
    assert later("2026-11-21T09:59:59Z", TEN) == TEN
    assert later(TEN, "2026-11-21") == TEN
    assert later("2026-11-20T23:59:59Z", "2026-11-21") == "2026-11-21T00:00:00Z"
    assert later(TEN, "") == TEN
    assert later("", TEN) == ""


@pytest.mark.parametrize("last", ["", "2026-11-21", "2026-11-21T09:00:00Z", "2026-11-21T10:00:05Z"])
def test_a_clock_may_be_a_little_behind(last: str) -> None:
    check_clock(TEN, last, path="live.yaml")


@pytest.mark.parametrize("last", ["2026-11-21T10:00:06Z", "2026-11-22"])
def test_a_clock_that_is_far_behind_is_told_with_both_instants(last: str) -> None:
    with pytest.raises(UsageError, match=rf"says {TEN}, but .*live\.yaml is of {last}: set the"):
        check_clock(TEN, last, path="live.yaml")
