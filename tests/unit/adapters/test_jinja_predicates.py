"""Facts about what may stand after `is` in a Jinja template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja import read_template
from evalgate.adapters.jinja_predicates import PREDICATES
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

JINJA = ImmutableSandboxedEnvironment()
PLAIN = sorted({name for name, each in PREDICATES.items() if not each.arguments} - {"number"})
BINARY = sorted(name for name, each in PREDICATES.items() if each.arguments and name.isalpha())
SCALARS: st.SearchStrategy[Data] = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.sampled_from(["a", "B"])
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.just("k"), SCALARS)


def answer(source: str, **values: Data) -> str:
    return read_template(source, {}).fill(values)


@given(st.sampled_from(PLAIN), VALUES)
def test_a_test_without_arguments_agrees_with_jinja(name: str, value: Data) -> None:
    source = f"{{{{ 1 if a is {name} else 0 }}}}"
    try:
        found = answer(source, a=value)
    except TemplateError:  # where Jinja guesses or raises
        return
    assert found == JINJA.from_string(source).render(a=value)


@given(st.sampled_from(BINARY), VALUES, VALUES)
def test_a_test_with_an_argument_agrees_with_jinja(name: str, value: Data, other: Data) -> None:
    source = f"{{{{ 1 if a is {name}(b) else 0 }}}}"
    try:
        found = answer(source, a=value, b=other)
    except TemplateError:
        return
    assert found == JINJA.from_string(source).render(a=value, b=other)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ a.b is defined }}", "false"),
        ("{{ a.b is not defined }}", "true"),
        ("{{ a.c is undefined }}", "false"),
        ("{{ a.c is even }}", "true"),
        ("{{ a.c is number }}", "true"),
        ("{{ true is number }}", "false"),
        ("{{ a.c is odd }}", "false"),
        ("{{ a.c is divisibleby(3) }}", "false"),
        ("{{ a.c is gt 1 }}", "true"),
        ("{{ a is mapping }}", "true"),
        ("{{ a.d is none }}", "true"),
        ("{{ 'x' is in('xy') }}", "true"),
    ],
)
def test_a_test_answers_yes_or_no(source: str, expected: str) -> None:
    assert answer(source, a={"c": 2, "d": None}) == expected


@pytest.mark.parametrize("source", ["{{ a.b is even }}", "{{ a is divisibleby(0) }}"])
def test_what_is_not_there_or_no_number_can_only_be_asked_for(source: str) -> None:
    with pytest.raises(TemplateError):
        answer(source, a={})
