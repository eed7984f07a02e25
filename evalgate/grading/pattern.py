"""Bounds what a regular expression takes to compile, before it is compiled."""

import re

MOST_CHARACTERS = 2_000
"""Characters of a pattern as written."""

MOST_REPEATED = 100_000
"""Characters of a pattern with its counted repeats written out; each takes some 500 bytes."""

_COUNTED = re.compile(r"(?P<group>\)?)(?P<gap>\s*)\{(?P<least>\d*)(?P<range>,(?P<most>\d*))?\}")
_VERBOSE = re.compile(r"\(\?[a-zA-Z0-9]*x")


def size_fault(pattern: str) -> str | None:
    """Say why a pattern is too large to compile, or return None.

    A pattern is compiled as if its counted repeats were written out, so that nested ones multiply:
    `(?:x{1000}){1000}` is a million characters. This is an upper bound of that length: what groups
    are repeated is multiplied over the whole pattern, whether they are nested or not.
    """
    if len(pattern) > MOST_CHARACTERS:
        return f"the pattern has {len(pattern):,} characters; at most {MOST_CHARACTERS:,} can be"
    size = _written_out(pattern)
    if size > MOST_REPEATED:
        return (
            f"its counted repeats make the pattern about {min(size, 10**15):,} characters long;"
            f" at most {MOST_REPEATED:,} can be: lower the counts, or use `*` or `+`"
        )
    return None


def _written_out(pattern: str) -> int:
    # In verbose mode a comment can stand between a group and its count, so any may be a group's.
    verbose = _VERBOSE.search(pattern) is not None or "(?#" in pattern
    groups, single = 1, len(pattern)
    for mark in _COUNTED.finditer(pattern):
        count = _count(mark)
        if verbose or mark["group"]:
            groups *= count
        else:
            single += count
    return single * groups


def _count(mark: re.Match[str]) -> int:
    """Return how often something is repeated at most, or at least when there is no most."""
    numbers = [int(mark[name][-9:]) for name in ("least", "most") if mark[name]]
    return max(1, *numbers) if numbers else 1
