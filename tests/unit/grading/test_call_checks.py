"""Facts about checks of the call behind an answer."""

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.checks import CHECKS
from evalgate.grading.completed import completed
from evalgate.grading.finding import Finding
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec

CALLS = (
    ToolCall(id="1", name="find", input={"order": "QF-1", "opts": {"deep": True, "n": 1}}),
    ToolCall(id="2", name="refund", input={"order": "QF-1"}),
    ToolCall(id="3", name="find", input={"order": "QF-2"}),
)


def completion(stop_reason: str = "end_turn") -> Completion:
    return Completion(
        text="Done.",
        model="m",
        stop_reason=stop_reason,
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1_500,
        tool_calls=CALLS,
    )


def found(
    kind: str, argument: Data, *, cost: float | None = 0.01, stop: str = "end_turn"
) -> Finding:
    check = CHECKS[kind]
    assert check.fault(argument) is None
    return check.find(argument, Answer(completion=completion(stop), cost_usd=cost))


@pytest.mark.parametrize(
    ("kind", "argument", "holds"),
    [
        ("latency_ms", 1_500, True),
        ("latency_ms", 1_499, False),
        ("cost_usd", 0.01, True),
        ("cost_usd", 0.009, False),
        ("stop_reason", "end_turn", True),
        ("stop_reason", ["refusal", "end_turn"], True),
        ("stop_reason", "max_tokens", False),
        ("tool_called", "refund", True),
        ("tool_called", "cancel", False),
        ("tool_called", {"name": "find", "arguments": {"order": "QF-2"}}, True),
        ("tool_called", {"name": "find", "arguments": {"opts": {"n": 1.0}}}, True),
        ("tool_called", {"name": "find", "arguments": {"opts": {"n": 2}}}, False),
        ("tool_called", {"name": "refund", "arguments": {"order": "QF-1"}, "match": "exact"}, True),
        ("tool_called", {"name": "refund", "arguments": {}, "match": "exact"}, False),
        ("tool_called", {"name": "find", "times": 2}, True),
        ("tool_called", {"name": "find", "times": 1}, False),
        ("tool_called", {"name": "cancel", "times": 0}, True),
    ],
)
def test_a_call_is_held_against_its_check(kind: str, argument: Data, holds: bool) -> None:
    result = found(kind, argument)
    assert result.holds is holds, result.reason


def test_an_unknown_cost_is_ungraded() -> None:
    assert found("cost_usd", 1, cost=None).cause == "unknown_cost"


def test_the_reason_shows_what_was_called() -> None:
    assert "`find`, `refund`, not `cancel`" in found("tool_called", "cancel").reason
    nearly: Data = {"name": "refund", "arguments": {"order": "x"}}
    assert '`{"order": "QF-1"}` only' in found("tool_called", nearly).reason


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("latency_ms", 0),
        ("latency_ms", "fast"),
        ("latency_ms", True),
        ("cost_usd", -1),
        ("stop_reason", "done"),
        ("stop_reason", []),
        ("tool_called", ""),
        ("tool_called", 5),
        ("tool_called", {"arguments": {}}),
        ("tool_called", {"name": "a", "arguments": []}),
        ("tool_called", {"name": "a", "match": "fuzzy"}),
        ("tool_called", {"name": "a", "times": -1}),
        ("tool_called", {"name": "a", "times": True}),
        ("tool_called", {"name": "a", "args": {}}),
    ],
)
def test_a_wrong_argument_is_a_fault(kind: str, argument: Data) -> None:
    assert CHECKS[kind].fault(argument) is not None


@pytest.mark.parametrize(
    ("spec", "stop", "passed"),
    [
        (GraderSpec(kind="refusal", name="r", argument=True), "refusal", True),
        (GraderSpec(kind="refusal", name="r", argument=True), "max_tokens", False),
        (GraderSpec(kind="refusal", name="r", argument=True, negated=True), "refusal", False),
        (GraderSpec(kind="stop_reason", name="s", argument="max_tokens"), "max_tokens", True),
        (GraderSpec(kind="stop_reason", name="s", argument=["refusal"]), "refusal", True),
        (GraderSpec(kind="stop_reason", name="s", argument="refusal"), "max_tokens", False),
        (GraderSpec(kind="contains", name="c", argument="refusal"), "refusal", False),
    ],
)
def test_an_end_that_the_case_asks_for_is_no_failure(
    spec: GraderSpec, stop: str, passed: bool
) -> None:
    assert completed(completion(stop), specs=(spec,)).passed is passed


def test_a_tool_without_a_name_is_refused() -> None:
    wrong: tuple[Data, ...] = ("", {"name": ""}, {"name": 5})
    for argument in wrong:
        assert CHECKS["tool_called"].fault(argument) is not None
