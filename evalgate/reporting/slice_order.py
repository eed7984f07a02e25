"""Puts slices in the order in which a reader should see them."""

from collections.abc import Sequence

from evalgate.model.verdict import Slice


def reading_order(slices: Sequence[Slice]) -> list[Slice]:
    """Return the protected slices, then the others, each with those that lost most at the top."""
    return sorted(
        slices,
        key=lambda part: (not part.protected, (part.delta or 0.0) * part.cases, part.tag),
    )
