"""Facts about statements in Jinja templates: conditions, loops, sets and includes."""

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja import read_template
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

JINJA = ImmutableSandboxedEnvironment()
ROWS: Data = [{"n": 1, "on": True}, {"n": 2, "on": False}, {"n": 3, "on": True}]


def fill(source: str, **values: Data) -> str:
    return read_template(source, {}).fill(values)


def error(source: str, **values: Data) -> str:
    with pytest.raises(TemplateError) as caught:
        fill(source, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "{% if a %}1{% elif b %}2{% else %}3{% endif %}",
        "{% if b %}1{% elif a %}2{% else %}3{% endif %}",
        "{% if b %}1{% elif b %}2{% else %}3{% endif %}",
        "{% for r in rows %}{{ r.n }},{% endfor %}",
        "{% for r in rows if r.on %}{{ loop.index }}/{{ loop.length }}:{{ r.n }},{% endfor %}",
        "{% for r in rows %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}"
        "{{ 'f' if loop.first else '' }}{{ 'l' if loop.last else '' }} {% endfor %}",
        "{% for r in b %}x{% else %}none{% endfor %}",
        "{% for r in rows if r.n > 9 %}x{% else %}none{% endfor %}",
        "{% for r in rows %}{% for s in rows %}{{ loop.index }}{% endfor %}{{ loop.index }}"
        "{% endfor %}",
        "{% for r in rows %}{% for s in [loop.index] %}{{ s }}{% endfor %}{% endfor %}",
        "{% for key, value in m|items %}{{ key }}={{ value }};{% endfor %}",
        "{% for key in m %}{{ key }}{% endfor %}",
        "{% set x = 1 %}{% for r in rows %}{{ x }}{% set x = r.n %}{{ x }}{% endfor %}{{ x }}",
        "{% for a in rows %}{{ a.n }}{% endfor %}{{ a }}",
        "{% if a %}{% set x = 1 %}{% endif %}{{ x }}",
    ],
)
def test_a_statement_does_what_it_does_in_jinja(source: str) -> None:
    values: dict[str, Data] = {"a": "A", "b": [], "rows": ROWS, "m": {"k": 1, "l": "w"}}
    assert fill(source, **values) == JINJA.from_string(source).render(values)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% for c in a %}{% endfor %}", "expected a list or a mapping, got a text"),
        ("{% for x, y in rows %}{% endfor %}", "the loop expects lists of 2 items: `x, y`"),
        ("{% for x, (y, z) in rows %}{% endfor %}", "sets names alone"),
        ("{% for loop in rows %}{% endfor %}", "choose another name"),
        ("{% set loop = 1 %}", "choose another name"),
        ("{% set x, y = rows %}", "`set` takes one name"),
        ("{% if b %}{% set x = 1 %}{% endif %}{{ x }}", "`x` was not set on the way here"),
        ("{% if a.b.c %}{% endif %}", "`a` has no `b`: it is a text"),
    ],
)
def test_what_cannot_be_done_says_why(source: str, expected: str) -> None:
    assert expected in error(source, a="A", b=[], rows=ROWS)


def test_an_include_sees_the_loop_s_names_and_its_own_sets_stay_inside() -> None:
    includes = {"row.v1.md": "{{ r.n }}{% set x = 9 %}{{ x }}"}
    source = '{% set x = 1 %}{% for r in rows %}{% include "row.v1.md" %}{{ x }} {% endfor %}'
    template = read_template(source, includes)
    assert template.names == ("rows",)
    assert template.fill({"rows": ROWS}) == "191 291 391 "


def test_the_line_of_a_failure_is_that_of_the_expression() -> None:
    with pytest.raises(TemplateError) as caught:
        fill("a\n{% for r in rows %}\n{{ r.n }}\n{{ r.x }}{% endfor %}", rows=ROWS)
    assert caught.value.line == 4
