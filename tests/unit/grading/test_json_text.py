import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.json_text import NotJson, as_text, canonical, parse_json, same_value
from evalgate.model.document import Data

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_written_json_reads_back_as_the_same_value(value: Data) -> None:
    read = parse_json(json.dumps(value))
    assert not isinstance(read, NotJson)
    assert same_value(read, value)


def test_white_space_around_json_is_allowed() -> None:
    assert parse_json(' \n{"a": [1]}\n') == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "is empty, where JSON was expected"),
        ('{"a": 1, b}', "is not JSON at character 10: `b}`"),
        ("{} and more", "is not JSON at character 4: `and more`"),
        ("```json\n{}\n```", "is not JSON at character 1: ````json {} ````"),
        ('{"a": [1, 2 ', "is not JSON: it ends too early"),
        ("[NaN]", "is not readable as JSON (NaN is no JSON number)"),
        ("-Infinity", "is not readable as JSON (-Infinity is no JSON number)"),
        ('{"a": 1, "b": 2, "a": 3}', "is not readable as JSON (the key `a` appears twice)"),
        ("[" * 200_000, "is not readable as JSON (nested too deeply)"),
    ],
)
def test_a_text_that_is_not_json_says_where_or_why(text: str, reason: str) -> None:
    assert parse_json(text) == NotJson(reason=reason)


def test_a_number_with_thousands_of_digits_is_not_readable() -> None:
    assert isinstance(parse_json("1" * 10_000), NotJson)


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, 1.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([1, [2.0]], [1.0, [2]]), (None, None)],
)
def test_values_are_the_same_whatever_their_number_type_and_key_order(
    left: Data, right: Data
) -> None:
    assert same_value(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (0, False),
        ([True], [1]),
        ({"a": 0}, {"a": False}),
        ([1, 2], [2, 1]),
        ([1], [1, 2]),
        ({"a": 1}, {"a": 1, "b": None}),
        ("1", 1),
        (None, False),
        ([], {}),
    ],
)
def test_values_differ_by_type_order_or_extent(left: Data, right: Data) -> None:
    assert not same_value(left, right)
    assert not same_value(right, left)


def test_a_value_is_written_as_it_would_stand_in_a_sentence() -> None:
    assert [as_text("30 days"), as_text(30), as_text(9.5), as_text({"ort": "Köln"})] == [
        "30 days",
        "30",
        "9.5",
        '{"ort": "Köln"}',
    ]


def test_the_canonical_text_does_not_depend_on_key_order() -> None:
    assert canonical({"b": 1, "a": [True, None]}) == canonical({"a": [True, None], "b": 1})


def test_the_canonical_text_tells_true_from_one() -> None:
    assert canonical(True) != canonical(1)


def test_an_infinite_number_has_no_canonical_text() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical([float("inf")])
