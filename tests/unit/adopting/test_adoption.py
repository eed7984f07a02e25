"""Facts about what an adopted prompt becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adopting.adoption import (
    Adoption,
    Message,
    as_literal,
    claude_model,
    escape_strays,
    slug,
)
from evalgate.prompts.template import read_braces


@pytest.mark.parametrize(
    ("written", "model"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("anthropic/claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("anthropic:messages:claude-opus-5-5-20261001", "claude-opus-5-5-20261001"),
        ("vertexai/gemini-3.0-pro", None),
        ("openai/gpt-5", None),
        ("not-claude", None),
        ("", None),
    ],
)
def test_a_claude_model_is_told_from_others(written: str, model: str | None) -> None:
    assert claude_model(written) == model


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Support Reply", "support-reply"),
        ("greet_user.v2", "greet-user-v2"),
        ("_partial", "partial"),
        ("Größe", "größe"),
        ("要約", "要約"),
        ("../../etc", "etc"),
        ("!!", "prompt"),
    ],
)
def test_a_name_is_made_of_letters_digits_and_hyphens(text: str, name: str) -> None:
    assert slug(text) == name


@given(st.text())
def test_a_literal_text_reads_back_as_itself(text: str) -> None:
    template = read_braces(as_literal(text))
    assert template.names == ()
    assert template.fill({}).replace("\\## ", "## ") == text.replace("\\## ", "## ")


def test_braces_around_anything_but_a_name_are_escaped() -> None:
    template = read_braces(escape_strays('{{name}} {{#if x}} {{ "a": 1 }}'))
    assert template.names == ("name",)
    assert template.fill({"name": "N"}) == 'N {{#if x}} {{ "a": 1 }}'


def test_a_line_that_looks_like_a_part_stays_a_line() -> None:
    assert as_literal("a\n## system\nb") == "a\n\\## system\nb"


def test_the_files_own_model_and_limit_win() -> None:
    adoption = Adoption(
        name="p",
        source="p.txt",
        messages=(Message(role="user", text="x"),),
        model="claude-opus-5-5",
        front={"inputs": ["a"]},
    )
    header = adoption.header(model="claude-haiku-5-5", max_tokens=100)
    assert header == {"model": "claude-opus-5-5", "max_tokens": 100, "inputs": ["a"]}
