"""Facts about what Jinja expressions do to values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.jinja_run import Missing, Run, Unfit
from evalgate.adapters.jinja_values import LARGEST, along, bounded, cut, inside, reckon, same
from evalgate.model.document import Data


def test_a_path_leads_through_mappings_and_lists() -> None:
    rows: Data = {"rows": [{"name": "Ada"}]}
    assert along(rows, "rows.0.name") == "Ada"
    assert isinstance(along(rows, "rows.1.name"), Missing)
    assert isinstance(along(rows, "rows.first"), Missing)
    assert along([5], 0) == 5


@pytest.mark.parametrize("key", ["_a", "__class__", "keys", "items"])
def test_only_data_is_inside_a_mapping(key: str) -> None:
    assert isinstance(inside({"_a": 1, "b": 2}, key), Missing)


@pytest.mark.parametrize("key", [True, 1.0, None, [0]])
def test_a_position_is_a_whole_number(key: Data) -> None:
    assert isinstance(inside(["a", "b"], key), Missing)


@given(
    st.lists(st.integers()) | st.text(),
    st.none() | st.integers(-5, 5),
    st.none() | st.integers(-5, 5),
    st.none() | st.integers(1, 3),
)
def test_a_slice_is_python_s(
    value: list[int] | str, start: int | None, stop: int | None, step: int | None
) -> None:
    held: Data = value if isinstance(value, str) else [*value]
    assert cut(Run({}), held, bounds=(start, stop, step)) == value[start:stop:step]


@pytest.mark.parametrize("value", [LARGEST + 1, -LARGEST - 1, float("inf"), float("nan")])
def test_numbers_are_finite_and_bounded(value: float) -> None:
    with pytest.raises(Unfit, match="18 zeros"):
        bounded(value)


def test_text_is_never_repeated_by_arithmetic() -> None:
    with pytest.raises(Unfit, match="numbers only"):
        reckon("*", "a", 10**9)


def test_equality_looks_into_values() -> None:
    assert same(Run({}), {"a": [1, None]}, {"a": [1.0, None]})
    assert not same(Run({}), {"a": [1]}, {"a": ["1"]})
