import json
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import Usage
from evalgate.model.content import ToolCall
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.reply import Reply
from evalgate.simulator.response import message_of
from evalgate.simulator.streaming import ENDED_EARLY, MOST_PIECES, event_stream, events, paced

KEY = "0123456789abcdef01234567"
USAGE = Usage(input_tokens=30, output_tokens=20)
CALL = ToolCall(id="toolu_1", name="get", input={"order": "AB-1"})
Event = dict[str, object]


def message(text: str = "Within 30 days, not more.", *calls: ToolCall) -> dict[str, object]:
    stop = "tool_use" if calls else "end_turn"
    reply = Reply(text=text, stop_reason=stop, usage=USAGE, calls=calls)
    return message_of(reply, model="claude-haiku-5-5", key=KEY)


def read(written: tuple[bytes, ...]) -> list[Event]:
    """Return the data of events whose name is the type in it."""
    found = []
    for each in written:
        name, data, *rest = each.decode().split("\n")
        event = cast("Event", json.loads(data.removeprefix("data: ")))
        assert name == f"event: {event['type']}"
        assert rest == ["", ""]
        found.append(event)
    return found


def joined(found: list[Event], index: int, key: str) -> str:
    deltas = [event["delta"] for event in found if event.get("index") == index and "delta" in event]
    return "".join(cast("dict[str, str]", delta)[key] for delta in deltas)


def test_a_text_comes_piece_by_piece_between_start_and_stop() -> None:
    found = read(events(message()))
    assert [event["type"] for event in found] == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert joined(found, 0, "text") == "Within 30 days, not more."


def test_the_start_knows_nothing_of_the_end() -> None:
    started = cast("Event", read(events(message()))[0]["message"])
    assert (started["content"], started["stop_reason"]) == ([], None)
    assert started["id"] == f"msg_{KEY}"
    usage = cast("Event", started["usage"])
    assert (usage["input_tokens"], usage["output_tokens"]) == (30, 1)


def test_the_end_tells_the_reason_and_the_usage() -> None:
    ended = read(events(message()))[-2]
    assert cast("Event", ended["delta"])["stop_reason"] == "end_turn"
    usage = cast("Event", ended["usage"])
    assert (usage["input_tokens"], usage["output_tokens"]) == (30, 20)


def test_words_and_tool_calls_have_blocks_of_their_own() -> None:
    found = read(events(message("Wait.", CALL, CALL)))
    starts = [event for event in found if event["type"] == "content_block_start"]
    blocks = [cast("Event", event["content_block"]) for event in starts]
    assert [event["type"] for event in found].count("ping") == 1
    assert [event["index"] for event in starts] == [0, 1, 2]
    assert [block["type"] for block in blocks] == ["text", "tool_use", "tool_use"]
    assert (blocks[1]["input"], blocks[1]["name"]) == ({}, "get")
    assert json.loads(joined(found, 2, "partial_json")) == {"order": "AB-1"}


def test_an_empty_message_starts_and_ends() -> None:
    kinds = [event["type"] for event in read(events(message("")))]
    assert kinds == ["message_start", "message_delta", "message_stop"]


@given(st.text(st.characters(), min_size=1, max_size=5_000))
def test_no_character_is_lost_and_the_pieces_are_bounded(text: str) -> None:
    found = read(events(message(text)))
    assert joined(found, 0, "text") == text
    assert len(found) <= MOST_PIECES + 6


def test_a_huge_text_comes_in_as_many_pieces_as_any_long_one() -> None:
    found = events(message("x" * 10**6))
    assert len(found) == MOST_PIECES + 6


@pytest.mark.parametrize("kind", sorted(ENDED_EARLY))
def test_a_stream_that_ends_early_starts_as_it_should_and_never_stops(kind: FaultKind) -> None:
    whole, early = events(message()), events(message(), kind)
    assert early[:4] == whole[:4]
    assert not any(b"message_stop" in each or b"message_delta" in each for each in early)


def test_an_error_event_ends_the_stream() -> None:
    last = read(events(message(), FaultKind.STREAM_ERROR))[-1]
    assert (last["type"], cast("Event", last["error"])["type"]) == ("error", "overloaded_error")


def test_broken_json_is_an_event_that_cannot_be_read() -> None:
    last = events(message(), FaultKind.BROKEN_JSON)[-1]
    assert last.endswith(b"\n\n")
    with pytest.raises(json.JSONDecodeError):
        json.loads(last.split(b"data: ")[1])


@pytest.mark.parametrize("kind", sorted(set(FaultKind) - ENDED_EARLY))
def test_any_other_fault_leaves_the_events_alone(kind: FaultKind) -> None:
    assert events(message(), kind) == events(message())


def test_a_stream_announces_events_and_that_it_is_simulated() -> None:
    head = event_stream(key=KEY)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
    assert head.headers["x-evalgate-simulator"] == "1"


def test_a_slow_stream_pauses_before_its_content_and_between_all_later_events() -> None:
    fault = Fault(kind=FaultKind.SLOW_STREAM, seconds=3.0, between=0.5)
    written = (b"start", b"block", b"delta", b"stop")
    assert paced(written, fault) == (b"start", 3.0, b"block", 0.5, b"delta", 0.5, b"stop")


def test_a_stream_that_stalls_pauses_once_in_its_middle() -> None:
    fault = Fault(kind=FaultKind.STALL, seconds=3.0)
    assert paced((b"a", b"b", b"c", b"d"), fault) == (b"a", b"b", 3.0, b"c", b"d")


@pytest.mark.parametrize("kind", sorted(set(FaultKind) - {FaultKind.STALL, FaultKind.SLOW_STREAM}))
def test_no_other_fault_makes_pauses(kind: FaultKind) -> None:
    assert paced((b"a", b"b"), Fault(kind=kind, seconds=3.0)) == (b"a", b"b")
    assert paced((b"a", b"b"), None) == (b"a", b"b")
