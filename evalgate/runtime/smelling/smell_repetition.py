"""Tells whether an answer repeats itself as a model does that is caught in a loop.

Two marks: a stretch that comes again and again without a letter between, looked for at five places,
and sentences or lines that come back so often that they make up half of the text. Both take time
with the length of the text. What stands as code may repeat itself.
"""

import re
from collections import Counter

from evalgate.runtime.smelling.smell_wording import without_code

LONGEST_PERIOD = 1_000
"""Characters after which a loop starts again, at most."""

LEAST_LOOP = 200
"""Characters that come a second time at least, and three times the period."""

LEAST_TIMES = 4
LEAST_SHARE = 0.5
LEAST_SENTENCE = 12

_PROBE = 24
_QUARTERS = (0.0, 0.25, 0.5, 0.75)
_SENTENCE_ENDS = re.compile(r"[.!?。\uff01\uff1f\n]+[\s\d*#>)•-]*")


def repeats(text: str) -> bool:
    """Tell whether a text loops, or is mostly the same few sentences."""
    if not _loops(text) and not _says_the_same(text):
        return False
    if "`" not in text:
        return True
    prose = without_code(text)
    return _loops(prose) or _says_the_same(prose)


def _loops(text: str) -> bool:
    size = len(text)
    return _loops_back_from(text, size) or any(
        _loops_from(text, int(size * share)) for share in _QUARTERS
    )


def _loops_from(text: str, start: int) -> bool:
    """Tell whether what stands from a place on comes again and again after it."""
    probe = text[start : start + _PROBE]
    again = text.find(probe, start + 1, start + _PROBE + LONGEST_PERIOD)
    return again > 0 and _is_loop(text, start, again - start)


def _loops_back_from(text: str, end: int) -> bool:
    """Tell whether what stands before a place came again and again before it."""
    last = end - _PROBE
    if last <= 0:
        return False
    before = text.rfind(text[last:end], max(0, last - LONGEST_PERIOD), end - 1)
    period = last - before
    return before >= 0 and _is_loop(text, end - period - _needed(period), period)


def _is_loop(text: str, start: int, period: int) -> bool:
    needed = _needed(period)
    if start < 0 or start + period + needed > len(text):
        return False
    once = text[start : start + needed]
    return once == text[start + period : start + period + needed] and any(
        map(str.isalpha, once[:period])
    )


def _needed(period: int) -> int:
    return max(LEAST_LOOP, 3 * period)


def _says_the_same(text: str) -> bool:
    sentences = _SENTENCE_ENDS.split(text)
    if len(sentences) - len(set(sentences)) < LEAST_TIMES - 1:
        return False
    again = sum(
        times * len(sentence)
        for sentence, times in Counter(sentences).items()
        if times >= LEAST_TIMES and len(sentence) >= LEAST_SENTENCE and sentence[0].isalpha()
    )
    return again >= LEAST_SHARE * len(text)
