import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.document import Data
from evalgate.model.writable import MOST_LEVELS, is_writable

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def nested(levels: int) -> Data:
    data: Data = "x"
    for level in range(levels):
        data = [data] if level % 2 else {"a": data, "b": 1}
    return data


@given(VALUES)
def test_shallow_data_is_writable_when_strict_json_can_hold_it(data: Data) -> None:
    try:
        json.dumps(data, allow_nan=False)
    except ValueError:
        assert not is_writable(data)
    else:
        assert is_writable(data)


@pytest.mark.parametrize(("levels", "expected"), [(MOST_LEVELS, True), (MOST_LEVELS + 1, False)])
def test_nesting_has_a_limit(levels: int, expected: bool) -> None:
    assert is_writable(nested(levels)) is expected


def test_a_hundred_thousand_levels_are_told_without_recursion() -> None:
    assert not is_writable(nested(100_000))
