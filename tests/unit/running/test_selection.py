"""The few cases that a run is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import Problem
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section
from evalgate.running.selection import Selection, read_selection, selection_data

names = st.none() | st.text(min_size=1)
selections = st.builds(
    Selection,
    cases=st.lists(st.text(), min_size=1).map(tuple),
    prompt=names,
    evalset=names,
    trials=st.none() | st.integers(1, 100),
)


def read(data: Data) -> tuple[Selection | None, list[str]]:
    problems: list[Problem] = []
    document = Document(path="plan.json", data={"only": data}, lines={})
    selection = read_selection(Section(document, (), problems), "only")
    return selection, [problem.message for problem in problems]


@given(selections)
def test_a_selection_is_read_back(selection: Selection) -> None:
    assert read(dict(selection_data(selection))) == (selection, [])


def test_there_need_be_none() -> None:
    assert read(None) == (None, [])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"cases": []}, "expected the id of at least one case"),
        ({}, "expected the id of at least one case"),
        ({"cases": ["a"], "trials": 0}, "expected a whole number from 1 to 100, got the number 0"),
        ({"cases": ["a"], "case": "b"}, "unknown key (did you mean `cases`?)"),
        ({"cases": {"a": 1}}, "expected a list of texts, got a mapping"),
        (["a"], "expected a mapping, got a list"),
    ],
)
def test_what_is_none_is_noted(data: Data, message: str) -> None:
    assert message in read(data)[1]
