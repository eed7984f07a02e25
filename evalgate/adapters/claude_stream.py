"""Collects the events of a stream into the body that the same answer has in one piece."""

import json
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field

from evalgate.adapters.claude_reply import BadReply
from evalgate.model.chat import FailureKind

STREAM_ABOVE = 16_384
"""Requests that allow more tokens than this are streamed: idle connections do not last so long."""


async def collect(events: AsyncIterable[object]) -> Mapping[str, object] | BadReply:
    """Return the body that the events make, or in which way they make none.

    Args:
        events: the data of each event, in order.

    Raises:
        Exception: what reading the events raises.
    """
    answer = _Answer()
    async for event in events:
        if isinstance(event, Mapping):
            answer.take(event)
        if answer.is_whole:
            return answer.body()
    if not answer.has_begun:
        told = "the response is no stream of events"
        return BadReply(kind=FailureKind.MALFORMED, message=told)
    return BadReply(kind=FailureKind.CUT, message="the stream ended before the answer did")


@dataclass(slots=True)
class _Part:
    """A content block, and the pieces of its texts by the name of the field they extend."""

    start: dict[str, object]
    pieces: dict[str, list[str]] = field(default_factory=dict)

    def block(self) -> dict[str, object]:
        """Return the whole block; the input of a tool is a text until all of it has come."""
        texts = {
            name: _text(self.start.get(name)) + "".join(pieces)
            for name, pieces in self.pieces.items()
        }
        written = texts.pop("partial_json", "")
        given = {"input": json.loads(written)} if written.strip() else {}
        return {**self.start, **texts, **given}


@dataclass(slots=True)
class _Answer:
    """What has come of a message so far."""

    message: dict[str, object] | None = None
    parts: list[_Part] = field(default_factory=list)
    is_whole: bool = False

    @property
    def has_begun(self) -> bool:
        return self.message is not None

    def take(self, event: Mapping[str, object]) -> None:
        match event.get("type"):
            case "message_start":
                self.message = dict(_object(event.get("message")))
            case "content_block_start":
                self.parts.append(_Part(dict(_object(event.get("content_block")))))
            case "content_block_delta":
                self._extend(_object(event.get("delta")), event.get("index"))
            case "message_delta":
                self._close(event)
            case "message_stop":
                self.is_whole = self.has_begun

    def body(self) -> dict[str, object]:
        message = self.message or {}
        try:
            last = [part.block() for part in self.parts[-1:]]
        except json.JSONDecodeError:
            if message.get("stop_reason") != "max_tokens":
                raise
            # The input of a tool that did not fit is no call.
            last = []
        return {**message, "content": [part.block() for part in self.parts[:-1]] + last}

    def _extend(self, delta: Mapping[str, object], index: object) -> None:
        """Lengthen the texts of a block; a delta names each by the field that it extends."""
        if not isinstance(index, int) or not 0 <= index < len(self.parts):
            return
        for name, piece in delta.items():
            if name != "type" and isinstance(piece, str):
                self.parts[index].pieces.setdefault(name, []).append(piece)

    def _close(self, event: Mapping[str, object]) -> None:
        if self.message is None:
            return
        self.message.update(_object(event.get("delta")))
        # The counts are totals, and those that are left out stand as they stood at the start.
        known = ((name, count) for name, count in _items(event.get("usage")) if count is not None)
        self.message["usage"] = dict(_object(self.message.get("usage"))) | dict(known)


def _items(data: object) -> Iterable[tuple[str, object]]:
    return _object(data).items()


def _object(data: object) -> Mapping[str, object]:
    return data if isinstance(data, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
