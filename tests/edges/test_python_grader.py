"""Facts about calling a team's own Python functions."""

import sys

import pytest

from evalgate.adapters.python_grader import PACKAGE, PythonGraders
from evalgate.model.document import Tree

SOURCES: Tree = {
    "graders/tone.py": b"""
from evalgate_graders.words import POLITE

calls = []

def is_polite(answer, context):
    calls.append(answer)
    return POLITE in answer

def count(answer, context):
    return len(calls) / 10

def fails(answer, context):
    raise ValueError(answer)

limit = 5
""",
    "graders/words.py": b"POLITE = 'please'\n",
    "graders/deep/inner.py": b"def check(answer, context):\n    return context['expected'] == answer\n",
    "graders/broken.py": b"import nothere\n",
    "graders/wrong.py": b"def f(:\n",
}


@pytest.fixture
def graders() -> PythonGraders:
    return PythonGraders(SOURCES, "graders")


def test_a_function_is_called_with_answer_and_context(graders: PythonGraders) -> None:
    assert graders.call("tone:is_polite", "yes please", {}) is True
    assert graders.call("deep.inner:check", "a", {"expected": "a"}) is True


def test_a_module_is_executed_once(graders: PythonGraders) -> None:
    graders.call("tone:is_polite", "a", {})
    graders.call("tone:is_polite", "b", {})
    assert list(graders.faults(["tone:is_polite"])) == []
    assert graders.call("tone:count", "", {}) == 0.2


def test_what_a_function_raises_is_raised(graders: PythonGraders) -> None:
    with pytest.raises(ValueError, match="oops"):
        graders.call("tone:fails", "oops", {})


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("gone:f", "no file graders/gone.py at the base"),
        ("tone:missing", "has no function `missing`"),
        ("tone:limit", "has no function `limit`"),
        ("broken:f", "No module named 'nothere'"),
        ("wrong:f", "SyntaxError"),
    ],
)
def test_what_cannot_be_loaded_is_said_before_anything_runs(
    graders: PythonGraders, reference: str, said: str
) -> None:
    faults = list(graders.faults([reference, "tone:is_polite", reference]))
    assert len(faults) == 1
    assert reference in faults[0]
    assert said in faults[0]


def test_two_commits_do_not_mix() -> None:
    old = PythonGraders({"graders/a.py": b"def f(answer, context): return False\n"}, "graders")
    new = PythonGraders({"graders/a.py": b"def f(answer, context): return True\n"}, "graders")
    assert (old.call("a:f", "", {}), new.call("a:f", "", {})) == (False, True)


def test_nothing_stays_behind_in_the_interpreter(graders: PythonGraders) -> None:
    before = list(sys.meta_path)
    graders.call("tone:is_polite", "", {})
    assert sys.meta_path == before
    assert not any(name.startswith(PACKAGE) for name in sys.modules)
