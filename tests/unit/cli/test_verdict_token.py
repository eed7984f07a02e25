"""Facts about the token of the server of verdicts: what is of no use never opens the door."""

import pytest

from evalgate.cli.verdict_token import TOKEN, verdict_token
from evalgate.errors import UsageError


def test_without_the_variable_there_is_no_token() -> None:
    assert verdict_token({}) == ""


def test_the_line_break_of_a_file_is_no_part_of_a_token() -> None:
    assert verdict_token({TOKEN: "s3cret-word\n"}) == "s3cret-word"


@pytest.mark.parametrize("value", ["", " ", "\n", "two words", "caf\xe9", "a\x00b", "a\tb"])
def test_a_token_that_is_set_and_of_no_use_is_an_error_that_does_not_tell_it(value: str) -> None:
    with pytest.raises(UsageError, match="EVALGATE_VERDICT_TOKEN is set") as caught:
        verdict_token({TOKEN: value})
    assert not value.strip() or value.strip() not in str(caught.value)
