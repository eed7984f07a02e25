"""Facts about the words around an answer from the log."""

import pytest

from evalgate.model.log_answer import Account
from evalgate.model.log_question import Key
from evalgate.reporting.logs_told import (
    account_sentence,
    choice_sentence,
    instant_text,
    key_texts,
    reading_sentences,
    size,
    value_text,
)
from tests.unit.reporting.logs_examples import ACCOUNT, HOUR, told


def test_an_hour_and_a_day_are_written_by_their_beginning() -> None:
    assert value_text(Key.HOUR, HOUR) == "2026-11-21T12:00Z"
    assert value_text(Key.DAY, HOUR // 24) == "2026-11-21"
    assert value_text(Key.USER, None) is None
    assert key_texts(told("cost", Key.ARM, Key.HOUR).question, ("canary", HOUR)) == {
        "arm": "canary",
        "hour": "2026-11-21T12:00Z",
    }


def test_the_account_can_be_added_up() -> None:
    assert account_sentence(ACCOUNT) == (
        "10 lines = 6 calls + 1 event + 1 unreadable + 1 of another schema + 1 empty"
    )


def test_what_was_not_read_is_told() -> None:
    assert list(reading_sentences(told("cost"))) == [
        "read 2 files, 1.2 MB by DuckDB",
        "passed over 3 files of other days",
        "passed over 1 file whose lines are in another one",
        "1 call not asked for",
    ]
    growing = told("cost", account=Account(growing=1))
    assert "grew meanwhile" in "; ".join(reading_sentences(growing))


def test_the_choice_is_told() -> None:
    assert choice_sentence(told("cost").question) == (
        "user none or ab, arm canary, from 2026-11-21T12:00:00Z"
    )
    assert instant_text(None) is None


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (65e9, "65.0 GB")]
)
def test_a_size_is_written_in_its_unit(number: int, text: str) -> None:
    assert size(number) == text
