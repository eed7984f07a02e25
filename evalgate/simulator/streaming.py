"""Writes a message as the events of a stream, whole or as a fault leaves them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.response import Response, as_json, carrying

PIECE = 16
"""Characters of a text, or of a tool's input as JSON, in one event."""

MOST_PIECES = 200
"""Events that one text is spread over at most; long texts come in longer pieces."""

ENDED_EARLY = frozenset(
    {FaultKind.CUT, FaultKind.STREAM_ERROR, FaultKind.STREAM_END, FaultKind.BROKEN_JSON}
)
"""The faults that let only the first half of the events through."""

_DELTA_USAGE = (
    "input_tokens",
    "output_tokens",
    "output_tokens_details",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "server_tool_use",
)
_OVERLOADED: Mapping[str, object] = {
    "type": "error",
    "error": {"type": "overloaded_error", "message": "simulated: overloaded"},
}


def event_stream(*, key: str) -> Response:
    """Return the head of a response whose body comes as events."""
    response = carrying(None, key=key)
    streamed = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
    return replace(response, headers={**response.headers, **streamed}, body=b"")


def events(message: Mapping[str, object], fault: FaultKind | None = None) -> tuple[bytes, ...]:
    """Return the events that carry a message, each as the bytes of one event.

    Args:
        message: as the API writes it where nothing is streamed.
        fault: what happens to the stream; half of the events come through when one of
            `ENDED_EARLY` does.
    """
    written = tuple(_event(data) for data in _parts(message))
    if fault not in ENDED_EARLY:
        return written
    half = written[: len(written) // 2]
    if fault is FaultKind.STREAM_ERROR:
        return (*half, _event(_OVERLOADED))
    if fault is FaultKind.BROKEN_JSON:
        return (*half, b'event: content_block_delta\ndata: {"type":"content_bl\n\n')
    return half


def paced(written: tuple[bytes, ...], fault: Fault | None) -> tuple[bytes | float, ...]:
    """Return events with the pauses between them, in seconds, that a fault makes."""
    if fault is None:
        return written
    if fault.kind is FaultKind.STALL:
        half = len(written) // 2
        return (*written[:half], fault.seconds, *written[half:])
    if fault.kind is FaultKind.SLOW_STREAM:
        start, first, *rest = written
        paused = (part for each in rest for part in (fault.between, each))
        return (start, fault.seconds, first, *paused)
    return written


def _parts(message: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    usage, content = message["usage"], message["content"]
    counted: Mapping[str, object] = usage if isinstance(usage, Mapping) else {}
    started = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_details": None,
        "usage": {**counted, "output_tokens": 1},
    }
    yield {"type": "message_start", "message": started}
    for index, block in enumerate(content if isinstance(content, list) else []):
        yield from _block_parts(index, block)
    told = ("stop_reason", "stop_sequence", "stop_details", "container")
    yield {
        "type": "message_delta",
        "delta": {key: message[key] for key in told},
        "usage": {key: counted[key] for key in _DELTA_USAGE},
    }
    yield {"type": "message_stop"}


def _block_parts(index: int, block: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    spoken = block["type"] == "text"
    empty: Mapping[str, object] = {"text": ""} if spoken else {"input": {}}
    yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
    if index == 0:
        yield {"type": "ping"}
    whole = str(block["text"]) if spoken else json.dumps(block["input"])
    kind, key = ("text_delta", "text") if spoken else ("input_json_delta", "partial_json")
    for piece in _pieces(whole):
        delta = {"type": kind, key: piece}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _pieces(text: str) -> Iterator[str]:
    size = max(PIECE, -(-len(text) // MOST_PIECES))
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(data: Mapping[str, object]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (str(data["type"]).encode(), as_json(data))
