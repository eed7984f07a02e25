from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.grading.answer import Answer
from evalgate.grading.code import code_fault, code_grade, code_problems, code_references
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet, GraderSpec
from evalgate.model.ports import CodeFault
from evalgate.model.trial import Grade

SPEC = GraderSpec(kind="python", name="polite", argument="tone:is_polite")
CASE = Case(
    id="c",
    vars={"q": ["Why?"]},
    expected="x",
    graders=(SPEC,),
    hash="h",
    tags=("t",),
    references=("r",),
)
ANSWER = Answer(
    completion=Completion(
        text="Because.",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=7,
        tool_calls=(ToolCall(id="1", name="look", input={"a": 1}),),
    ),
    cost_usd=0.5,
)


class Says:
    """Functions that all say the same; `seen` is what the last one was told."""

    def __init__(self, said: Data | CodeFault, *faults: str) -> None:
        self.said = said
        self.found = faults
        self.seen: tuple[str, str, Mapping[str, Data]] | None = None

    def faults(self, references: Iterable[str]) -> Iterator[str]:
        """Find the same wrong with every function but `fine:f`."""
        for reference in references:
            if reference != "fine:f":
                yield from self.found

    def call(self, reference: str, answer: str, *, context: Mapping[str, Data]) -> Data | CodeFault:
        """Return what all functions say."""
        self.seen = reference, answer, context
        return self.said


def grade(said: Data | CodeFault, spec: GraderSpec = SPEC) -> Grade:
    return code_grade(spec, CASE, ANSWER, code=Says(said))


@pytest.mark.parametrize(
    ("said", "passed", "score"),
    [
        (True, True, 1.0),
        (False, False, 0.0),
        (1, True, 1.0),
        (0.5, True, 0.5),
        (0.499, False, 0.499),
        (0, False, 0.0),
        ({"passed": True}, True, 1.0),
        ({"passed": True, "score": 0.7, "reason": "nearly"}, True, 0.7),
        ({"passed": False, "score": 0.2}, False, 0.2),
        ({"passed": True, "score": 0, "reason": None}, True, 0.0),
        ({"passed": False, "score": None}, False, 0.0),
    ],
)
def test_a_function_says_it_passes_or_how_far(said: Data, passed: bool, score: float) -> None:
    assert (grade(said).passed, grade(said).score) == (passed, score)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (None, "a value of the type `NoneType`"),
        ("yes", "a value of the type `str`"),
        (2, "a value of the type `int`"),
        (-0.1, "a value of the type `float`"),
        (float("nan"), "a value of the type `float`"),
        (float("inf"), "a value of the type `float`"),
        ([True], "a value of the type `list`"),
        ({}, "a mapping whose `passed` is neither true nor false"),
        ({"passed": 1}, "a mapping whose `passed` is neither true nor false"),
        ({"passed": "no"}, "a mapping whose `passed` is neither true nor false"),
        ({"score": 1.0}, "a mapping whose `passed` is neither true nor false"),
        ({"passed": True, "score": 1.5}, "a mapping whose `score` is no number in 0..1"),
        ({"passed": True, "score": True}, "a mapping whose `score` is no number in 0..1"),
        ({"passed": True, "score": float("nan")}, "a mapping whose `score` is no number in 0..1"),
        ({"passed": True, "score": "1"}, "a mapping whose `score` is no number in 0..1"),
        ({"passed": True, "reason": 5}, "a mapping whose `reason` is no text"),
        ({"passed": True, "sorce": 1}, "a mapping with the key `sorce`"),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_anything_else_is_ungraded(said: Data, what: str, negated: bool) -> None:
    found = grade(said, replace(SPEC, negated=negated))
    assert (found.passed, found.score, found.cause) == (None, None, "python_error")
    assert found.reason == (
        f"`tone:is_polite` returned {what}: expected true, false, a number in 0..1 or a mapping "
        "with `passed`."
    )


