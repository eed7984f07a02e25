"""Facts about templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.document import Data
from evalgate.model.template import TemplateError, as_text
from evalgate.prompts.template import read_braces


def fill(template: str, values: dict[str, Data]) -> str:
    return read_braces(template).fill(values)


def test_a_variable_is_replaced_wherever_it_stands() -> None:
    assert fill("{{a}} and {{ b }}, {{a}}", {"a": "1", "b": "2"}) == "1 and 2, 1"


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert fill("<{{a}}>", {"a": value}) == f"<{value}>"


def test_escaped_braces_stand_for_themselves() -> None:
    assert fill(r"\{{a}} {{a}}", {"a": "x"}) == "{{a}} x"
    assert read_braces(r"\{{a}} {{b}}").names == ("b",)


def test_single_braces_are_plain_text() -> None:
    assert fill('{"a": {"b": 1}}', {}) == '{"a": {"b": 1}}'


@pytest.mark.parametrize(
    "template",
    [
        "{{}}",
        "{{a b}}",
        "{{#if a}}",
        "{{> part}}",
        "{{a",
        "{{1a}}",
        "{{a.b}}",
        "{{" + "a" * 101 + "}}",
    ],
)
def test_braces_around_anything_but_a_name_are_an_error(template: str) -> None:
    with pytest.raises(TemplateError, match="is not a variable"):
        read_braces(template)


def test_a_variable_without_a_value_is_an_error() -> None:
    with pytest.raises(TemplateError, match="`a` has no value"):
        fill("{{a}}", {})


def test_values_that_are_not_text_are_written_as_json() -> None:
    assert as_text("é") == "é"
    assert as_text(True) == "true"
    assert as_text(2.5) == "2.5"
    assert as_text({"ä": [1, None]}) == '{"ä": [1, null]}'
    assert as_text(None) == ""


def test_very_many_open_braces_are_refused_at_once() -> None:
    with pytest.raises(TemplateError, match=r"`\{\{` is not a variable"):
        read_braces("{{" * 1_000_000)


def test_a_text_that_would_fill_the_memory_is_refused() -> None:
    value = "x" * 1_000_000
    assert len(fill("{{a}}" * 9, {"a": value})) == 9_000_000
    with pytest.raises(TemplateError, match="more than 10,000,000 characters once it is filled"):
        fill("{{a}}" * 11, {"a": value})
    assert fill(r"\{{" * 20 + "{{a}}", {"a": value}) == "{{" * 20 + value
