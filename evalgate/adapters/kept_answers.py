"""A remembered answer as the bytes that every cache keeps, with the key that it was kept under."""

import json

from evalgate.adapters.completions import encode_completion, json_bytes, read_completion
from evalgate.errors import ConfigurationError
from evalgate.model.call_ports import Kept
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

SCHEMA = 1
"""Counts the layouts of what is kept. It is part of every key: old answers are not found."""

MOST_BYTES = 2 * 2**20
"""A longer answer is not kept: the longest that a model gives is a third of it."""

_MOST_SECONDS = 1e12


def encode_kept(key: str, kept: Kept) -> bytes | None:
    """Return an answer as JSON, or None when it is too long or cannot be written.

    The key stands in it, so that an answer that comes back under another one is known for wrong.
    """
    if len(kept.completion.text) > MOST_BYTES:
        return None
    try:
        content = json_bytes(
            {
                "key": key,
                "at": kept.at,
                "route": kept.route,
                "degraded": kept.degraded,
                "completion": encode_completion(kept.completion, with_blocks=True),
            }
        )
    except (ValueError, TypeError, RecursionError):
        return None
    return content if len(content) <= MOST_BYTES else None


def decode_kept(key: str, content: bytes) -> Kept | None:
    """Return the answer, or None when it is none of ours, or was kept under another key."""
    try:
        data: Data = json.loads(content)
        if not isinstance(data, dict) or data.get("key") != key:
            return None
        section = Section(Document(path="a remembered answer", data=data, lines={}))
        kept = Kept(
            completion=read_completion(section.section("completion"), with_blocks=True),
            route=section.text("route"),
            at=section.number("at", -1.0, least=0.0, most=_MOST_SECONDS),
            degraded=section.flag("degraded", default=False),
        )
        section.finish()
    except (ValueError, TypeError, RecursionError, ConfigurationError):
        return None
    return kept if kept.at >= 0 and kept.completion.stop_reason else None


def encode_word(key: str, word: str) -> bytes:
    """Return a claim's word as bytes, with its key."""
    return f"{key}:{word}".encode("ascii")


def decode_word(key: str, content: bytes) -> str | None:
    """Return the word of a claim, or None when the bytes are no claim under this key."""
    head, _, word = content.partition(b":")
    return word.decode("ascii") if head == key.encode() and word.isascii() and word else None
