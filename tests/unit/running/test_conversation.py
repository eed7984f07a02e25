"""Facts about going on with a conversation while the model calls tools."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.grading.json_text import holds_all
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.content import Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult
from evalgate.running.conversation import MOST_ROUNDS, converse, tool_results

REQUEST = ChatRequest(
    model="claude-answers",
    max_tokens=64,
    system="Look it up.",
    turns=(Turn(role="user", content="Where is AB-1?"),),
    tools=(Tool(name="get_order", description="", input_schema={"type": "object"}),),
    trial="case/0",
)
THINKING = Opaque(data={"type": "thinking", "thinking": "hm", "signature": "s"})
FOUND = CannedResult(tool="get_order", content="shipped")


def call(identity: str = "t1", *, name: str = "get_order", **given: Data) -> ToolCall:
    return ToolCall(id=identity, name=name, input=given)


def calls(*made: ToolCall, text: str = "", stop_reason: str = "tool_use") -> Completion:
    said = (Text(text=text),) if text else ()
    return Completion(
        text=text,
        model="claude-answers",
        stop_reason=stop_reason,
        usage=Usage(
            input_tokens=1,
            output_tokens=10,
            cache_write_5m_tokens=100,
            cache_write_1h_tokens=1_000,
            cache_read_tokens=10_000,
        ),
        latency_ms=7,
        request_id=f"req_{text}",
        blocks=(THINKING, *said, *made),
        tool_calls=made,
    )


def says(text: str) -> Completion:
    return calls(text=text, stop_reason="end_turn")


class Script:
    """Gives its answers in turn, the last one for ever, and remembers what it was asked."""

    def __init__(self, *answers: Completion | CallFailure) -> None:
        self.asked: list[ChatRequest] = []
        self._answers = answers

    async def send(self, request: ChatRequest) -> Completion | CallFailure:
        self.asked.append(request)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


async def run(script: Script, *results: CannedResult, request: ChatRequest = REQUEST) -> Completion:
    completion = await converse(script.send, request, results=results)
    assert isinstance(completion, Completion)
    return completion


async def test_an_answer_without_tool_calls_is_the_answer_as_it_came() -> None:
    script = Script(says("hello"))
    assert await run(script, FOUND) == says("hello")
    assert script.asked == [REQUEST]


async def test_a_call_with_a_result_is_answered_and_the_model_asked_again() -> None:
    first = calls(call(order="AB-1"), text="One moment.")
    script = Script(first, says("It is shipped."))
    completion = await run(script, FOUND)
    assert completion.text == "It is shipped."
    assert script.asked[1] == replace(
        REQUEST,
        turns=(
            *REQUEST.turns,
            Turn(role="assistant", content=first.blocks),
            Turn(role="user", content=(ToolResult(call="t1", content="shipped"),)),
        ),
    )


async def test_the_answer_sums_all_rounds_and_speaks_as_the_last() -> None:
    one, two = call("t1", order="AB-1"), call("t2", order="AB-2")
    completion = await run(Script(calls(one), calls(two, text="two"), says("end")), FOUND)
    assert completion.usage == Usage(
        input_tokens=3,
        output_tokens=30,
        cache_write_5m_tokens=300,
        cache_write_1h_tokens=3_000,
        cache_read_tokens=30_000,
    )
    assert completion.latency_ms == 21
    assert completion.tool_calls == (one, two)
    assert (completion.text, completion.stop_reason) == ("end", "end_turn")
    assert completion.request_id == "req_end"
    assert completion.blocks == says("end").blocks


async def test_several_calls_of_one_turn_are_answered_together_and_in_order() -> None:
    script = Script(calls(call("t2", order="B"), call("t1", order="A")), says("end"))
    failed = CannedResult(tool="get_order", input={"order": "A"}, content="gone", failed=True)
    await run(script, failed, FOUND)
    assert script.asked[1].turns[-1].content == (
        ToolResult(call="t2", content="shipped"),
        ToolResult(call="t1", content="gone", failed=True),
    )


async def test_a_call_without_a_result_ends_the_conversation() -> None:
    answer = calls(call("t1", order="A"), call("t2", name="refund"))
    script = Script(answer)
    assert await run(script, FOUND) == answer
    assert len(script.asked) == 1


async def test_a_turn_that_was_cut_short_is_not_gone_on_with() -> None:
    answer = calls(call(order="A"), stop_reason="max_tokens")
    assert await run(Script(answer), FOUND) == answer


async def test_a_stop_for_tools_without_a_call_ends_the_conversation() -> None:
    script = Script(calls())
    assert await run(script, FOUND) == calls()
    assert len(script.asked) == 1


async def test_a_conversation_has_at_most_so_many_rounds() -> None:
    script = Script(calls(call(order="A")))
    completion = await run(script, FOUND)
    assert len(script.asked) == MOST_ROUNDS == 10
    assert len(completion.tool_calls) == 10
    assert completion.stop_reason == "tool_use"


async def test_a_failure_in_any_round_is_the_failure_of_all() -> None:
    failure = CallFailure(kind=FailureKind.OVERLOADED, message="busy")
    script = Script(calls(call(order="A")), failure)
    assert await converse(script.send, REQUEST, results=(FOUND,)) is failure


async def test_every_round_keeps_the_trial_the_tools_and_the_system() -> None:
    script = Script(calls(call(order="A")), calls(call(order="A")), says("end"))
    await run(script, FOUND)
    assert [replace(each, turns=()) for each in script.asked] == [replace(REQUEST, turns=())] * 3
    assert [len(each.turns) for each in script.asked] == [1, 3, 5]


@pytest.mark.parametrize(
    ("results", "content"),
    [
        ((CannedResult(tool="get_order", content="a", input={"order": "X"}), FOUND), "shipped"),
        ((CannedResult(tool="get_order", content="a", input={"order": "AB-1"}), FOUND), "a"),
        ((FOUND, CannedResult(tool="get_order", content="b")), "shipped"),
        ((CannedResult(tool="other", content="b"), FOUND), "shipped"),
    ],
)
def test_the_first_result_that_fits_the_call_is_given(
    results: Sequence[CannedResult], content: str
) -> None:
    (result,) = tool_results(calls(call(order="AB-1", lines=2)), results)
    assert result.content == content


@pytest.mark.parametrize(
    ("arguments", "wanted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": None}, False),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, False),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": "x"}, {"a": {"b": 1}}, False),
    ],
)
def test_arguments_may_hold_more_than_is_wanted_but_not_less(
    arguments: Data, wanted: Data, expected: bool
) -> None:
    assert holds_all(arguments, wanted) is expected
