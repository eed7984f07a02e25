"""Facts about what is known of a Jinja template once it is read: its variables and their use."""

import pytest

from evalgate.adapters.jinja import read_template


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{{ b }}{{ a }}{{ b }}", ("b", "a")),
        ("{% for x in rows %}{{ x }}{{ y }}{% endfor %}{{ x }}", ("rows", "y", "x")),
        ("{% for x in x %}{{ x }}{% endfor %}", ("x",)),
        ("{% set x = y %}{{ x }}", ("y",)),
        ("{{ x }}{% set x = 1 %}{{ x }}", ("x",)),
        ("{% for r in rows %}{% set x = 1 %}{% endfor %}{{ x }}", ("rows", "x")),
        ("{% for r in rows if r.a == b %}{% else %}{{ c }}{% endfor %}", ("rows", "b", "c")),
        ("{% for r in rows %}{% else %}{{ r }}{% endfor %}", ("rows", "r")),
        ("{{ a|default(b) }}{{ c is divisibleby(d) }}{{ e[f] }}", ("a", "b", "c", "d", "e", "f")),
        ("{% raw %}{{ a }}{% endraw %}{# {{ b }} #}", ()),
        ('{% set a = 1 %}{% include "i.v1.md" %}', ("b",)),
        ('{% include "i.v1.md" %}', ("a", "b")),
    ],
)
def test_the_variables_are_the_names_that_the_template_does_not_set(
    source: str, names: tuple[str, ...]
) -> None:
    assert read_template(source, {"i.v1.md": "{{ a }}{{ b|upper }}"}).names == names


@pytest.mark.parametrize(
    ("source", "computed"),
    [
        ("{{ a }}{% if true %}{{ b }}{% endif %}", ()),
        ("{{ a }}{{ a|upper }}", ("a",)),
        ("{% if a %}{% endif %}", ("a",)),
        ("{% set b = a %}{{ b }}", ("a",)),
        ("{{ a if true else b }}", ("a", "b")),
        ("{% for x in a %}{{ x|upper }}{% endfor %}", ("a",)),
        ("{{ a.b }}", ("a",)),
        ('{% include "i.v1.md" %}', ("b",)),
    ],
)
def test_a_variable_is_computed_with_unless_it_is_only_printed(
    source: str, computed: tuple[str, ...]
) -> None:
    assert read_template(source, {"i.v1.md": "{{ a }}{{ b|upper }}"}).computed == computed
