"""Reads the body of a successful response of the Messages API; no shape is taken for granted."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.adapters.claude_limits import read_limits
from evalgate.model.chat import Completion, FailureKind, Usage
from evalgate.model.content import Block, Opaque, Text, ToolCall
from evalgate.model.document import Data
from evalgate.model.route import Route
from evalgate.model.writable import is_writable

SIMULATED = "x-evalgate-simulator"
"""The header by which a simulator gives itself away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a completion is made of, apart from what the transport adds.

    `text` is that of the text blocks; thinking and other blocks are no part of the answer.
    """

    text: str
    model: str
    stop_reason: str
    usage: Usage
    blocks: tuple[Block, ...] = ()

    def completion(self, headers: Mapping[str, str], *, latency_ms: int = 0) -> Completion:
        """Return the answer; the headers are those of the response that carried it."""
        return Completion(
            text=self.text,
            model=self.model,
            stop_reason=self.stop_reason,
            usage=self.usage,
            latency_ms=latency_ms,
            request_id=headers.get("request-id"),
            simulated=SIMULATED in headers,
            blocks=self.blocks,
            tool_calls=tuple(block for block in self.blocks if isinstance(block, ToolCall)),
            limits=read_limits(headers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BadReply:
    """Why a body is no answer."""

    kind: FailureKind
    message: str


def read_reply(body: object, *, requested: str | None, route: Route) -> Reply | BadReply:
    """Return what a body says, or what is wrong with it.

    The reply names the model as it was asked for: providers spell one and the same in several ways.

    Args:
        body: the parsed JSON.
        requested: the model that was asked, no other may answer; None when that is not known, as in
            a batch.
        route: how it was asked.
    """
    if not isinstance(body, Mapping):
        return _malformed("expected a JSON object in the response")
    model, stop_reason = _word(body.get("model")), _word(body.get("stop_reason"))
    blocks, usage = _blocks(body.get("content")), _usage(body.get("usage"))
    if model and requested and not route.may_answer(requested, model):
        message = f"asked {requested}, but {model[:60]} answered"
        return BadReply(kind=FailureKind.WRONG_MODEL, message=message)
    if model and stop_reason and blocks is not None and usage is not None:
        text = "".join(block.text for block in blocks if isinstance(block, Text))
        named = requested or model
        return Reply(text=text, model=named, stop_reason=stop_reason, usage=usage, blocks=blocks)
    parts = {"model": model, "stop_reason": stop_reason, "content": blocks, "usage": usage}
    missing = ", ".join(f"`{name}`" for name, part in parts.items() if part is None)
    return _malformed(f"the response has no proper {missing}: it is broken or was cut off")


def _malformed(message: str) -> BadReply:
    return BadReply(kind=FailureKind.MALFORMED, message=message)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _blocks(content: object) -> tuple[Block, ...] | None:
    """Return the blocks, or None when one is broken or could not be stored or handed back."""
    if not isinstance(content, list) or not is_writable(content):
        return None
    blocks = [_block(each) if isinstance(each, dict) else None for each in content]
    whole = tuple(block for block in blocks if block is not None)
    return whole if len(whole) == len(blocks) else None


def _block(data: dict[str, Data]) -> Block | None:
    match data.get("type"):
        case "text":
            text = data.get("text")
            return Text(text=text) if isinstance(text, str) else None
        case "tool_use":
            return _tool_call(data)
        case _:
            return Opaque(data=data)


def _tool_call(data: dict[str, Data]) -> ToolCall | None:
    identity, name, given = _word(data.get("id")), _word(data.get("name")), data.get("input")
    if not identity or not name or not isinstance(given, dict):
        return None
    return ToolCall(id=identity, name=name, input=given)


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    counts = [
        _count(usage.get("input_tokens")),
        _count(usage.get("output_tokens")),
        *_cache_writes(usage),
        _count(usage.get("cache_read_input_tokens") or 0),
    ]
    if any(count is None for count in counts):
        return None
    known = [count or 0 for count in counts]
    return Usage(
        input_tokens=known[0],
        output_tokens=known[1],
        cache_write_5m_tokens=known[2],
        cache_write_1h_tokens=known[3],
        cache_read_tokens=known[4],
    )


def _cache_writes(usage: Mapping[str, object]) -> tuple[int | None, int | None]:
    """Return the tokens written for five minutes (or for nobody says how long) and for an hour."""
    split = usage.get("cache_creation")
    if isinstance(split, Mapping):
        return (
            _count(split.get("ephemeral_5m_input_tokens") or 0),
            _count(split.get("ephemeral_1h_input_tokens") or 0),
        )
    return _count(usage.get("cache_creation_input_tokens") or 0), 0


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return int(str(value)) if is_count else None
