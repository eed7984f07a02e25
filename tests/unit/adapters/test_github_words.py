"""Facts about GitHub's words in messages."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.github_exchange import Response
from evalgate.adapters.github_words import message_of, one_line, shortened


def said(body: object) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return message_of(Response(place="GET x", status=422, headers={}, body=content))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "Not Found"}, "Not Found"),
        ({"message": "Bad", "errors": ["one", "two"]}, "Bad: one; two"),
        ({"message": "Bad", "errors": [{"message": "too long"}]}, "Bad: too long"),
        ({"message": "Bad", "errors": [{"field": "head", "code": "invalid"}]}, "Bad: head invalid"),
        ({"message": "Bad", "errors": [{}, 3, None]}, "Bad"),
        ({"message": "Bad", "errors": "odd"}, "Bad"),
        ({"message": 5}, ""),
        (["message"], ""),
        (b"<html>503</html>", ""),
        (b"", ""),
        (b"\xff\xfe\xfd", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_the_message_and_its_details_are_told(body: object, message: str) -> None:
    assert said(body) == message


def test_of_many_details_the_first_are_told() -> None:
    assert said({"message": "Bad", "errors": [str(n) for n in range(99)]}) == "Bad: 0; 1; 2; 3; 4"


@given(st.text())
def test_a_line_is_one_line_of_printable_characters(text: str) -> None:
    line = one_line(text, 20)
    assert len(line) <= 20
    assert all(character.isprintable() for character in line)


def test_a_line_hides_nothing_and_is_cut() -> None:
    assert one_line("a\n\x1b[31m\u202eb\x00 c") == "a [31m b c"
    assert one_line("x" * 10_000_000, 5) == "xxxx…"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("short", "short"),
        ("exactly 12 c", "exactly 12 c"),
        ("exactly  12\nc", "exactly 12 c"),
        ("one two three four", "one two…"),
        ("one two and more", "one two and…"),
        ("unbreakabletext", "unbreakable…"),
        ("a unbreakabletext", "a unbreakab…"),
        ("", ""),
    ],
)
def test_a_description_is_cut_between_words(text: str, cut: str) -> None:
    assert shortened(text, 12) == cut


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_a_description_is_never_too_long(text: str, longest: int) -> None:
    assert len(shortened(text, longest)) <= longest
