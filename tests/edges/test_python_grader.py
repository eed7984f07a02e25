import sys
from pathlib import Path

import pytest

from evalgate.adapters.python_grader import PACKAGE, PythonGraders
from evalgate.model.document import Data, Tree
from evalgate.model.ports import CodeFault, CodeGraders

SOURCES: Tree = {
    "graders/tone.py": b"""
import json
import sys
from dataclasses import dataclass
from evalgate_graders.words import POLITE
from .deep.inner import same

calls = []

def is_polite(answer, context):
    calls.append(answer)
    return POLITE in answer

def count(answer, context):
    return len(calls) / 10

def fails(answer, context):
    return json.loads(answer)

def leaves(answer, context):
    sys.exit(answer)

def digs(answer, context):
    return digs(answer, context)

def prints(answer, context):
    print(answer)
    sys.stderr.write(answer)
    return True

def late(answer, context):
    from . import words
    return words.POLITE == answer

def spoils(answer, context):
    context["vars"]["q"].append("gone")
    del context["expected"]
    sys.path.append("spoilt")
    return True

def one(answer): return True

async def later(answer, context): return True

def keyed(answer, context, *, strict): return True

limit = 5
""",
    "graders/words.py": b"""
from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Word:
    text: str

POLITE = Word("please").text
""",
    "graders/deep/inner.py": b"def same(answer, context):\n    return context['expected'] == answer\n",
    "graders/broken.py": b"import nothere\n",
    "graders/wrong.py": b"def f(:\n",
    "graders/quits.py": b"import sys\nsys.exit(3)\n",
    "graders/sly.py": b"from found_in_the_checkout import f\n",
    "graders/zero.py": b"x = '\0'\n",
    "other/tone.py": b"def is_polite(answer, context): return 'other'\n",
}


@pytest.fixture
def graders() -> PythonGraders:
    return PythonGraders(SOURCES, "graders")


def says(graders: CodeGraders, reference: str, answer: str = "", **context: Data) -> object:
    return graders.call(reference, answer, context=context)


def test_a_function_is_called_with_answer_and_context(graders: PythonGraders) -> None:
    assert says(graders, "tone:is_polite", "yes please") is True
    assert says(graders, "deep.inner:same", "a", expected="a") is True


def test_modules_of_the_folder_import_one_another(graders: PythonGraders) -> None:
    assert says(graders, "tone:same", "b", expected="a") is False
    assert says(graders, "tone:late", "please") is True


def test_a_module_is_executed_once_for_all_its_functions(graders: PythonGraders) -> None:
    says(graders, "tone:is_polite", "a")
    says(graders, "tone:is_polite", "b")
    assert list(graders.faults(["tone:is_polite", "tone:fails"])) == []
    assert says(graders, "tone:count") == 0.2


def test_an_exception_is_told_by_its_type_and_the_line_of_the_teams_code(
    graders: PythonGraders,
) -> None:
    lines = SOURCES["graders/tone.py"].decode().splitlines()
    line = lines.index("    return json.loads(answer)") + 1
    assert says(graders, "tone:fails", "secret") == CodeFault(
        reason=f"`tone:fails` raised JSONDecodeError at graders/tone.py:{line}."
    )


@pytest.mark.parametrize(("function", "kind"), [("leaves", "SystemExit"), ("digs", "Recursion")])
def test_no_function_ends_the_run(graders: PythonGraders, function: str, kind: str) -> None:
    fault = says(graders, f"tone:{function}", "secret")
    assert isinstance(fault, CodeFault)
    assert f"raised {kind}" in fault.reason
    assert "secret" not in fault.reason


def test_a_function_that_is_not_there_gives_no_result(graders: PythonGraders) -> None:
    fault = says(graders, "gone:f")
    assert fault == CodeFault(reason="`gone:f` raised ModuleNotFoundError.")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("gone:f", ": ModuleNotFoundError: there is no file graders/gone.py at the base"),
        ("deep:f", ": TypeError: graders/deep.py has no function `f`"),
        ("tone:missing", ": TypeError: graders/tone.py has no function `missing`"),
        ("tone:limit", ": TypeError: graders/tone.py has no function `limit`"),
        ("tone:one", ": TypeError: expected a function of two arguments, (answer, context)"),
        ("tone:keyed", ": TypeError: expected a function of two arguments, (answer, context)"),
        ("tone:later", ": TypeError: it is an `async` function; write it without `async`"),
        ("broken:f", " at graders/broken.py:1: ModuleNotFoundError: No module named 'nothere'"),
        ("wrong:f", ": SyntaxError: invalid syntax (wrong.py, line 1)"),
        ("quits:f", " at graders/quits.py:2: SystemExit: 3"),
        ("zero:f", ": SyntaxError: "),
    ],
)
def test_what_cannot_be_loaded_is_said_before_anything_runs(
    graders: PythonGraders, reference: str, said: str
) -> None:
    faults = list(graders.faults([reference, "tone:is_polite", reference]))
    assert len(faults) == 1
    assert faults[0].startswith(f"the grader `{reference}` cannot be loaded{said}")


def test_what_a_function_changes_stays_its_own(graders: PythonGraders) -> None:
    values: list[Data] = ["Why?"]
    context: dict[str, Data] = {"vars": {"q": values}, "expected": "x"}
    before = list(sys.path)
    assert graders.call("tone:spoils", "", context=context) is True
    assert context == {"vars": {"q": ["Why?"]}, "expected": "x"}
    assert sys.path == before


def test_what_cannot_be_copied_gives_no_result(graders: PythonGraders) -> None:
    nested: Data = None
    for _ in range(10_000):
        nested = [nested]
    fault = graders.call("tone:count", "", context={"deep": nested})
    assert fault == CodeFault(reason="`tone:count` raised RecursionError.")


def test_nothing_that_a_function_prints_reaches_a_workflow(
    graders: PythonGraders, capfd: pytest.CaptureFixture[str]
) -> None:
    assert says(graders, "tone:prints", "::error::gotcha") is True
    assert capfd.readouterr() == ("", "")


def test_no_code_is_taken_from_the_folder_that_evalgate_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "found_in_the_checkout.py").write_text("def f(a, c): return True\n")
    (tmp_path / "graders").mkdir()
    (tmp_path / "graders" / "gone.py").write_text("def f(a, c): return True\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    graders = PythonGraders(SOURCES, "graders")
    faults = list(graders.faults(["sly:f", "gone:f"]))
    assert "no file graders/gone.py at the base" in faults[0]
    assert "No module named 'found_in_the_checkout'" in faults[1]
    assert "found_in_the_checkout" not in sys.modules


def test_two_commits_do_not_mix() -> None:
    old = PythonGraders({"graders/a.py": b"def f(answer, context): return False\n"}, "graders")
    new = PythonGraders({"graders/a.py": b"def f(answer, context): return True\n"}, "graders")
    assert (says(old, "a:f"), says(new, "a:f"), says(old, "a:f")) == (False, True, False)


def test_nothing_stays_behind_in_the_interpreter(graders: PythonGraders) -> None:
    before = list(sys.meta_path), list(sys.path), sys.stdout, sys.stderr
    says(graders, "tone:is_polite")
    says(graders, "broken:f")
    assert (list(sys.meta_path), list(sys.path), sys.stdout, sys.stderr) == before
    assert not any(name.startswith(PACKAGE) for name in sys.modules)
