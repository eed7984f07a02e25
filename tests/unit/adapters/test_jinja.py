"""Facts about Jinja templates: what they fill to, what they may not do, and that they end soon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.jinja import MAX_SOURCE, read_template
from evalgate.model.document import Data
from evalgate.model.template import TemplateError
from evalgate.prompts.template import read_braces


def fill(source: str, includes: dict[str, str] | None = None, /, **values: Data) -> str:
    return read_template(source, includes or {}).fill(values)


def error(source: str, includes: dict[str, str] | None = None, /, **values: Data) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        fill(source, includes, **values)
    return caught.value


NAMES = st.sampled_from(["a", "b", "order_id", "_x"])
PLAIN_TEXT = st.text().filter(
    lambda text: not any(mark in text for mark in ("{", "}", "\r", "%", "#", "\\"))
)
VALUES: st.SearchStrategy[Data] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.lists(PLAIN_TEXT | NAMES.map(lambda name: f"{{{{{name}}}}}"), max_size=6).map("".join),
    st.fixed_dictionaries(dict.fromkeys(["a", "b", "order_id", "_x"], VALUES)),
)
def test_plain_variables_fill_to_the_same_text_as_with_braces(
    source: str, values: dict[str, Data]
) -> None:
    jinja, braces = read_template(source, {}), read_braces(source)
    assert jinja.fill(values) == braces.fill(values)
    assert (jinja.names, jinja.computed) == (braces.names, ())


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert fill("<{{ a }}>", a=value) == f"<{value}>"


@pytest.mark.parametrize("value", ["{{ b }}", "{% raw %}", '{% include "x.v1.md" %}', "{# x #}"])
def test_template_marks_in_a_value_stay_as_they_are(value: str) -> None:
    assert fill("{% for x in [a] %}{{ x }}{% endfor %}", a=value) == value


def test_raw_text_comments_and_whitespace_control_are_jinja_s() -> None:
    assert fill("{% raw %}{{ a }}{% endraw %}{# b #}") == "{{ a }}"
    assert fill("x  {%- if a -%}  y  {%- endif %} z\n", a=True) == "xy z\n"


def test_line_statements_do_not_exist() -> None:
    assert fill("# for x in a\n## b") == "# for x in a\n## b"


def test_an_include_is_filled_where_it_stands_and_loses_its_last_line_end() -> None:
    includes = {"tone.v1.md": "Be {{ tone }}.\n"}
    assert fill('<{% include "tone.v1.md" %}>', includes, tone="kind") == "<Be kind.>"


def test_includes_may_include() -> None:
    includes = {"a.v1.md": '({% include "b.v1.md" %})', "b.v1.md": "{{ x }}"}
    assert fill('{% include "a.v1.md" %}{% include "b.v1.md" %}', includes, x="1") == "(1)1"


def test_an_include_that_is_not_among_the_texts_names_the_nearest() -> None:
    caught = error('a\n{% include "tone.v2.md" %}', {"tone.v1.md": ""})
    assert str(caught) == (
        "there is no shared file `tone.v2.md` to include (did you mean `tone.v1.md`?)"
    )
    assert caught.line == 2


def test_a_circle_of_includes_is_an_error_on_its_line_and_in_its_file() -> None:
    includes = {"a.v1.md": '{% include "b.v1.md" %}', "b.v1.md": '\n{% include "a.v1.md" %}'}
    caught = error('{% include "a.v1.md" %}', includes)
    assert str(caught) == "includes itself: a.v1.md → b.v1.md → a.v1.md"
    assert (caught.include, caught.line) == ("b.v1.md", 2)


def test_a_failure_inside_an_include_names_its_file_and_line() -> None:
    caught = error('{% include "a.v1.md" %}', {"a.v1.md": "x\n\n{{ order.id }}"}, order={})
    assert str(caught) == "there is no `id` in `order`"
    assert (caught.include, caught.line) == ("a.v1.md", 3)


def test_what_is_no_jinja_says_where() -> None:
    caught = error("a\nb {% if %}")
    assert caught.line == 2
    assert (caught.include, error("{{ 'a").include) == ("", "")


def test_a_variable_without_a_value_is_an_error() -> None:
    assert str(error("{{ a }}")) == "the variable `a` has no value"


ATTACKS = {
    "class": ("{{ ''.__class__ }}", "starts with `_`"),
    "attr": ("{{ ''|attr('__class__') }}", "unknown filter `attr`"),
    "globals": ("{{ x.__init__.__globals__ }}", "starts with `_`"),
    "item": ("{{ x['__class__'] }}", "starts with `_`"),
    "spelled": ("{{ x[['__cla', 'ss__']|join] }}", "starts with `_`"),
    "path": ("{{ [x]|map(attribute='__class__')|join }}", "starts with `_`"),
    "hidden": ("{{ x['\\x5f_class__'] }}", "starts with `_`"),
    "cycler": ("{{ cycler }}", "`cycler` has no value"),
    "self": ("{{ self }}", "`self` has no value"),
    "caller": ("{{ caller() }}", "a call is not allowed"),
    "method": ("{{ x.keys() }}", "a call is not allowed"),
    "formatted": ("{{ '{0.__class__}'.format(x) }}", "a call is not allowed"),
    "range": ("{% for i in range(10**9) %}{% endfor %}", "a call is not allowed"),
    "loop": ("{% for i in [1] %}{{ loop.__class__ }}{% endfor %}", "unknown `loop.__class__`"),
    "cycle": ("{% for i in [1] %}{{ loop.cycle(1) }}{% endfor %}", "a call is not allowed"),
    "repeated": ("{{ 'a' * 10**9 }}", "numbers only"),
    "percent": ("{{ '%999999999d'|format(1) }}", "unknown filter `format`"),
    "percent sign": ("{{ '%999999999d' % 1 }}", "numbers only"),
    "indent": ("{{ 'a\nb'|indent(10**9) }}", "`width` to be a whole number from 0 to 100"),
    "center": ("{{ 'a'|center(10**9) }}", "unknown filter `center`"),
    "power": ("{{ 9**9**9 }}", "larger than"),
    "literal": ("{{ " + "9" * 5000 + " }}", "too many digits"),
    "long literal": ("{{ " + "9" * 30 + " }}", "larger than"),
    "endless": ("{{ 1e999 }}", "larger than"),
    "parentheses": ("{{ " + "(" * 90_000 + "1" + ")" * 90_000 + " }}", "nested too deeply"),
    "blocks": ("{% if x %}" * 5000 + "{% endif %}" * 5000, "nested too deeply"),
    "signs": ("{{ " + "-" * 90_000 + "1 }}", "nested too deeply"),
    "braces": ("{{" * 50_000, "nested too deeply"),
    "sum": ("{{ 1" + "+1" * 20_000 + " }}", "nested more than 50 deep"),
    "filters": ("{{ x" + "|list" * 10_000 + " }}", "nested more than 50 deep"),
    "length": (" " * (MAX_SOURCE + 1), "more than 200,000 characters"),
    "spaces": ("{%" + " " * 190_000, "tag name expected"),
    "raw": ("{% raw %}" * 20_000, "Missing end of raw"),
    "doubling": (
        "{% set a = 'xy' %}" + "{% set a = a|replace('x', 'xx')|replace('y', 'yy') %}" * 40,
        "a text of more than 1,000,000",
    ),
    "joining": ("{% set a = 'x' %}" + "{% set a = [a, a]|join %}" * 40, "a text of more than"),
    "lists": ("{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}", "more than 250,000"),
    "namespace": ("{% set n = namespace(a=1) %}", "a call is not allowed"),
    "member": ("{% set x.y = 1 %}", "`set` takes one name"),
    "block set": ("{% set x %}{% endset %}", "a `set` over a block"),
    "macro": ("{% macro f() %}{% endmacro %}", "a macro is not allowed"),
    "import": ("{% import 'os' as os %}", "taken in with"),
    "from": ("{% from 'os' import path %}", "taken in with"),
    "extends": ("{% extends 'a' %}", "taken in with"),
    "block": ("{% block a %}{% endblock %}", "taken in with"),
    "with": ("{% with a = 1 %}{% endwith %}", "`with` is not allowed"),
    "filter block": ("{% filter upper %}{% endfilter %}", "a filter over a block"),
    "autoescape": ("{% autoescape true %}{% endautoescape %}", "nothing is escaped"),
    "unknown tag": ("{% do x %}", "unknown tag 'do'"),
    "recursive": ("{% for a in x recursive %}{% endfor %}", "recursive"),
    "variable include": ("{% include x %}", "an include names one shared file"),
    "include list": ('{% include ["a", "b"] %}', "an include names one shared file"),
    "ignore missing": ('{% include "a" ignore missing %}', "an include names one shared file"),
    "no context": ('{% include "a" without context %}', "an include names one shared file"),
    "outside": ('{% include "../../secret" %}', "there is no shared file"),
    "spread": ("{{ x|join(*x) }}", "not allowed"),
    "mapping": ("{{ {'a': 1} }}", "a mapping cannot be written"),
    "name": ("{{ " + "a" * 190_000 + " }}", "at most 100 letters"),
    "foreign name": ("{{ größe }}", "at most 100 letters"),
    "concatenation": ("{{ x ~ x }}", "`~` is not allowed"),
}


@pytest.mark.parametrize(("source", "expected"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_ends_in_an_error_that_reads_well(source: str, expected: str) -> None:
    assert expected in str(error(source, x={}))


BIG: dict[str, Data] = {
    "rows": list(range(1000)),
    "table": {str(number): {"a": number} for number in range(1000)},
    "long": "a" * 10_000_000,
    "other": "a" * 9_999_999 + "b",
    "texts": ["a" * 100_000 + str(index) for index in range(200)],
}


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in rows %}{% for b in rows %}{% for c in rows %}{% endfor %}{% endfor %}"
        "{% endfor %}",
        "{% for a in rows if a in rows and a == rows %}{% endfor %}",
        "{% for a in rows %}{{ long == other }}{% endfor %}",
        "{% for a in rows %}{{ 'b' in long }}{% endfor %}",
        "{% for a in rows %}{{ long[1:]|length }}{% endfor %}",
        "{% for a in rows %}{{ long|upper|length }}{% endfor %}",
        "{% for a in rows %}{{ rows|sort|first }}{% endfor %}",
        "{% for a in rows %}{{ rows|unique|first }}{% endfor %}",
        "{% for a in rows %}{{ rows|join|length }}{% endfor %}",
        "{% for a in rows %}{{ rows|tojson|length }}{% endfor %}",
        "{% for a in rows %}{{ rows|select('even')|list|length }}{% endfor %}",
        "{{ texts|sort|first|length }}{{ texts|sort|first|length }}",
        "{{ long|list|length }}",
        "{% for a in rows %}{{ table == table }}{% endfor %}",
        "{% for a in rows %}" + "{% if a %}{% endif %}" * 2000 + "{% endfor %}",
    ],
)
def test_work_on_large_values_is_counted_and_stopped(source: str) -> None:
    assert "more than 250,000 steps" in str(error(source, **BIG))


def test_empty_includes_of_includes_are_counted_too() -> None:
    includes = {f"i{n}.v1.md": f'{{% include "i{n + 1}.v1.md" %}}' * 8 for n in range(8)}
    caught = error('{% include "i0.v1.md" %}', includes | {"i8.v1.md": ""})
    assert "more than 250,000 steps" in str(caught)


def test_includes_that_lie_too_deep_are_an_error() -> None:
    includes = {f"i{n}.v1.md": f'{{% include "i{n + 1}.v1.md" %}}' for n in range(20)}
    assert "more than 10 deep" in str(error('{% include "i0.v1.md" %}', includes))


def test_a_template_writes_at_most_a_million_characters() -> None:
    assert "writes more than 1,000,000" in str(error("{{ long }}", **BIG))
    assert len(fill("{{ long }}", long="a" * 1_000_000)) == 1_000_000


def test_values_nested_without_end_are_an_error() -> None:
    deep: list[Data] = []
    for _ in range(5000):
        deep = [deep]
    assert "nested too deeply" in str(error("{{ a }}", a=deep))
