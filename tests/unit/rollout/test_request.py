"""Facts about reading what a promotion is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.rollout.request import FULL, MOST_REASON, no_prompt
from tests.unit.rollout.asked import asked


@pytest.mark.parametrize(
    ("text", "share"),
    [("5", 500), ("100", 10_000), ("0.01", 1), ("2.5", 250), ("12.34", 1234), ("100.00", 10_000)],
)
def test_a_share_is_counted_in_hundredths_of_a_percent(text: str, share: int) -> None:
    assert asked("v2", text).share == share
    assert asked("v2", text).percent == float(text)


WRONG = ["", "0", "0.00", "100.01", "101", "1000", "-5", "+5", "5.", ".5", "5.123", "1e1", "nan"]
WRONG += ["inf", "0x10", "\u0665", "5 ", "five", "05", "5,5", "5\n", "9" * 100_000]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_share_is_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"^percent: expected a number above 0") as caught:
        asked("v2", text)
    assert len(str(caught.value)) < 200


def test_a_sign_of_percent_is_told_to_be_left_out() -> None:
    with pytest.raises(UsageError, match=r"got `25%`: write 25$"):
        asked("v2", "25%")


@given(st.integers(1, FULL))
def test_every_share_is_read_from_how_it_is_written(share: int) -> None:
    assert asked("v2", f"{share / 100:g}").share == share


@given(st.text(max_size=20))
def test_any_text_is_a_share_or_an_error_of_usage(text: str) -> None:
    try:
        assert 0 < asked("v2", text).share <= FULL
    except UsageError as error:
        assert str(error).startswith("percent: ")  # noqa: PT017 - either may come


def test_a_missing_prompt_or_version_is_named() -> None:
    with pytest.raises(UsageError, match=r"^prompt: expected"):
        asked("v2", "5", prompt="")
    with pytest.raises(UsageError, match=r"^version: expected"):
        asked("", "5")


def test_a_reason_has_a_limit() -> None:
    assert asked("v2", "5", reason="x" * MOST_REASON).reason == "x" * MOST_REASON
    with pytest.raises(UsageError, match=r"^reason: expected at most 500 .* got 501: shorten it"):
        asked("v2", "5", reason="x" * (MOST_REASON + 1))


def test_half_a_character_is_replaced_since_no_file_can_hold_it() -> None:
    assert asked("v2", "5", reason="a\ud800b").reason == "a?b"


def test_an_unknown_prompt_is_told_with_the_nearest() -> None:
    assert str(no_prompt("refnd", ["refund", "reply"], at="abc")) == (
        "prompt: there is no prompt `refnd` at abc (did you mean `refund`?)"
    )
    assert str(no_prompt("x", [], at="abc")).endswith("at abc: there is no prompt at all")
