"""Writes in Markdown what changed between two texts: a minus for what went, a plus for new."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from evalgate.model.change import FileChange
from evalgate.reporting.answer_diff import answer_diff
from evalgate.reporting.line_diff import Line, compared
from evalgate.reporting.markdown import code, details, fence
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import Excerpt
from evalgate.reporting.word_diff import Kind

_LONGEST_LINE = 400
_SIGNS: Mapping[Kind, str] = {Kind.SAME: " ", Kind.GONE: "-", Kind.ADDED: "+"}


def diff_block(change: FileChange, *, budget: int) -> str:
    """Return a fold with the changes of one file, in hunks; empty when nothing changed.

    Args:
        change: the file before and after.
        budget: the most characters of changes that are shown.
    """
    if change.before == change.after:
        return ""
    found = compared(change)
    lines = [line for hunk in _hunks(found.lines) for line in hunk]
    against = f" against {code(change.formerly, 120)}" if change.formerly else ""
    title = f"What the change does to {code(change.path, 120)}{against}: {found.summary}"
    return details(title, diff_fence(lines, budget) if lines else "Only line breaks changed.")


def _hunks(lines: Sequence[Line]) -> Iterator[list[str]]:
    """Yield what stands together, each under the places and numbers of its lines."""
    for is_left_out, group in groupby(lines, key=lambda line: line.left_out > 0):
        hunk = list(group)
        if is_left_out:
            continue
        places = (_place([line.before for line in hunk]), _place([line.after for line in hunk]))
        told = [f"{_SIGNS[line.kind]}{''.join(p.text for p in line.pieces)}" for line in hunk]
        yield [f"@@ -{places[0]} +{places[1]} @@", *told]


def _place(numbers: Sequence[int]) -> str:
    there = [number for number in numbers if number]
    return f"{there[0] if there else 0},{len(there)}"


def answers_block(before: Excerpt, after: Excerpt, limit: int) -> str | None:
    """Return two answers as one block; None when they are better read one after the other.

    Args:
        before: the answer of the baseline.
        after: the answer of the candidate.
        limit: the most characters that each may take.
    """
    lines = answer_diff(before.text, after.text)
    if lines is None:
        return None
    notes = [
        f"\n\n… {side}: {part.note}"
        for side, part in (("before", before), ("after", after))
        if part.note
    ]
    return diff_fence(lines, 2 * limit) + "".join(notes)


def diff_fence(lines: Sequence[str], budget: int) -> str:
    """Write marked lines as a block, as many as the budget of characters allows."""
    kept = list(_within(lines, budget))
    more = len(lines) - len(kept)
    note = f"\n\n… {count(more, 'more line')} not shown" if more else ""
    return fence(Excerpt(text="\n".join(kept)), language="diff") + note


def _within(lines: Sequence[str], budget: int) -> Iterator[str]:
    for line in lines:
        shown = line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
        budget -= len(shown) + 1
        if budget < 0:
            return
        yield shown.replace("\t", "    ")
