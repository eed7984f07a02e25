"""Facts about collecting the events of a stream."""

import json
from collections.abc import AsyncIterator, Iterable
from json import JSONDecodeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_reply import BadReply
from evalgate.adapters.claude_stream import collect
from evalgate.model.chat import FailureKind

START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 9, "cache_read_input_tokens": 5, "output_tokens": 1},
    },
}
STOP = {"type": "message_stop"}


async def replayed(events: Iterable[object]) -> AsyncIterator[object]:
    for event in events:
        yield event


async def collected(*events: object) -> object:
    return await collect(replayed(events))


def block(index: int, start: object, *deltas: object) -> list[object]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def end(reason: str = "end_turn", **usage: object) -> dict[str, object]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


def call(*pieces: str) -> list[object]:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block(0, {"type": "tool_use", "id": "t", "name": "get", "input": {}}, *deltas)


async def content(*events: object) -> object:
    body = await collected(START, *events, end(), STOP)
    assert isinstance(body, dict)
    return body["content"]


async def test_texts_come_together_in_their_blocks() -> None:
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    assert await content(
        *block(
            0,
            thinking,
            {"type": "thinking_delta", "thinking": "h"},
            {"type": "thinking_delta", "thinking": "m"},
            {"type": "signature_delta", "signature": "sig"},
        ),
        *block(
            1,
            {"type": "text", "text": "one "},
            {"type": "text_delta", "text": "two "},
            {"type": "text_delta", "text": "three"},
        ),
    ) == [
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "text", "text": "one two three"},
    ]


async def test_the_input_of_a_tool_is_read_when_all_of_it_has_come() -> None:
    tool = {"type": "tool_use", "id": "t", "name": "get"}
    assert await content(*call('{"a"', ": [1", "]}")) == [{**tool, "input": {"a": [1]}}]
    assert await content(*call()) == [{**tool, "input": {}}]
    assert await content(*call("")) == [{**tool, "input": {}}]


async def test_the_last_counts_stand_and_those_that_are_left_out_stay() -> None:
    body = await collected(START, end(output_tokens=7, input_tokens=None), STOP)
    assert isinstance(body, dict)
    assert body["usage"] == {"input_tokens": 9, "cache_read_input_tokens": 5, "output_tokens": 7}
    assert body["stop_reason"] == "end_turn"
    assert body["model"] == "m"


async def test_a_tool_call_that_did_not_fit_is_no_call() -> None:
    text = block(0, {"type": "text", "text": "Hi"})
    cut = block(
        1,
        {"type": "tool_use", "id": "t", "name": "get", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"a'},
    )
    body = await collected(START, *text, *cut, end("max_tokens"), STOP)
    assert isinstance(body, dict)
    assert body["content"] == [{"type": "text", "text": "Hi"}]


async def test_broken_input_of_a_tool_is_broken_in_any_other_case() -> None:
    with pytest.raises(JSONDecodeError):
        await content(*call('{"a'))


@pytest.mark.parametrize("events", [[START], [START, end()], [START, *call("{")]])
async def test_a_stream_without_its_end_is_cut(events: list[object]) -> None:
    bad = await collected(*events)
    assert isinstance(bad, BadReply)
    assert bad.kind is FailureKind.CUT


@pytest.mark.parametrize("events", [[], [STOP], [end()], [None, 3, [], {"type": ["odd"]}]])
async def test_a_stream_without_a_message_is_malformed(events: list[object]) -> None:
    bad = await collected(*events)
    assert isinstance(bad, BadReply)
    assert bad.kind is FailureKind.MALFORMED


async def test_events_and_deltas_that_are_not_known_are_passed_over() -> None:
    unknown = [
        {"type": "of_tomorrow"},
        {"type": "content_block_delta", "index": 5, "delta": {"text": "x"}},
        {"type": "content_block_delta", "index": "0", "delta": {"text": "x"}},
        {"type": "content_block_delta", "index": 0, "delta": None},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "new", "parts": [1]}},
    ]
    text = {"type": "text", "text": "Hi"}
    assert await content(*block(0, text), *unknown) == [text]


async def test_what_comes_after_the_end_is_not_waited_for() -> None:
    async def endless() -> AsyncIterator[object]:
        for event in (START, end(), STOP):
            yield event
        raise AssertionError

    assert isinstance(await collect(endless()), dict)


async def test_a_long_answer_in_small_pieces_is_collected_fast() -> None:
    deltas = [{"type": "text_delta", "text": "words "}] * 100_000
    found = await content(*block(0, {"type": "text", "text": ""}, *deltas))
    assert found == [{"type": "text", "text": "words " * 100_000}]


EVENTS = st.sampled_from([START, STOP, end(), *call("{}"), *block(0, {"type": "text"})])


@given(st.lists(EVENTS, max_size=8))
async def test_events_in_any_order_make_a_body_or_a_reason(events: list[object]) -> None:
    try:
        found = await collected(*events)
    except JSONDecodeError:
        return
    assert isinstance(found, dict | BadReply)
    json.dumps(found if isinstance(found, dict) else None)
