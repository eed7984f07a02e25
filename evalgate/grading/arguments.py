"""Reads the arguments of checks: what each must look like, and what is wrong with it if not."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from evalgate.grading.json_text import as_text
from evalgate.model.document import Data
from evalgate.model.reading import describe, suggestion

MOST_TEXTS = 1_000
"""Texts in one list."""


def is_number(value: Data) -> bool:
    """Return whether a value is a finite number; true and false are none."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and isfinite(float(str(value)))


def number_of(value: Data) -> float:
    """Return a value that is a number."""
    return float(str(value))


def text_fault(argument: Data) -> str | None:
    """Say why an argument is no text or number that can be looked for, or None."""
    if isinstance(argument, bool) or not isinstance(argument, str | int | float):
        return f"expected text or a number, got {describe(argument)}; write one grader per text"
    return "expected text; every answer contains the empty text" if argument == "" else None


def texts_fault(argument: Data) -> str | None:
    """Say why an argument is no list of texts or numbers, or None."""
    if not isinstance(argument, list) or not argument:
        return f"expected a list of texts, got {describe(argument or None)}"
    if len(argument) > MOST_TEXTS:
        return f"expected at most {MOST_TEXTS:,} texts, got {len(argument):,}"
    return next(filter(None, map(text_fault, argument)), None)


def texts_of(argument: Data) -> list[str]:
    """Return a list of texts, or the list of one text."""
    return [as_text(item) for item in (argument if isinstance(argument, list) else [argument])]


def word_fault(argument: Data, known: tuple[str, ...]) -> str | None:
    """Say why an argument is none of the known words, nor a list of them, or None."""
    words = argument if isinstance(argument, list) else [argument]
    for word in words or [None]:
        if not isinstance(word, str) or word not in known:
            hint = suggestion(word, known) if isinstance(word, str) and len(known) < 80 else ""
            return f"expected one of the known words, got {describe(word)}{hint}"
    return None


def keys_fault(
    argument: Mapping[str, Data], known: tuple[str, ...], *, required: tuple[str, ...] = ()
) -> str | None:
    """Say which key of a mapping is missing or unknown, or None."""
    for key in argument:
        if key not in known:
            return f"unknown key `{key}`{suggestion(key, known)}"
    missing = [key for key in required if key not in argument]
    return f"the key `{missing[0]}` is missing" if missing else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of whole numbers, both ends included; an end of None is open."""

    least: int | None = None
    most: int | None = None

    def holds(self, count: int) -> bool:
        """Return whether a number lies in the range."""
        return (self.least or 0) <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.least == self.most:
            return f"exactly {self.least:,}"
        if self.least is None:
            return f"at most {self.most:,}"
        return (
            f"at least {self.least:,}" if self.most is None else f"{self.least:,} to {self.most:,}"
        )


def span_fault(argument: Data) -> str | None:
    """Say why an argument is no number or `{min, max}` of whole numbers, or None."""
    ends = argument if isinstance(argument, dict) else {"min": argument, "max": argument}
    if not ends:
        return "expected `min`, `max` or both"
    fault = keys_fault(ends, ("min", "max"))
    if fault:
        return fault
    for end in ends.values():
        if isinstance(end, bool) or not isinstance(end, int) or end < 0:
            return f"expected a whole number, or {{min, max}} of whole numbers, got {describe(end)}"
    span = span_of(argument)
    if span.least is not None and span.most is not None and span.least > span.most:
        return f"`min` {span.least} is above `max` {span.most}"
    return None


def span_of(argument: Data) -> Span:
    """Return the range that an argument without fault stands for."""
    if not isinstance(argument, dict):
        return Span(least=int(number_of(argument)), most=int(number_of(argument)))
    ends = {key: int(number_of(end)) for key, end in argument.items()}
    return Span(least=ends.get("min"), most=ends.get("max"))
