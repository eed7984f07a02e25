"""Reads the body of a successful response of the Messages API; no shape is taken for granted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.chat import FailureKind, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a completion is made of, apart from what the transport adds."""

    text: str
    model: str
    stop_reason: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class BadReply:
    """Why a body is no answer."""

    kind: FailureKind
    message: str


def read_reply(body: object, *, requested: str) -> Reply | BadReply:
    """Return what a body says, or what is wrong with it.

    Args:
        body: the parsed JSON.
        requested: the model that was asked; only it, or its snapshot `-YYYYMMDD`, may answer.
    """
    if not isinstance(body, Mapping):
        return _malformed("expected a JSON object in the response")
    model, stop_reason = _word(body.get("model")), _word(body.get("stop_reason"))
    text, usage = _text(body.get("content")), _usage(body.get("usage"))
    if model and not re.fullmatch(re.escape(requested) + r"(-\d{8})?", model):
        message = f"asked {requested}, but {model[:60]} answered"
        return BadReply(kind=FailureKind.WRONG_MODEL, message=message)
    if model and stop_reason and text is not None and usage is not None:
        return Reply(text=text, model=model, stop_reason=stop_reason, usage=usage)
    parts = {"model": model, "stop_reason": stop_reason, "content": text, "usage": usage}
    missing = ", ".join(f"`{name}`" for name, part in parts.items() if part is None)
    return _malformed(f"the response has no proper {missing}: it is broken or was cut off")


def _malformed(message: str) -> BadReply:
    return BadReply(kind=FailureKind.MALFORMED, message=message)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _text(content: object) -> str | None:
    """Join the text blocks; thinking and other kinds of blocks are no part of the answer."""
    if not isinstance(content, list) or not all(isinstance(block, Mapping) for block in content):
        return None
    texts = [block.get("text") for block in content if block.get("type") == "text"]
    return "".join(texts) if all(isinstance(text, str) for text in texts) else None


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
