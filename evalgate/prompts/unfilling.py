"""Reads the values of a template's variables off a text that was made with it; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evalgate.model.template import Template, TemplateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """What stood in a template's places: `values` are certain, of `doubtful` there are several."""

    values: Mapping[str, str]
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a value begins and ends: at the earliest, and at the latest."""

    begins: tuple[int, int]
    ends: tuple[int, int]

    @property
    def is_certain(self) -> bool:
        return self.begins[0] == self.begins[1] and self.ends[0] == self.ends[1]


def unfilled(template: Template, text: str) -> Unfilled | None:
    """Return the values with which a template makes a text.

    It takes time in proportion to the text, whatever the text is.

    Args:
        template: that only prints its variables; of one that reckons with them nothing is read.
        text: as it was sent.

    Returns:
        None when the template cannot have made the text, or reckons with its variables.
    """
    pieces = None if template.computed else _pieces(template)
    spans = None if pieces is None else _spans(pieces[::2], text)
    if pieces is None or spans is None:
        return None
    names = [template.names[int(number)] for number in pieces[1::2]]
    values: dict[str, str] = {}
    for name, span in zip(names, spans, strict=True):
        if span.is_certain:
            value = text[span.begins[0] : span.ends[0]]
            if values.setdefault(name, value) != value:
                return None
    doubtful = dict.fromkeys(name for name in names if name not in values)
    return Unfilled(values=values, doubtful=tuple(doubtful))


def _pieces(template: Template) -> list[str] | None:
    """Return what a template always says, and between that the numbers of its variables."""
    # No text can hold a hash of itself, so nothing in the template can pass for a mark.
    secret = sha256(template.source.encode("utf-8", "replace")).hexdigest()
    marks = {name: f"<{secret}:{number}>" for number, name in enumerate(template.names)}
    try:
        return re.split(f"<{secret}:([0-9]+)>", template.fill(marks))
    except TemplateError:
        return None


def _spans(constant: Sequence[str], text: str) -> tuple[_Span, ...] | None:
    first, last = constant[0], constant[-1]
    if len(constant) == 1:
        return () if text == first else None
    start, end = len(first), len(text) - len(last)
    if start > end or not text.startswith(first) or not text.endswith(last):
        return None
    inner = constant[1:-1]
    early = list(_forwards(inner, text, start, end=end))
    if len(early) < len(inner):
        return None
    late = list(_backwards(inner, text, start, end=end))[::-1]
    begins = [
        (start, start),
        *((e + len(c), x + len(c)) for c, e, x in _triples(inner, early, late)),
    ]
    ends = [*((e, x) for _, e, x in _triples(inner, early, late)), (end, end)]
    return tuple(map(_Span, begins, ends))


def _triples(
    inner: Sequence[str], early: Sequence[int], late: Sequence[int]
) -> Iterator[tuple[str, int, int]]:
    return zip(inner, early, late, strict=True)


def _forwards(inner: Sequence[str], text: str, at: int, *, end: int) -> Iterator[int]:
    """Yield where each piece stands at the earliest."""
    for piece in inner:
        place = text.find(piece, at, end)
        if place < 0:
            return
        yield place
        at = place + len(piece)


def _backwards(inner: Sequence[str], text: str, start: int, *, end: int) -> Iterator[int]:
    """Yield where each piece stands at the latest, the last piece first."""
    for piece in reversed(inner):
        end = text.rfind(piece, start, end)
        yield end
