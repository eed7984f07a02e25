"""Writes what a change does to an eval set, as a maintainer who is to accept it needs to see it."""

from collections.abc import Iterator, Sequence

from evalgate.deciding.wording import counted
from evalgate.gate.accepting import SetChange

_MOST_NAMED = 20


def change_lines(change: SetChange) -> Iterator[str]:
    """Yield the lines of a table: what of how many cases, and which ones."""
    removed = ", which no longer guards what it guarded" if change.is_removed else ""
    held = ", ".join(change.codes)
    yield f"{change.evalset}: {counted(change.before, 'case')} at the base{removed} ({held})"
    rows = {
        "edited": change.edited,
        "deleted": change.deleted,
        "critical": change.weakened,
        "protected": [f"{tag} {had:,} → {has:,}" for tag, (had, has) in change.slices.items()],
    }
    for title, names in rows.items():
        if names:
            yield f"  {title:<9} {len(names):>7,}  {_named(names)}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
