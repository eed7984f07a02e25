"""Facts about what the variables of a case attach."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.case_files import attached, is_file, read_files
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

TREE = {"a.txt": b"A", "b.txt": b"B"}


def read(variables: Data) -> tuple[list[str], list[str]]:
    problems: list[Problem] = []
    beside = Beside(evalset="s.yaml", tree=TREE, parser=FORMATS, problems=problems)
    document = Document(path="s.yaml", data={"vars": variables}, lines={})
    files = read_files(Section(document, (), problems), beside)
    return list(files), [str(problem) for problem in problems]


def message(*blocks: Data) -> Data:
    return [{"role": "user", "content": list(blocks)}]


def test_variables_and_blocks_attach_files() -> None:
    history = message({"type": "document", "file": "b.txt"}, {"type": "text", "text": "x"})
    assert read({"doc": {"file": "a.txt"}, "history": history}) == (["a.txt", "b.txt"], [])


@pytest.mark.parametrize(
    "value", ["a.txt", {"file": "a.txt", "x": 1}, {"file": 5}, [{"file": "a.txt"}], {}, None, 5]
)
def test_other_values_are_data(value: Data) -> None:
    assert read({"doc": value}) == ([], [])
    assert not is_file(value)


@pytest.mark.parametrize("variables", [None, 5, []])
def test_variables_of_another_shape_attach_nothing(variables: Data) -> None:
    assert read(variables) == ([], [])


def test_a_missing_file_is_told_where_it_is_named() -> None:
    _, problems = read({"d": {"file": "c"}, "h": message({"type": "document", "file": "c"})})
    assert [problem.partition(": there is no file")[0] for problem in problems] == [
        "s.yaml: vars.d.file",
        "s.yaml: vars.h[0].content[0].file",
    ]


def test_only_the_files_that_variables_name_are_attached() -> None:
    beside = Beside(evalset="s.yaml", tree=TREE, parser=FORMATS, problems=[])
    document = Document(path="s.yaml", data={"vars": {"a": {"file": "a.txt"}}}, lines={})
    files = read_files(Section(document), beside)
    assert attached({"x": {"file": "a.txt"}, "y": "b.txt"}, files) == files
    assert attached({"x": {"file": "b.txt"}}, files) == {}
