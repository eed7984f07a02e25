import json
from dataclasses import replace

import pytest

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.content import Text, Tool, ToolCall, Turn
from evalgate.simulator.answer import NO_RULES
from evalgate.simulator.reply import reply_to
from evalgate.simulator.rules import Behaviour, Rules, WantedCall

RULES = [Rules(path="r", behaviours=(Behaviour(name="a", says="A" * 41),))]
ASKED = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    system="s" * 9,
    turns=(Turn(role="user", content="u" * 7), Turn(role="user", content="v")),
)
CALLING = [
    Rules(
        path="r",
        behaviours=(
            Behaviour(name="a", says="A."),
            Behaviour(name="b", calls=WantedCall(tool="get", input={"a": "x" * 9})),
        ),
    )
]
OFFERED = replace(ASKED, tools=(Tool(name="get", description="", input_schema={}),))
B = "0123456789abcdef0123456789abcdef"


def test_usage_counts_system_and_turns_as_input_and_the_answer_as_output() -> None:
    assert reply_to(RULES, ASKED).usage == Usage(input_tokens=5, output_tokens=11)


@pytest.mark.parametrize("length", [41, 44])
def test_an_answer_that_fits_ends_its_turn(length: int) -> None:
    rules = [Rules(path="r", behaviours=(Behaviour(name="a", says="A" * length),))]
    reply = reply_to(rules, replace(ASKED, max_tokens=11))
    assert (reply.text, reply.stop_reason) == ("A" * length, "end_turn")


def test_an_answer_that_does_not_fit_is_cut_at_max_tokens() -> None:
    reply = reply_to(RULES, replace(ASKED, max_tokens=10))
    assert (reply.text, reply.stop_reason) == ("A" * 40, "max_tokens")
    assert reply.usage.output_tokens == 10


def test_a_judges_request_is_judged_and_any_other_is_answered() -> None:
    fences = f"<criteria_{B}>\nc1: x\n</criteria_{B}>\n<answer_{B}>\nA\n</answer_{B}>"
    turns = (Turn(role="user", content=fences),)
    judging = replace(ASKED, turns=turns, output_schema={"properties": {"c1": {}}})
    assert json.loads(reply_to([], judging).text)["c1"]["verdict"] == "cannot_tell"
    assert reply_to([], replace(judging, output_schema=None)).text == NO_RULES


def test_a_reply_calls_tools_before_it_says_anything() -> None:
    reply = reply_to(CALLING, OFFERED)
    (call,) = reply.calls
    assert (call.name, call.input) == ("get", {"a": "x" * 9})
    assert (reply.text, reply.stop_reason, reply.blocks) == ("", "tool_use", (call,))
    assert reply.usage.output_tokens == 6
    assert reply_to(CALLING, ASKED).blocks == (Text(text="A."),)


def test_calls_that_do_not_fit_into_max_tokens_are_lost() -> None:
    fits = reply_to(CALLING, replace(OFFERED, max_tokens=6))
    assert [type(block) for block in fits.blocks] == [ToolCall]
    lost = reply_to(CALLING, replace(OFFERED, max_tokens=5))
    assert (lost.blocks, lost.stop_reason) == ((), "max_tokens")
    assert lost.usage.output_tokens == 5
