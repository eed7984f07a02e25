"""What stood in a template's places is read off the text, where there is one reading alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.jinja import read_template
from evalgate.prompts.template import read_braces
from evalgate.prompts.unfilling import unfilled


def values(template: str, text: str) -> dict[str, str] | None:
    found = unfilled(read_braces(template), text)
    return None if found is None else dict(found.values)


@pytest.mark.parametrize(
    ("template", "text", "found"),
    [
        ("Question: {{q}}", "Question: May I?", {"q": "May I?"}),
        ("{{q}}", "", {"q": ""}),
        ("Q: {{q}}\nO: {{o}}", "Q: a\nb\nO: c", {"q": "a\nb", "o": "c"}),
        ("fixed", "fixed", {}),
        ("{{a}}-{{a}}", "x-x", {"a": "x"}),
        ("\\{{{{a}}}}", "{{5}}", {"a": "5"}),
    ],
)
def test_a_text_with_one_reading_is_read(template: str, text: str, found: dict[str, str]) -> None:
    assert values(template, text) == found


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Q: {{q}}", "A: x"),
        ("{{q}}.", "no end"),
        ("aba{{q}}aba", "aba"),
        ("{{a}}-{{b}}", "no dash"),
        ("fixed", "fixed "),
        ("{{a}}|{{a}}", "x|y"),
    ],
)
def test_a_text_that_the_template_cannot_have_made_is_not_read(template: str, text: str) -> None:
    assert values(template, text) is None


def test_of_two_readings_neither_is_taken() -> None:
    found = unfilled(read_braces("Q: {{q}}\nO: {{o}}"), "Q: a\nO: b\nO: c")
    assert found is not None
    assert (dict(found.values), found.doubtful) == ({}, ("q", "o"))
    half = unfilled(read_braces("{{a}}/{{b}} by {{c}}"), "x/y/z by w")
    assert half is not None
    assert (dict(half.values), half.doubtful) == ({"c": "w"}, ("a", "b"))
    beside = unfilled(read_braces("{{a}}{{b}}"), "xy")
    assert beside is not None
    assert beside.doubtful == ("a", "b")


def test_a_template_of_jinja_is_read_as_long_as_it_only_prints() -> None:
    plain = unfilled(read_template("Hello {{ name }}!", {}), "Hello Ann!")
    assert plain is not None
    assert plain.values == {"name": "Ann"}
    assert unfilled(read_template("{% if a %}x{% endif %}{{ b }}", {}), "xy") is None


TEXT = st.text(alphabet="ab-{}\n", max_size=12)
TEMPLATES = ("{{a}}", "x{{a}}-{{b}}y", "{{a}}-{{b}}-{{a}}", "--{{b}}{{a}}", "a{{a}}b{{b}}a")


@given(st.sampled_from(TEMPLATES), TEXT, TEXT)
def test_what_is_certain_is_what_was_filled_in(template: str, a: str, b: str) -> None:
    made = read_braces(template)
    filled = {"a": a, "b": b}
    found = unfilled(made, made.fill(filled))
    assert found is not None
    assert all(filled[name] == value for name, value in found.values.items())
    assert set(found.values) | set(found.doubtful) == set(made.names)


def test_a_text_made_to_be_slow_is_not() -> None:
    template = read_braces("a".join(f"{{{{v{number}}}}}" for number in range(40)))
    began = time.process_time()
    unfilled(template, "a" * 200_000)
    assert time.process_time() - began < 2.0
