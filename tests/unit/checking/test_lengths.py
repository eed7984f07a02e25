"""Facts about guessing tokens."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.checking.lengths import tokens


def test_three_letters_of_an_alphabet_make_a_token() -> None:
    assert (tokens(""), tokens("abc"), tokens("abcd")) == (0, 1, 2)


def test_an_ideograph_counts_for_itself() -> None:
    assert tokens("返品は可能") == 5
    assert tokens("주전자") == 3


@given(st.text(), st.text())
def test_more_text_never_has_fewer_tokens(one: str, other: str) -> None:
    assert max(tokens(one), tokens(other)) <= tokens(one + other) <= tokens(one) + tokens(other)
