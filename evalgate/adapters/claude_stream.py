"""Collects the events of a stream into the body that the same answer has in one piece."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evalgate.adapters.claude_failures import kind_of
from evalgate.adapters.claude_reply import BadReply
from evalgate.model.chat import FailureKind

STREAM_ABOVE = 16_384
"""Requests that allow more tokens than this are streamed: idle connections do not last so long."""

BROKEN: Mapping[str, object] = {"type": "broken"}
"""Stands for an event that cannot be read."""

_NO_JSON = BadReply(kind=FailureKind.MALFORMED, message="an event of the stream is not JSON")


@dataclass(slots=True)
class _Part:
    """A content block, and the pieces of its texts by the name of the field they extend."""

    start: dict[str, object]
    pieces: dict[str, list[str]] = field(default_factory=dict)

    def block(self) -> dict[str, object] | None:
        """Return the whole block, or None when the input of a tool is broken.

        That input is a text until all of it has come.
        """
        texts = {
            name: _text(self.start.get(name)) + "".join(pieces)
            for name, pieces in self.pieces.items()
        }
        written = texts.pop("partial_json", "")
        try:
            given = {"input": json.loads(written)} if written.strip() else {}
        except (ValueError, RecursionError):
            return None
        return {**self.start, **texts, **given}


@dataclass(slots=True)
class Answer:
    """What has come of a message so far, and the error that ended it, if one did."""

    message: dict[str, object] | None = None
    parts: list[_Part] = field(default_factory=list)
    error: BadReply | None = None
    is_whole: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing that comes later belongs to the answer."""
        return self.is_whole or self.error is not None

    @property
    def has_content(self) -> bool:
        """Whether content has begun to come, be it thinking."""
        return bool(self.parts)

    def take(self, event: object) -> str:
        """Add the data of an event, and return the words of the answer that it brings."""
        told = _object(event)
        match told.get("type"):
            case "message_start":
                self.message = dict(_object(told.get("message")))
            case "content_block_start":
                return self._begin(dict(_object(told.get("content_block"))))
            case "content_block_delta":
                return self._extend(_object(told.get("delta")), told.get("index"))
            case "message_delta":
                self._close(told)
            case "message_stop":
                self.is_whole = self.message is not None
            case "broken":
                self.error = _NO_JSON
            case "error":
                self.error = _error(_object(told.get("error")))
        return ""

    def outcome(self) -> Mapping[str, object] | BadReply:
        """Return the body that the events have made, or in which way they have made none."""
        if self.error is not None:
            return self.error
        if self.is_whole:
            return self._body()
        if self.message is None:
            told = "the response is no stream of events"
            return BadReply(kind=FailureKind.MALFORMED, message=told)
        return BadReply(kind=FailureKind.CUT, message="the stream ended before the answer did")

    def _body(self) -> Mapping[str, object]:
        message = self.message or {}
        blocks = [part.block() for part in self.parts]
        if blocks and blocks[-1] is None and message.get("stop_reason") == "max_tokens":
            blocks.pop()  # The input of a tool that did not fit is no call.
        return {**message, "content": blocks}

    def _begin(self, block: dict[str, object]) -> str:
        self.parts.append(_Part(block))
        return _text(block.get("text")) if block.get("type") == "text" else ""

    def _extend(self, delta: Mapping[str, object], index: object) -> str:
        """Lengthen the texts of a block; a delta names each by the field that it extends."""
        if not isinstance(index, int) or not 0 <= index < len(self.parts):
            return ""
        part = self.parts[index]
        for name, piece in delta.items():
            if name != "type" and isinstance(piece, str):
                part.pieces.setdefault(name, []).append(piece)
        return _text(delta.get("text")) if part.start.get("type") == "text" else ""

    def _close(self, event: Mapping[str, object]) -> None:
        if self.message is None:
            return
        self.message.update(_object(event.get("delta")))
        # The counts are totals, and those that are left out stand as they stood at the start.
        known = ((name, count) for name, count in _items(event.get("usage")) if count is not None)
        self.message["usage"] = dict(_object(self.message.get("usage"))) | dict(known)


def _error(error: Mapping[str, object]) -> BadReply:
    error_type, code = _text(error.get("type")), _object(error.get("details")).get("error_code")
    kind = kind_of(200, error_type=error_type, code=_text(code))
    said = _text(error.get("message"))
    return BadReply(kind=kind, message=f"{error_type or 'error'} in the stream: {said}")


def _items(data: object) -> Iterable[tuple[str, object]]:
    return _object(data).items()


def _object(data: object) -> Mapping[str, object]:
    return data if isinstance(data, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
