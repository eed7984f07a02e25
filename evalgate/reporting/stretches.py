"""Finds what two sequences have in common: a stretch that is the same, one that is not, by turns.

Lines of files, lines of answers and words are all compared by it, so that the views of a report
see the same differences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Indel


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of both sequences, by places from 0; the ends are not part of it."""

    is_same: bool
    before: slice
    after: slice


def stretches(before: Sequence[str], after: Sequence[str]) -> Iterator[Stretch]:
    """Yield the stretches that both sequences are made of, with as much the same as can be."""
    codes = Indel.opcodes(before, after)
    for is_same, group in groupby(codes, key=lambda code: code.tag == "equal"):
        parts = list(group)
        yield Stretch(
            is_same=is_same,
            before=slice(parts[0].src_start, parts[-1].src_end),
            after=slice(parts[0].dest_start, parts[-1].dest_end),
        )
