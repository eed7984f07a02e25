import unicodedata
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.visible import (
    ended,
    excerpt,
    inert_in_logs,
    on_one_line,
    short,
    shorter,
    visible,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\x00", "␀"),
        ("\x1b[31m", "␛[31m"),
        ("\x7f", "␡"),
        ("\u202e", "⟨U+202E⟩"),
        ("\u200b", "⟨U+200B⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("a\rb", "a␍b"),
    ],
)
def test_what_is_hidden_is_replaced_by_a_symbol(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


def test_ordinary_text_of_any_script_stays_as_it_is() -> None:
    text = "a\tb\nنعم 日本語 👩‍🚀 ❤️ é"
    assert visible(text) == text


def test_windows_line_ends_become_plain_ones() -> None:
    assert visible("a\r\nb") == "a\nb"


@given(ANY_TEXT)
def test_visible_text_can_be_written_to_any_file_and_into_xml(text: str) -> None:
    shown = visible(text)
    shown.encode()
    element = Xml.Element("a")
    element.text = shown
    assert Xml.fromstring(Xml.tostring(element)).text == (shown or None)  # noqa: S314 - our own


@given(ANY_TEXT)
def test_visible_text_has_no_control_characters_and_is_visible_already(text: str) -> None:
    shown = visible(text)
    assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}} <= {"\n", "\t"}
    assert visible(shown) == shown


def test_an_excerpt_says_how_much_is_missing() -> None:
    part = excerpt("x" * 25_000, 20_000)
    assert (len(part.text), part.note) == (20_000, "5,000 more characters not shown")
    assert shorter(part, 100).left_out == 24_900


def test_an_excerpt_of_a_short_text_has_no_note() -> None:
    assert excerpt("short", 20).note == ""


def test_a_line_is_cut_with_an_ellipsis_and_has_no_breaks() -> None:
    assert on_one_line("one\n two\x00   three four", 12) == "one two␀ th…"


def test_digests_are_shortened_and_names_are_not() -> None:
    assert [short("0123456789abcdef" * 4), short("the work tree")] == [
        "0123456789ab",
        "the work tree",
    ]


def test_a_workflow_command_is_broken_at_the_start_of_any_line() -> None:
    broken = inert_in_logs("::error::a\n  ::warning::b\n##[group]c\nsee a::b")
    assert broken == ":\u200b:error::a\n  :\u200b:warning::b\n#\u200b#[group]c\nsee a::b"


def test_a_text_that_is_cut_with_an_ellipsis_has_the_length_that_is_allowed() -> None:
    assert ended("abcd", 4) == "abcd"
    assert ended("abcde", 4) == "abc…"
