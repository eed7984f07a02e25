"""Tells whether data that was read as JSON can be written and handed on as JSON again."""

from collections.abc import Iterator, Mapping
from math import isfinite

MOST_LEVELS = 100
"""How deep lists and mappings may stand in each other."""


def is_writable(data: object) -> bool:
    """Whether all numbers are finite and nothing is nested deeper than `MOST_LEVELS`.

    Python reads `NaN`, `1e999` and a thousand brackets without complaint, and fails to write them.
    """
    level = [data]
    for _ in range(MOST_LEVELS + 1):
        if any(isinstance(value, float) and not isfinite(value) for value in level):
            return False
        level = [child for value in level for child in _children(value)]
        if not level:
            return True
    return False


def _children(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
