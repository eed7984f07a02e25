import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.markdown import (
    code,
    details,
    entities,
    fence,
    html_prose,
    inline,
    prose,
    row,
)
from evalgate.reporting.visible import excerpt

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300) | st.text("`:# \n@|<")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a | b", r"a \| b"),
        ("*b* _i_ `c`", r"\*b\* \_i\_ \`c\`"),
        ("[x](http://a.b)", "\\[x\\](http:\u200b//a.b)"),
        ("<script> & <!-- x", "&lt;script&gt; &amp; &lt;!-- x"),
        ("ask @everyone", "ask @\u200beveryone"),
        ("see #12, GH-7", "see #\u200b12, GH\u200b-7"),
        ("www.a.example", "www\u200b.a.example"),
        ("- item", r"\- item"),
        ("1. item", "1\u200b. item"),
        ("two\nlines", "two lines"),
        ("30-day (plain)", "30-day (plain)"),
        ("\u202e", "⟨U+202E⟩"),
    ],
)
def test_nothing_in_a_sentence_acts(text: str, written: str) -> None:
    assert inline(text) == written


def test_backticks_in_our_own_sentences_are_code() -> None:
    assert prose("Set `gate.max_drop` now") == "Set <code>gate.max_drop</code> now"


def test_a_lone_backtick_is_only_a_backtick() -> None:
    assert prose("a ` b") == r"a \` b"


@pytest.mark.parametrize("special", list("\\`*_[]|~$"))
def test_code_leaves_nothing_for_markdown_to_read(special: str) -> None:
    assert code(special) == f"<code>&#{ord(special)};</code>"


def test_code_escapes_html_and_mentions() -> None:
    assert code("</code>@all") == "<code>&lt;/code&gt;@\u200ball</code>"


def test_entities_cut_long_texts() -> None:
    assert entities("x" * 100, 5) == "xxxx…"


@given(ANY_TEXT)
def test_a_sentence_and_a_cell_are_always_one_line_without_html(text: str) -> None:
    for written in (inline(text), entities(text, 200)):
        assert not set(written) & set("\n\r<>")
        assert not re.search(r"(?<!\\)\|", written)


@given(ANY_TEXT)
def test_a_fence_is_closed_by_its_last_line_and_by_no_line_before(text: str) -> None:
    opening, *inside, closing = fence(excerpt(text, 1_000)).split("\n")
    marks = opening.removesuffix("text")
    assert set(marks) == {"`"}
    assert len(marks) >= 3
    assert closing == marks
    assert not any(line.strip().startswith(marks) for line in inside)


@given(ANY_TEXT)
def test_no_line_of_a_fence_is_a_workflow_command(text: str) -> None:
    lines = fence(excerpt(text, 1_000)).split("\n")
    assert not any(line.strip().startswith(("::", "##[")) for line in lines)


def test_a_fence_is_longer_than_any_run_of_backticks_inside() -> None:
    assert fence(excerpt("a\n````\nb ``` c", 100)) == "`````text\na\n````\nb ``` c\n`````"


def test_a_cut_text_is_followed_by_a_note_outside_its_fence() -> None:
    assert fence(excerpt("abc", 2)) == "```text\nab\n```\n\n… 1 more character not shown"


def test_an_empty_text_is_shown_as_nothing() -> None:
    assert fence(excerpt("", 2)) == "```text\n(nothing)\n```"


def test_rows_and_folds_are_written_in_full() -> None:
    assert row("a", "b") == "| a | b |"
    assert details("s", "b") == "<details>\n<summary>s</summary>\n\nb\n\n</details>"


def test_code_in_the_sentence_of_a_summary_is_code_and_the_rest_stays_inert() -> None:
    said = html_prose("The answer lacks `30 <days>`; ask *@ann*.", 200)
    assert said == ("The answer lacks <code>30 &lt;days&gt;</code>; ask &#42;@\u200bann&#42;.")
