"""Smells of answers that should be JSON."""

from collections.abc import Callable, Iterator

from evalgate.grading.json_text import NotJson, parse_json
from evalgate.model.document import Data
from evalgate.model.smell import Smell

_FENCE = "```"


def json_smells(text: str, fits: Callable[[Data], bool] | None) -> Iterator[Smell]:
    """Yield what is wrong with a text that should be JSON from its first to its last character.

    Args:
        text: the answer.
        fits: tells whether data fit the schema, where there is one.
    """
    data = parse_json(text)
    if isinstance(data, NotJson):
        inside = _inside_fence(text)
        data = data if inside is None else parse_json(inside)
        if isinstance(data, NotJson):
            yield Smell.NOT_JSON
            return
        yield Smell.FENCED
        if not _is_all_fence(text):
            yield Smell.NOT_JSON
    if fits is not None and not fits(data):
        yield Smell.SCHEMA


def _inside_fence(text: str) -> str | None:
    """Return what stands between the first code fence and the last one, or None without two."""
    start = text.find(_FENCE)
    end = text.rfind(_FENCE)
    first_line = text.find("\n", start, end)
    return text[first_line:end] if 0 <= start < first_line < end else None


def _is_all_fence(text: str) -> bool:
    bare = text.strip()
    return bare.startswith(_FENCE) and bare.endswith(_FENCE)
