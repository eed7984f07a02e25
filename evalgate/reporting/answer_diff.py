"""Compares two answers line by line, with what is the same left out where it is long."""

import json
import re
from collections.abc import Iterator, Sequence

from evalgate.model.document import Data
from evalgate.reporting.numbers import count
from evalgate.reporting.stretches import stretches
from evalgate.reporting.word_diff import ALIKE, likeness, word_diff

_MOST_LINES = 1_000
"""Answers with more lines are not compared: nobody reads that in a comment."""

_LOOKED_AT = 2_000
_LONG = 100
_CONTEXT = 2
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[\u3002\uff01\uff1f])(?=\S)")


def answer_diff(before: str, after: str) -> list[str] | None:
    """Return two answers as one text of lines that are marked `-`, `+` or with a space.

    Answers in JSON are written with one value on a line, prose in long lines with one sentence.
    None when the answers share too little for that to be read, or are too long to compare.
    """
    old, new = _spread(before, after)
    if likeness(word_diff(old[:_LOOKED_AT], new[:_LOOKED_AT])) < ALIKE:
        return None
    return marked_lines(*_lines(old, new))


def marked_lines(old: Sequence[str], new: Sequence[str]) -> list[str] | None:
    """Return what changed between two lists of lines, with two lines around each change."""
    if max(len(old), len(new)) > _MOST_LINES:
        return None
    lines: list[str] = []
    for each in stretches(old, new):
        if each.is_same:
            lines += _unchanged(old, each.before)
        else:
            lines += [*_marked("-", old[each.before]), *_marked("+", new[each.after])]
    return lines


def _unchanged(lines: Sequence[str], place: slice) -> Iterator[str]:
    """Yield the lines next to a change, and say how many lie between."""
    start, end, _ = place.indices(len(lines))
    head = _CONTEXT if start else 0
    tail = _CONTEXT if end < len(lines) else 0
    hidden = end - start - head - tail
    if hidden <= 1:
        yield from _marked(" ", lines[start:end])
        return
    yield from _marked(" ", lines[start : start + head])
    yield f"  … {count(hidden, 'unchanged line')}"
    yield from _marked(" ", lines[end - tail : end])


def _marked(sign: str, lines: Sequence[str]) -> Iterator[str]:
    return (f"{sign} {line}" for line in lines)


def _lines(*texts: str) -> Iterator[list[str]]:
    """Yield the lines of each text, or the sentences of all once any line is long."""
    told = [text.splitlines() for text in texts]
    is_prose = any(len(line) > _LONG for lines in told for line in lines)
    for lines in told:
        yield [part for line in lines for part in _SENTENCES.split(line)] if is_prose else lines


def _spread(before: str, after: str) -> tuple[str, str]:
    """Return both answers spread over lines when both are JSON, and that hides no difference."""
    old, new = _pretty(before), _pretty(after)
    if old is None or new is None or (old == new and before != after):
        return before, after
    return old, new


def _pretty(text: str) -> str | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value: Data = json.loads(text, object_pairs_hook=_each_key_once)
        return json.dumps(value, ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return None


def _each_key_once(pairs: list[tuple[str, Data]]) -> dict[str, Data]:
    told = dict(pairs)
    if len(told) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return told
