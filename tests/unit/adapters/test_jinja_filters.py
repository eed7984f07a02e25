"""Facts about the filters of Jinja templates."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja import read_template
from evalgate.adapters.jinja_filters import FILTERS
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

JINJA = ImmutableSandboxedEnvironment()


def fill(source: str, **values: Data) -> str:
    return read_template(source, {}).fill(values)


def error(source: str, **values: Data) -> str:
    with pytest.raises(TemplateError) as caught:
        fill(source, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "-3|abs",
        "'hELLO World'|capitalize",
        "'ab'|count",
        "[1, 2]|length",
        "none|d('x') or 'y'",
        "''|default('x', true)",
        "''|default('x') or 'z'",
        "x.y|default('x')",
        "[3, 1]|first",
        "'abc'|last",
        "'2.5'|float",
        "'x'|float(1.5)",
        "'x'|float",
        "'42'|int",
        "'4.9'|int",
        "'x'|int(7)",
        "2.9|int",
        "'AbC'|lower",
        "'AbC'|upper",
        "[1, 2, 3]|reverse|join",
        "'abc'|reverse",
        "2.567|round(2)",
        "2.5|round",
        "2.1|round(0, 'ceil')",
        "2.19|round(1, 'floor')",
        "42|string",
        '"it\'s a well-known (old) sAYING"|title',
        "'  a '|trim",
        "'xxaxx'|trim('x')",
        "'Joel is a slug'|truncate(7, true, '...', 0)",
        "'Joel is a slug'|truncate(7, false, '..', 0)",
        "'Joel is a slug'|truncate(length=11)",
        "'one, two  three'|wordcount",
        "'a-b-c'|replace('-', '+', 1)",
        "'a-b-c'|replace('-', '')",
        "'a\n\nb\nc'|indent(2)",
        "'a\n\nb'|indent(2, true, true)",
        "'a'|list|length",
    ],
)
def test_a_filter_does_what_it_does_in_jinja(expression: str) -> None:
    source = f"{{{{ {expression} }}}}"
    assert fill(source, x={}) == JINJA.from_string(source).render(x={})


@given(st.text(alphabet="ab\n -", max_size=40), st.integers(0, 8), st.booleans(), st.booleans())
def test_indent_agrees_with_jinja_for_every_text(
    text: str, width: int, first: bool, blank: bool
) -> None:
    source = "{{ a|indent(w, f, b) }}"
    values: dict[str, Data] = {"a": text, "w": width, "f": first, "b": blank}
    assert fill(source, **values) == JINJA.from_string(source).render(values)


@given(st.text(alphabet="ab ", max_size=30), st.integers(3, 20), st.booleans())
def test_truncate_agrees_with_jinja_for_every_text(text: str, length: int, killwords: bool) -> None:
    source = "{{ a|truncate(n, k) }}"
    values: dict[str, Data] = {"a": text, "n": length, "k": killwords}
    assert fill(source, **values) == JINJA.from_string(source).render(values)


def test_json_is_plain_and_not_escaped_for_pages() -> None:
    value: Data = {"ä": ["<b>", None, True, 1.5]}
    assert fill("{{ a|tojson }}", a=value) == '{"ä": ["<b>", null, true, 1.5]}'
    assert fill("{{ a|tojson(indent=2) }}", a=[1]) == "[\n  1\n]"


def test_items_are_pairs() -> None:
    assert fill("{{ a|items|tojson }}", a={"b": 1}) == '[["b", 1]]'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ 1|upper }}", "expected a text, got a number"),
        ("{{ 1|length }}", "expected a text, a list or a mapping, got a number"),
        ("{{ 'a'|abs }}", "expected a number, got a text"),
        ("{{ []|first }}", "there is no first item: it is empty"),
        ("{{ 1|last }}", "`last` expects a list or a text"),
        ("{{ []|items }}", "`items` expects a mapping, got a list"),
        ("{{ 'a'|replace('', 'b') }}", "an empty text"),
        ("{{ a|replace('a', 'bb') }}", "more than 1,000,000 characters"),
        ("{{ a|indent(2, true, true) }}", "more than 1,000,000 characters"),
        ("{{ 1|round(400) }}", "from -15 to 15"),
        ("{{ 1|round(1, 'up') }}", "common, ceil and floor"),
        ("{{ 'a'|truncate(2) }}", "no room"),
        ("{{ '1e300'|int }}", "larger than"),
        ("{{ 1|tojson(99) }}", "`indent` to be a whole number from 0 to 8"),
        ("{{ b.c|upper }}", "there is no `c` in `b`"),
        ("{{ 'a'|indent(true) }}", "`width` to be a whole number"),
    ],
)
def test_what_cannot_be_done_says_why(source: str, expected: str) -> None:
    assert expected in error(source, a="a" * 999_999, b={})


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999"])
def test_a_text_for_what_is_no_number_gives_the_default(word: str) -> None:
    assert fill("{{ a|float(1.5) }} {{ a|int(2) }}", a=word) == "1.5 2"


@given(st.sampled_from(sorted(FILTERS)), st.data())
def test_every_filter_ends_in_a_text_or_in_an_error_for_every_value(
    name: str, data: st.DataObject
) -> None:
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    values: st.SearchStrategy[Data] = st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
    )
    needed = FILTERS[name].needed
    given = {f"p{place}": data.draw(values) for place in range(needed)}
    written = ", ".join(
        f"{parameter}={value}"
        for parameter, value in zip(FILTERS[name].parameters, given, strict=False)
    )
    with suppress(TemplateError):
        fill(f"{{{{ a|{name}({written}) }}}}", a=data.draw(values), **given)
