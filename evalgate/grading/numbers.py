"""Finds numbers in texts, however they are written, and compares them within a tolerance."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evalgate.grading.arguments import is_number
from evalgate.model.document import Data

MOST_NUMBERS = 1_000
"""Numbers that are looked at in one answer."""

_BLANKS = "\u00a0\u2009\u202f"
_WRITTEN = re.compile(
    rf"(?<![\w.,])[-+−]?\d+(?:[.,'’{_BLANKS} ]\d{{3}}(?!\d))*(?:[.,]\d+)?"
    r"(?:[eE][-+]?\d{1,3})?(?!\w)"
)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{3})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a number may lie from the one that is expected: by amount or by percent of it."""

    amount: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)

    def allows(self, value: Decimal, expected: Decimal) -> bool:
        """Return whether a number is near enough."""
        return abs(value - expected) <= max(self.amount, abs(expected) * self.percent / 100)


def decimal_of(value: Data) -> Decimal | None:
    """Return a number exactly as it is written in JSON, or None when it is none."""
    return Decimal(str(value)) if is_number(value) else None


def numbers_in(text: str) -> Iterator[str]:
    """Yield the numbers of a text as they are written, at most `MOST_NUMBERS`."""
    for count, mark in enumerate(_WRITTEN.finditer(text)):
        if count == MOST_NUMBERS:
            return
        yield mark[0]


def readings(written: str) -> list[Decimal]:
    """Return what a written number can mean: one value, or two where a mark is ambiguous.

    Of a full stop and a comma the last is the decimal mark. One of them alone, in front of exactly
    three digits, may be either: `1.234` is 1.234 and 1234. Blanks and apostrophes group thousands.
    """
    plain = re.sub(rf"[{_BLANKS} '’]", "", written.replace("−", "-"))
    marks = [mark for mark in plain if mark in ".,"]
    candidates = []
    if len(set(marks)) == 2:
        last = marks[-1]
        other = "." if last == "," else ","
        candidates = [plain.replace(other, "").replace(last, ".")]
    elif marks:
        grouped = _GROUPED.fullmatch(plain) is not None and not plain.lstrip("+-").startswith("0")
        if grouped:
            candidates.append(plain.replace(marks[0], ""))
        if len(marks) == 1:
            candidates.append(plain.replace(marks[0], "."))
    else:
        candidates = [plain]
    return [value for value in map(_decimal, candidates) if value is not None]


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
