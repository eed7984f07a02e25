"""A conversation: what may be said when, whose version it keeps, and how it is kept as text."""

import json

import pytest

from evalgate.errors import UsageError
from evalgate.model.call import Arm, ServedBy
from evalgate.model.chat import Usage
from evalgate.model.content import Block, Opaque, Text, ToolCall, ToolResult
from evalgate.model.reply import Reply
from evalgate.runtime.asked import Asked
from evalgate.runtime.conversation import Talk


def a_reply(
    *blocks: Block, version: str = "v3", route: str | None = "direct", model: str = "claude-x"
) -> Reply:
    said = blocks or (Text(text="Yes."),)
    return Reply(
        text="Yes.",
        prompt="shop",
        version=version,
        arm=Arm.STABLE,
        model=model,
        provider="direct",
        route=route,
        served_by=ServedBy.PRIMARY,
        degraded=False,
        request_id="id",
        usage=Usage(input_tokens=1, output_tokens=1),
        cost_usd=0.1,
        latency_ms=1,
        tool_calls=tuple(block for block in said if isinstance(block, ToolCall)),
        blocks=said,
    )


LOOK_UP = ToolCall(id="toolu_1", name="look_up", input={"order": "AB-1"})


def test_a_conversation_stays_with_the_version_of_its_first_answer() -> None:
    talk = Talk().answered(a_reply(version="v3")).said("And now?").answered(a_reply(version="v4"))
    assert talk.pin == "v3"


def test_its_turns_are_those_of_both_in_order() -> None:
    talk = Talk().answered(a_reply()).said("And the hat?")
    assert [turn.role for turn in talk.turns] == ["assistant", "user"]
    assert talk.turns[-1].text == "And the hat?"


def test_thoughts_are_kept_while_one_model_over_one_route_answers() -> None:
    once = Talk().answered(a_reply())
    assert once.thought_over == ("direct", "claude-x")
    assert once.said("x").answered(a_reply()).thought_over == ("direct", "claude-x")
    moved = once.said("x").answered(a_reply(route="vertex"))
    assert moved.thought_over is None
    assert moved.said("x").answered(a_reply(route="vertex")).thought_over is None


def test_nothing_is_said_while_the_model_waits_for_a_tool() -> None:
    talk = Talk().answered(a_reply(LOOK_UP))
    with pytest.raises(UsageError, match="waits for the results of `look_up`"):
        talk.said("Hello?")


def test_every_tool_needs_its_result() -> None:
    talk = Talk().answered(a_reply(LOOK_UP))
    with pytest.raises(UsageError, match="results for `look_up` are missing"):
        talk.resulted({})
    with pytest.raises(UsageError, match="no tool was called so"):
        talk.resulted({"toolu_1": "sent", "toolu_2": "what?"})
    with pytest.raises(UsageError, match="no tool was called so"):
        Talk().resulted({"toolu_1": "sent"})


def test_the_result_of_a_tool_goes_back_to_its_call() -> None:
    talk = Talk().answered(a_reply(LOOK_UP)).resulted({"toolu_1": "sent"})
    assert talk.turns[-1].content == (ToolResult(call="toolu_1", content="sent"),)
    failed = ToolResult(call="", content="down", failed=True)
    talk = Talk().answered(a_reply(LOOK_UP)).resulted({"toolu_1": failed})
    assert talk.turns[-1].content == (ToolResult(call="toolu_1", content="down", failed=True),)


def test_a_conversation_can_be_kept_as_text() -> None:
    thought = Opaque(data={"type": "thinking", "thinking": "SECRET"})
    talk = (
        Talk()
        .answered(a_reply(thought, Text(text="Let me see."), LOOK_UP))
        .resulted({"toolu_1": "sent"})
        .answered(a_reply())
        .said("Thanks 😀 ü")
    )
    again = Talk.of(talk.text())
    assert [turn.text for turn in again.turns] == [turn.text for turn in talk.turns]
    assert again.turns[0].blocks[1] == LOOK_UP
    assert again.turns[1].content == talk.turns[1].content
    assert (again.pin, again.thought_over) == ("v3", None)
    assert "SECRET" not in talk.text(), "what a model thinks is of no use to another one"


def test_a_new_conversation_has_an_empty_state() -> None:
    assert Talk.of("") == Talk()
    assert Talk.of(Talk().text()) == Talk()


@pytest.mark.parametrize(
    "state",
    [
        "{",
        "[]",
        '{"schema": "conversation/2", "messages": []}',
        '{"schema": "conversation/1"}',
        '{"schema": "conversation/1", "messages": [{"role": "judge", "content": "x"}]}',
        '{"schema": "conversation/1", "messages": 5}',
        "[" * 100_000,
    ],
)
def test_what_is_no_state_is_refused(state: str) -> None:
    with pytest.raises(UsageError, match="no state of a conversation"):
        Talk.of(state)


def test_the_state_is_json_of_its_own_schema() -> None:
    told = json.loads(Talk().answered(a_reply()).text())
    assert told == {
        "schema": "conversation/1",
        "pin": "v3",
        "messages": [{"role": "assistant", "content": [{"type": "text", "text": "Yes."}]}],
    }


def test_nothing_is_asked_while_the_model_has_the_last_word() -> None:
    asked = Asked(prompt="shop", variables={})
    assert Talk().asks(asked).further == ()
    with pytest.raises(UsageError, match="the model has the last word"):
        Talk().answered(a_reply()).asks(asked)


def test_each_turn_of_a_conversation_is_a_call_of_its_own_under_one_key() -> None:
    asked = Asked(prompt="shop", variables={}, idempotency_key="k")
    talk = Talk().answered(a_reply()).said("x")
    assert Talk().asks(asked).idempotency_key == "k/0"
    assert talk.asks(asked).idempotency_key == "k/2"
    assert talk.asks(asked, streamed=True).streamed


def test_what_is_asked_has_the_turns_and_the_version_of_the_conversation() -> None:
    talk = Talk().answered(a_reply()).said("x")
    asked = talk.asks(Asked(prompt="shop", variables={}))
    assert (asked.further, asked.pin, asked.thought_over) == (
        talk.turns,
        "v3",
        ("direct", "claude-x"),
    )


def test_a_pin_of_the_caller_outranks_that_of_the_state() -> None:
    state = Talk(pin="v3").text()
    assert Talk.of(state).pin == "v3"
    assert Talk.of(state, pin="v4").pin == Talk.of("", pin="v4").pin == "v4"


def test_results_are_given_only_where_a_tool_was_called() -> None:
    with pytest.raises(UsageError, match="no tool was called so"):
        Talk().answered(a_reply()).resulted({})


@pytest.mark.parametrize("said", ["", "  ", 5])
def test_a_user_who_says_something_says_words(said: object) -> None:
    with pytest.raises(UsageError, match="say: expected a text"):
        Talk().answered(a_reply()).said(said)  # type: ignore[arg-type]  # slips


def test_a_result_is_a_text() -> None:
    asked = Talk().answered(a_reply(LOOK_UP))
    with pytest.raises(UsageError, match="give: expected a text or a ToolResult"):
        asked.resulted({LOOK_UP.id: {"status": "sent"}})  # type: ignore[dict-item]  # a slip