def test_a_function_that_failed_leaves_the_answer_ungraded() -> None:
    found = grade(CodeFault(reason="`tone:is_polite` raised ValueError at graders/tone.py:3."))
    assert (found.passed, found.score, found.cause) == (None, None, "python_error")
    assert found.reason == "`tone:is_polite` raised ValueError at graders/tone.py:3."


def test_a_reason_is_taken_over() -> None:
    assert grade({"passed": False, "reason": "too cold"}).reason == "too cold"
    assert grade(False).reason == "`tone:is_polite` does not accept the answer."
    assert grade(True).reason == "`tone:is_polite` accepts the answer."
    assert grade(0.93).reason == "`tone:is_polite` gives the answer 0.93."
    assert len(grade({"passed": False, "reason": "cold " * 9000}).reason) <= 400


def test_not_turns_it_round() -> None:
    negated = replace(SPEC, negated=True)
    assert grade(True, negated).passed is False
    turned = grade(0.75, negated)
    assert (turned.passed, turned.score) == (False, 0.25)


def test_a_function_knows_the_case_and_the_call() -> None:
    code = Says(True)
    code_grade(SPEC, CASE, ANSWER, code=code)
    assert code.seen == (
        "tone:is_polite",
        "Because.",
        {
            "vars": {"q": ["Why?"]},
            "expected": "x",
            "references": ["r"],
            "tags": ["t"],
            "stop_reason": "end_turn",
            "tool_calls": [{"name": "look", "input": {"a": 1}}],
            "latency_ms": 7,
            "cost_usd": 0.5,
        },
    )


def test_without_functions_it_is_ungraded() -> None:
    found = code_grade(SPEC, CASE, ANSWER, code=None)
    assert (found.passed, found.cause) == (None, "python_not_allowed")


@pytest.mark.parametrize("written", ["tone:check", "a.b.c:d", "_x:_y"])
def test_a_function_is_named_by_module_and_name(written: str) -> None:
    assert code_fault(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "tone",
        "tone:",
        ":f",
        "a b:c",
        "../x:y",
        "a/b:c",
        "a..b:c",
        "a:b.c",
        "a:b\n",
        "aä:b",
        5,
        None,
        "a" * 200 + ":b",
    ],
)
def test_any_other_name_is_a_fault(written: Data) -> None:
    assert "expected `module:function`" in str(code_fault(written))


def a_set() -> EvalSet:
    fine = GraderSpec(kind="python", name="fine", argument="fine:f")
    text = GraderSpec(kind="contains", name="text", argument="x")
    first = replace(CASE, graders=(text, fine, SPEC), line=7)
    second = replace(CASE, id="d", graders=(SPEC,), path="evalsets/cases.jsonl")
    return EvalSet(name="s", path="evalsets/s.yaml", prompts=("p",), cases=(first, second))


def test_the_functions_of_a_set_are_known_with_the_first_case_that_uses_them() -> None:
    found = code_references(a_set())
    assert [(reference, case.id) for reference, case in found.items()] == [
        ("fine:f", "c"),
        ("tone:is_polite", "c"),
    ]


def test_a_function_that_cannot_be_called_is_a_problem_before_anything_runs() -> None:
    problems = [str(problem) for problem in code_problems(a_set(), Says(True, "there is no file"))]
    assert problems == ["evalsets/s.yaml:7: case c: python: tone:is_polite: there is no file"]
    assert list(code_problems(a_set(), Says(True))) == []


def test_without_functions_every_use_of_one_is_a_problem() -> None:
    problems = [str(problem) for problem in code_problems(a_set(), None)]
    assert len(problems) == 2
    assert problems[0] == snapshot(
        "evalsets/s.yaml:7: case c: python: fine:f: Python graders are allowed by `paths.graders` in the policy at the base only"
    )
    without = replace(a_set(), cases=(replace(CASE, graders=()),))
    assert list(code_problems(without, None)) == []


def test_a_problem_stands_in_the_file_of_its_case() -> None:
    only = replace(a_set(), cases=a_set().cases[1:])
    assert [problem.path for problem in code_problems(only, None)] == ["evalsets/cases.jsonl"]
