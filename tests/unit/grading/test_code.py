"""Facts about grading by Python functions."""

from collections.abc import Iterable, Iterator, Mapping

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.code import code_fault, code_grade, code_references
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet, GraderSpec
from evalgate.model.ports import CodeGraders
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
    """Functions that all return, or raise, the same; `seen` is what the last one was told."""

    def __init__(self, said: Data | Exception) -> None:
        self.said = said
        self.seen: tuple[str, str, Mapping[str, Data]] | None = None

    def faults(self, references: Iterable[str]) -> Iterator[str]:
        """Find nothing wrong."""
        yield from sorted(references)[:0]

    def call(self, reference: str, answer: str, context: Mapping[str, Data]) -> Data:
        """Return what all functions say."""
        self.seen = reference, answer, context
        if isinstance(self.said, Exception):
            raise self.said
        return self.said


def grade(said: Data | Exception, spec: GraderSpec = SPEC) -> Grade:
    return code_grade(spec, CASE, ANSWER, code=Says(said))


@pytest.mark.parametrize(
    ("said", "passed", "score"),
    [
        (True, True, 1.0),
        (False, False, 0.0),
        (1, True, 1.0),
        (0.4, False, 0.4),
        (0, False, 0.0),
        ({"passed": True}, True, 1.0),
        ({"passed": True, "score": 0.7, "reason": "nearly"}, True, 0.7),
        ({"passed": False, "score": 0.2}, False, 0.2),
    ],
)
def test_a_function_says_it_passes_or_how_far(said: Data, passed: bool, score: float) -> None:
    assert (grade(said).passed, grade(said).score) == (passed, score)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "yes",
        2,
        -0.1,
        float("nan"),
        [],
        {},
        {"passed": 1},
        {"passed": "no"},
        {"passed": True, "score": 1.5},
        {"passed": True, "sorce": 1},
    ],
)
def test_anything_else_is_ungraded(said: Data) -> None:
    assert (grade(said).passed, grade(said).cause) == (None, "python_error")


def test_an_exception_is_ungraded_and_tells_nothing_of_the_answer() -> None:
    found = grade(ValueError("Because."))
    assert (found.passed, found.cause) == (None, "python_error")
    assert "ValueError at line" in found.reason
    assert "Because" not in found.reason


def test_a_reason_is_taken_over() -> None:
    assert grade({"passed": False, "reason": "too cold"}).reason == "too cold"
    assert grade(False).reason == "`tone:is_polite` does not accept the answer."


def test_not_turns_it_round() -> None:
    negated = GraderSpec(kind="python", name="n", argument="a:b", negated=True)
    assert grade(True, negated).passed is False


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


def test_what_a_function_changes_stays_its_own() -> None:
    class Vandal(Says):
        def call(self, reference: str, answer: str, context: Mapping[str, Data]) -> Data:
            """Write into what it was given."""
            variables = context["vars"]
            assert isinstance(variables, dict)
            values = variables["q"]
            assert isinstance(values, list)
            values.append("gone")
            return bool(reference and answer)

    code: CodeGraders = Vandal(True)
    code_grade(SPEC, CASE, ANSWER, code=code)
    assert CASE.vars == {"q": ["Why?"]}


def test_without_functions_it_is_ungraded() -> None:
    found = code_grade(SPEC, CASE, ANSWER, code=None)
    assert (found.passed, found.cause) == (None, "python_not_allowed")


@pytest.mark.parametrize("written", ["tone:check", "a.b.c:d", "_x:_y"])
def test_a_function_is_named_by_module_and_name(written: str) -> None:
    assert code_fault(written) is None


@pytest.mark.parametrize("written", ["tone", "tone:", ":f", "a b:c", "../x:y", "a:b.c", 5, None])
def test_any_other_name_is_a_fault(written: Data) -> None:
    assert "expected `module:function`" in str(code_fault(written))


def test_the_functions_of_a_set_are_known_before_it_runs() -> None:
    evalset = EvalSet(name="s", path="s", prompts=("p",), cases=(CASE, CASE))
    assert list(code_references(evalset)) == ["tone:is_polite"] * 2
