"""Facts about expressions in Jinja templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja import read_template
from evalgate.adapters.jinja_values import LARGEST
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

JINJA = ImmutableSandboxedEnvironment()
X: Data = {"name": "Ada", "rows": [1, 2.5, 3], "empty": [], "flag": True, "nothing": None}


def fill(source: str, **values: Data) -> str:
    return read_template(source, {}).fill(values)


def error(source: str, **values: Data) -> str:
    with pytest.raises(TemplateError) as caught:
        fill(source, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "x.name",
        "x['name']",
        "x.rows[0]",
        "x.rows[-1]",
        "x.name[1]",
        "x.rows[1:]|length",
        "x.name[::-1]",
        "x.name[:2]",
        "'yes' if x.rows else 'no'",
        "'yes' if x.empty else 'no'",
        "x.empty and 1 or 2",
        "x.name or 'none'",
        "(1 if not x.nothing else 0) + 1",
        "1 if 1 < 2 <= 2 else 0",
        "1 if 3 > 2 >= 3 else 0",
        "1 if 'd' in x.name else 0",
        "1 if 2.5 in x.rows else 0",
        "1 if 'name' not in x else 0",
        "1 if x.rows == [1, 2.5, 3] else 0",
        "1 if x.name != 'Ada' else 0",
        "1 if 'a' < 'b' else 0",
        "1 + 2 * 3 - 4",
        "7 / 2",
        "7 // 2",
        "-7 % 3",
        "2 ** 3 ** 2",
        "2 ** -1",
        "-x.rows[1]",
        "+2.5",
        "1_000",
        "'a' 'b'",
        "1 if x.rows is sequence and x is mapping else 0",
        "(1, 2)|last",
    ],
)
def test_an_expression_means_what_it_means_in_jinja(expression: str) -> None:
    source = f"{{{{ {expression} }}}}"
    assert fill(source, x=X) == JINJA.from_string(source).render(x=X)


def test_values_are_written_as_with_braces_and_not_as_python_writes_them() -> None:
    assert fill("{{ x.flag }} {{ x.rows }} <{{ x.nothing }}>", x=X) == "true [1, 2.5, 3] <>"


def test_a_key_of_the_data_wins_over_what_python_calls_so() -> None:
    assert fill("{{ x.items }} {{ x.keys }}", x={"items": 3, "keys": "k"}) == "3 k"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ x.nmae }}", "there is no `nmae` in `x`"),
        ("{{ x.rows.first }}", "`x.rows` has no `first`: it is a list"),
        ("{{ x.rows[3] }}", "there is no item 3 in `x.rows` of 3"),
        ("{{ x.name.upper }}", "`x.name` has no `upper`: it is a text"),
        ("{{ x.nothing.a }}", "`x.nothing` has no `a`: it is nothing"),
        ("{{ x[0] }}", "`x` has no items: it is a mapping"),
        ("{{ x.nmae.first }}", "there is no `nmae` in `x`"),
        ("{{ x.name + 1 }}", "`+` works on numbers only"),
        ("{{ x.flag + 1 }}", "expected a number, got true or false"),
        ("{{ 1 / 0 }}", "cannot reckon this: division by zero"),
        ("{{ (-8) ** 0.5 }}", "a power of at most 64"),
        ("{{ 0 ** -1 }}", "cannot reckon this"),
        ("{{ 10 ** 18 * 10 }}", "larger than a 1 with 18 zeros"),
        ("{{ 1.5 ** 65 }}", "a power of at most 64"),
        ("{{ 1 < 'a' }}", "cannot compare a number with a text"),
        ("{{ 1 < x }}", "expected a number, got a mapping"),
        ("{{ 1 in 2 }}", "expected a text, a list or a mapping after `in`"),
        ("{{ 1 in 'a' }}", "expected a text, got a number"),
        ("{{ x[1:2] }}", "expected a list or a text to cut, got a mapping"),
        ("{{ x.rows['a':] }}", "expected whole numbers between"),
        ("{{ x.rows[::0] }}", "cannot be 0"),
        ("{{ 'a' if x }}", "needs an `else`"),
        ("{{ loop.index }}", "inside a `for` only"),
        ("{{ loop }}", "`loop` alone is not allowed"),
        ("{{ x|join(1, 2, 3) }}", "too many arguments: `join` takes d, attribute"),
        ("{{ x|length(1) }}", "`length` takes no arguments"),
        ("{{ x|join(deliminator='') }}", "`join` takes no argument `deliminator` here"),
        ("{{ x|join('', d='') }}", "`join` takes no argument `d` here"),
        ("{{ x|replace('a') }}", "`replace` needs the argument `new`"),
        ("{{ x|map('upper') }}", "`map(attribute='name')` only"),
        ("{{ x is defind }}", "unknown test `defind` (did you mean `defined`?)"),
        ("{{ x is even(1) }}", "the test `even` takes 0 arguments"),
        ("{{ x is in }}", "takes 1 arguments"),
    ],
)
def test_what_cannot_be_done_says_why(source: str, expected: str) -> None:
    assert expected in error(source, x=X)


@given(
    st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]),
    st.integers() | st.floats(allow_nan=False),
    st.integers() | st.floats(allow_nan=False),
)
def test_arithmetic_ends_in_a_number_of_bounded_size_or_an_error(
    sign: str, left: float, right: float
) -> None:
    try:
        written = fill(f"{{{{ a {sign} b }}}}", a=left, b=right)
    except TemplateError:
        return
    assert abs(float(written)) <= LARGEST
