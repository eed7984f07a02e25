"""Writes in Markdown what changed between two texts: a minus for what went, a plus for new."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from evalgate.reporting.answer_diff import answer_diff
from evalgate.reporting.markdown import code, details, fence
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import Excerpt

_LONGEST_LINE = 400
_MOST_FILE_LINES = 3_000


def diff_block(
    before: str | None, after: str | None, *, path: str, budget: int, formerly: str = ""
) -> str:
    """Return a fold with the changes of one file, in hunks; empty when nothing changed.

    Args:
        before: its text at first; None when it is new.
        after: its text now; None when it is no longer included.
        path: where it is, from the repository's root.
        budget: the most characters of changes that are shown.
        formerly: the path of the file that it is held against, when that is another.
    """
    if before == after:
        return ""
    old, new = ((text or "").splitlines() for text in (before, after))
    if max(len(old), len(new)) > _MOST_FILE_LINES:
        return f"{code(path, 120)} changed and is too long to compare here."
    # The first two lines of a unified diff name the files, which the fold does already.
    lines = [line.rstrip("\n") for line in unified_diff(old, new, n=3, lineterm="")][2:]
    gone, added = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    size = f"+{added:,} −{gone:,} {'line' if added + gone == 1 else 'lines'}"
    if before is None or after is None:
        size = f"{'new' if before is None else 'no longer included'}, {size}"
    against = f" against {code(formerly, 120)}" if formerly else ""
    body = diff_fence(lines, budget) if lines else "Only line breaks changed."
    return details(f"What the change does to {code(path, 120)}{against}: {size}", body)


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
