"""Regular expressions within limits: of what they take to compile, and of how long they search."""

import re
from functools import lru_cache

import regex

from evalgate.model.document import Data
from evalgate.model.reading import describe

PATTERN_SECONDS = 0.25
"""How long one pattern may search one answer."""

MOST_CHARACTERS = 2_000
"""Characters of a pattern as written."""

MOST_REPEATED = 100_000
"""Characters of a pattern with its counted repeats written out; each takes some 500 bytes."""

_COUNTED = re.compile(r"(?P<group>\)?)\{(?P<least>[0-9]*)(?:,(?P<most>[0-9]*))?\}")
_VERBOSE = re.compile(r"\(\?[a-zA-Z0-9]*x")


def size_fault(written: str) -> str | None:
    """Say why a pattern is too large to compile, or return None.

    A pattern is compiled as if its counted repeats were written out, so that nested ones multiply:
    `(?:x{1000}){1000}` is a million characters. What is compared with the limit is an upper bound
    of that length: the counts of groups are multiplied, whether they are nested or not.
    """
    if len(written) > MOST_CHARACTERS:
        return f"the pattern has {len(written):,} characters; at most {MOST_CHARACTERS:,} can be"
    verbose = _VERBOSE.search(written) is not None
    if verbose and written.count("{") > len(_COUNTED.findall(written)):
        # Blanks and comments inside a count are left out when compiling, and would hide it here.
        return "in a verbose pattern, a brace must start a count such as {2} or {2,5}"
    if _written_out(written, any_group=verbose or "(?#" in written) > MOST_REPEATED:
        return (
            f"its counted repeats, written out, make more than {MOST_REPEATED:,} characters:"
            " lower the counts, or use `*` or `+`"
        )
    return None


def _written_out(pattern: str, *, any_group: bool) -> int:
    """Bound the length of a pattern with its counted repeats written out.

    Args:
        pattern: as written.
        any_group: a comment or blank may stand between a group and its count, so that every count
            is taken for a group's.
    """
    groups, single = 1, len(pattern)
    for mark in _COUNTED.finditer(pattern):
        count = max(1, *(int(mark[name] or 0) for name in ("least", "most")))
        if any_group or mark["group"]:
            groups *= count
        else:
            single += count
    return groups * single


def pattern_fault(argument: Data) -> str | None:
    """Say why an argument is no usable pattern, or None."""
    if not isinstance(argument, str) or not argument:
        return f"expected a pattern as text, got {describe(argument or None)}"
    fault = size_fault(argument)
    if fault is not None:
        return fault
    try:
        pattern(argument)
    except regex.error as error:
        return f"not a valid pattern: {error}"
    except RecursionError:
        return "not a usable pattern: its groups are nested too deeply"
    return None


# Compiled once per pattern: every trial of a case asks for the same one.
@lru_cache(maxsize=4096)
def pattern(written: str) -> "regex.Pattern[str]":
    """Return a compiled pattern without fault."""
    return regex.compile(written)
