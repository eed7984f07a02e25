"""Facts about texts as scalars of YAML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.files import read_yaml
from evalgate.prompts.scalar_text import word, words


@given(st.text(max_size=80))
def test_a_text_is_read_again_at_the_end_of_a_line_in_a_mapping_and_as_a_key(text: str) -> None:
    written = f"a: {words(text)}\nb: {{c: {word(text)}}}\nd:\n  {word(text)}: 1\n"
    assert read_yaml("f", written.encode()).data == {"a": text, "b": {"c": text}, "d": {text: 1}}


@pytest.mark.parametrize("text", ["autumn", "claude-haiku-5-5", "v2"])
def test_a_plain_word_has_no_quotes(text: str) -> None:
    assert word(text) == words(text) == text


def test_only_a_text_at_the_end_of_a_line_may_hold_blanks_and_commas_plainly() -> None:
    assert words("slow, and wrong") == "slow, and wrong"
    assert word("slow, and wrong") == '"slow, and wrong"'
