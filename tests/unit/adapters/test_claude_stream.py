"""Facts about collecting the events of a stream."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_reply import BadReply
from evalgate.adapters.claude_stream import BROKEN, Answer
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


def collected(*events: object) -> object:
    answer = Answer()
    for event in events:
        answer.take(event)
        if answer.is_over:
            break
    return answer.outcome()


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


def content(*events: object) -> object:
    body = collected(START, *events, end(), STOP)
    assert isinstance(body, dict)
    return body["content"]


def test_texts_come_together_in_their_blocks() -> None:
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    assert content(
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


def test_the_input_of_a_tool_is_read_when_all_of_it_has_come() -> None:
    tool = {"type": "tool_use", "id": "t", "name": "get"}
    assert content(*call('{"a"', ": [1", "]}")) == [{**tool, "input": {"a": [1]}}]
    assert content(*call()) == [{**tool, "input": {}}]
    assert content(*call("")) == [{**tool, "input": {}}]


def test_the_last_counts_stand_and_those_that_are_left_out_stay() -> None:
    body = collected(START, end(output_tokens=7, input_tokens=None), STOP)
    assert isinstance(body, dict)
    assert body["usage"] == {"input_tokens": 9, "cache_read_input_tokens": 5, "output_tokens": 7}
    assert body["stop_reason"] == "end_turn"
    assert body["model"] == "m"


def test_a_tool_call_that_did_not_fit_is_no_call() -> None:
    text = block(0, {"type": "text", "text": "Hi"})
    cut = block(
        1,
        {"type": "tool_use", "id": "t", "name": "get", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"a'},
    )
    body = collected(START, *text, *cut, end("max_tokens"), STOP)
    assert isinstance(body, dict)
    assert body["content"] == [{"type": "text", "text": "Hi"}]


@pytest.mark.parametrize("written", ['{"a', "[" * 100_000, "1" * 5_000])
def test_broken_input_of_a_tool_leaves_no_block_in_any_other_case(written: str) -> None:
    assert content(*call(written)) == [None]


def test_words_are_those_of_texts_alone_and_make_up_the_text() -> None:
    thinking = block(0, {"type": "thinking", "thinking": "a"}, {"thinking": "b", "text": "c"})
    text = block(1, {"type": "text", "text": "one "}, {"text": "two "}, {"text": 3}, {"text": "!"})
    answer = Answer()
    said = [answer.take(event) for event in (START, *thinking, *text, *call('{"a": 1}'))]
    assert "".join(said) == "one two !"
    assert said.count("") == len(said) - 3


def test_content_begins_with_its_first_block() -> None:
    answer = Answer()
    for event, has_content in ((START, False), ({"type": "ping"}, False), (*call()[:1], True)):
        answer.take(event)
        assert answer.has_content is has_content


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error"}}, FailureKind.OVERLOADED),
        ({"type": "error", "error": {"type": "rate_limit_error"}}, FailureKind.RATE_LIMIT),
        (
            {
                "type": "error",
                "error": {
                    "type": "rate_limit_error",
                    "details": {"error_code": "enforced_spend_limit_reached"},
                },
            },
            FailureKind.SPEND_LIMIT,
        ),
        ({"type": "error"}, FailureKind.SERVER),
        ({"type": "error", "error": {"type": ["odd"], "details": 3}}, FailureKind.SERVER),
        (BROKEN, FailureKind.MALFORMED),
    ],
)
def test_an_error_ends_the_answer_by_its_kind(event: object, kind: FailureKind) -> None:
    bad = collected(START, *block(0, {"type": "text"}), event, end(), STOP)
    assert isinstance(bad, BadReply)
    assert bad.kind is kind


@pytest.mark.parametrize("events", [[START], [START, end()], [START, *call("{")]])
def test_a_stream_without_its_end_is_cut(events: list[object]) -> None:
    bad = collected(*events)
    assert isinstance(bad, BadReply)
    assert bad.kind is FailureKind.CUT


@pytest.mark.parametrize("events", [[], [STOP], [end()], [None, 3, [], {"type": ["odd"]}]])
def test_a_stream_without_a_message_is_malformed(events: list[object]) -> None:
    bad = collected(*events)
    assert isinstance(bad, BadReply)
    assert bad.kind is FailureKind.MALFORMED


def test_events_and_deltas_that_are_not_known_are_passed_over() -> None:
    unknown = [
        {"type": "of_tomorrow"},
        {"type": "content_block_delta", "index": 5, "delta": {"text": "x"}},
        {"type": "content_block_delta", "index": "0", "delta": {"text": "x"}},
        {"type": "content_block_delta", "index": 0, "delta": None},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "new", "parts": [1]}},
    ]
    text = {"type": "text", "text": "Hi"}
    assert content(*block(0, text), *unknown) == [text]


def test_an_answer_is_over_with_its_end_or_an_error_and_not_before() -> None:
    answer = Answer()
    for event in (STOP, START, end()):
        answer.take(event)
        assert not answer.is_over
    answer.take(STOP)
    assert answer.is_over
    answer = Answer()
    answer.take({"type": "error"})
    assert answer.is_over


def test_a_long_answer_in_small_pieces_is_collected_fast() -> None:
    deltas = [{"type": "text_delta", "text": "words "}] * 100_000
    found = content(*block(0, {"type": "text", "text": ""}, *deltas))
    assert found == [{"type": "text", "text": "words " * 100_000}]


EVENTS = st.sampled_from([START, STOP, end(), *call("{}"), *block(0, {"type": "text"})])


@given(st.lists(EVENTS, max_size=8))
def test_events_in_any_order_make_a_body_or_a_reason(events: list[object]) -> None:
    found = collected(*events)
    assert isinstance(found, dict | BadReply)
    json.dumps(found if isinstance(found, dict) else None)
