"""Facts about the filters of Jinja templates that work on lists."""

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja import read_template
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

JINJA = ImmutableSandboxedEnvironment()
ROWS: Data = [
    {"n": 2, "name": "b", "in": {"x": 1}},
    {"n": 1, "name": "B", "in": {"x": 2}},
    {"n": 3, "name": "a", "in": {"x": 1}},
]


def fill(source: str, **values: Data) -> str:
    return read_template(source, {}).fill(values)


@pytest.mark.parametrize(
    "expression",
    [
        "['b', 'C', 'a']|sort|join(', ')",
        "['b', 'C', 'a']|sort(case_sensitive=true)|join",
        "[2, 1.5, 3]|sort(true)|join('-')",
        "rows|sort(attribute='n')|map(attribute='name')|join",
        "rows|sort(attribute='name')|map(attribute='n')|join",
        "rows|sort(attribute='name', reverse=true)|map(attribute='n')|join",
        "rows|unique(attribute='name')|map(attribute='n')|join",
        "['a', 'A', 'b']|unique|join",
        "['a', 'A', 'b']|unique(true)|join",
        "[1, 1.0, '1', 2]|unique|join(' ')",
        "rows|map(attribute='in.x')|join",
        "[[1, 2], [3, 4]]|map(attribute=1)|join",
        "rows|map(attribute='zz', default='-')|join",
        "rows|selectattr('n', 'gt', 1)|map(attribute='n')|join",
        "rows|rejectattr('n', 'equalto', 1)|map(attribute='n')|join",
        "rows|selectattr('n', 'odd')|map(attribute='n')|join",
        "rows|selectattr('zz', 'defined')|list|length",
        "[0, 1, '', 'a']|select|join",
        "[1, 2, 3]|reject('even')|join",
        "[1, 2, 3]|select('in', [1, 3])|join",
        "rows|join(', ', attribute='name')",
        "[]|join('-')",
        "m|dictsort|map(attribute=0)|join",
        "m|dictsort(by='value')|map(attribute=0)|join",
        "m|dictsort(true, 'key', true)|map(attribute=0)|join",
    ],
)
def test_a_filter_does_what_it_does_in_jinja(expression: str) -> None:
    source = f"{{{{ {expression} }}}}"
    values: dict[str, Data] = {"rows": ROWS, "m": {"b": 1, "C": 0, "a": 2}}
    assert fill(source, **values) == JINJA.from_string(source).render(values)


def test_joining_writes_values_as_they_stand_in_a_prompt() -> None:
    assert fill("{{ a|join(' ') }}", a=[True, None, [1], "x"]) == "true  [1] x"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ [1, 'a']|sort }}", "numbers alone or texts alone, got a number and a text"),
        ("{{ [[1]]|sort }}", "numbers alone or texts alone, got a list"),
        ("{{ 'abc'|join }}", "expected a list or a mapping, got a text"),
        ("{{ rows|map(attribute='zz')|join }}", "there is no `zz` in the mapping"),
        ("{{ rows|select('evn') }}", "there is no test `evn`"),
        ("{{ rows|selectattr('n', 'gt') }}", "the test `gt` takes 1 arguments, got 0"),
        ("{{ [1]|dictsort }}", "`dictsort` expects a mapping, got a list"),
        ("{{ m|dictsort(by='size') }}", "by key or by value"),
    ],
)
def test_what_cannot_be_done_says_why(source: str, expected: str) -> None:
    with pytest.raises(TemplateError) as caught:
        fill(source, rows=ROWS, m={"a": 1})
    assert expected in str(caught.value)
