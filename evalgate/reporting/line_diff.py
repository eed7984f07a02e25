"""Compares two texts line by line, with the words that changed inside of changed lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import ne

from evalgate.model.change import FileChange
from evalgate.reporting.numbers import count
from evalgate.reporting.stretches import Stretch, stretches
from evalgate.reporting.visible import visible
from evalgate.reporting.word_diff import Kind, Piece, likeness, word_diff

CONTEXT = 3
"""How many unchanged lines are shown around a change."""

_RELATED = 0.4
"""What a line must share with the one in its place for the words to be compared."""

MOST_LINES = 3_000
MOST_CHARACTERS = 200_000
"""How much is told from the first change on: nobody reads on in a report."""

_ONLY_BEGINNING = "; only the beginning is shown, the whole is too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its number in the text before and after, 0 where it is not there.

    `left_out` stands for so many unchanged lines in place of one.
    """

    kind: Kind
    before: int = 0
    after: int = 0
    pieces: tuple[Piece, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFile:
    """A file's lines in reading order, and what changed in one clause."""

    lines: tuple[Line, ...]
    summary: str


def compared(change: FileChange) -> ComparedFile:
    """Return the lines of a file of a prompt, what did not change shortened.

    Of a change that is longer than anybody reads the beginning is told, and the summary says so.
    """
    before, after = _lines(change.before), _lines(change.after)
    start = _alike(before, after)
    told = [_beginning(lines, start) for lines in (before, after)]
    lines = tuple(_shortened(list(_compared(*told))))
    is_cut = any(map(ne, told, (before, after)))
    return ComparedFile(lines=lines, summary=_summary(change, lines, is_cut=is_cut))


def _lines(text: str | None) -> list[str]:
    return visible(text or "").splitlines()


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """Return with how many equal lines both texts begin."""
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _beginning(lines: Sequence[str], start: int) -> Sequence[str]:
    """Return a text up to where reading on is of no use, counted from the first change."""
    size = 0
    for number in range(start, len(lines)):
        size += len(lines[number])
        if size > MOST_CHARACTERS:
            return [*lines[:number], lines[number][: MOST_CHARACTERS - size]]
        if number - start >= MOST_LINES:
            return lines[:number]
    return lines


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for each in stretches(before, after):
        yield from _same(before, each) if each.is_same else _changed(before, after, each)


def _same(lines: Sequence[str], each: Stretch) -> Iterator[Line]:
    first, now = each.before.start + 1, each.after.start + 1
    for offset, text in enumerate(lines[each.before]):
        pieces = (Piece(kind=Kind.SAME, text=text),)
        yield Line(kind=Kind.SAME, before=first + offset, after=now + offset, pieces=pieces)


def _changed(before: Sequence[str], after: Sequence[str], each: Stretch) -> Iterator[Line]:
    """Yield the lines that are gone, then those in their place; pairs are compared by words."""
    gone, added = before[each.before], after[each.after]
    pairs = [word_diff(old, new) for old, new in zip(gone, added, strict=False)]
    for number, text in enumerate(gone):
        pieces = _side(pairs, number, text=text, kind=Kind.GONE)
        yield Line(kind=Kind.GONE, before=each.before.start + 1 + number, pieces=pieces)
    for number, text in enumerate(added):
        pieces = _side(pairs, number, text=text, kind=Kind.ADDED)
        yield Line(kind=Kind.ADDED, after=each.after.start + 1 + number, pieces=pieces)


def _side(
    pairs: Sequence[tuple[Piece, ...]], number: int, *, text: str, kind: Kind
) -> tuple[Piece, ...]:
    if number < len(pairs) and likeness(pairs[number]) >= _RELATED:
        return tuple(piece for piece in pairs[number] if piece.kind in (Kind.SAME, kind))
    return (Piece(kind=Kind.SAME, text=text),)


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the changes with some lines around them; what is between counts as one."""
    near = [False] * len(lines)
    for number, line in enumerate(lines):
        if line.kind is not Kind.SAME:
            for place in range(max(0, number - CONTEXT), min(len(lines), number + CONTEXT + 1)):
                near[place] = True
    left_out = 0
    for line, is_near in zip(lines, near, strict=True):
        if is_near and left_out:
            yield Line(kind=Kind.SAME, left_out=left_out)
            left_out = 0
        if is_near:
            yield line
        else:
            left_out += 1
    if left_out:
        yield Line(kind=Kind.SAME, left_out=left_out)


def _summary(change: FileChange, lines: Sequence[Line], *, is_cut: bool) -> str:
    if change.before is None:
        return f"new{_ONLY_BEGINNING}" if is_cut else "new"
    if change.after is None:
        return "no longer included"
    numbers = {kind: sum(line.kind is kind for line in lines) for kind in (Kind.ADDED, Kind.GONE)}
    if is_cut:
        return f"changed{_ONLY_BEGINNING}"
    if not any(numbers.values()):
        return "the same text"
    return f"{count(numbers[Kind.ADDED], 'line')} added, {numbers[Kind.GONE]:,} removed"
