"""Smells of wording: what was left to be filled in, code that breaks off, a prompt repeated."""

import re
from collections.abc import Iterator
from itertools import islice

from evalgate.model.chat import ChatRequest
from evalgate.runtime.smelling.smell_request import texts_of

LONGEST_QUOTE = 300
"""Characters of a system prompt in a row that an answer may repeat."""

MOST_BRACKETS = 100
"""Pairs of brackets whose content is looked at."""

MOST_FENCES = 100
"""Fences of code up to which it is told whether the last one is closed."""

_PROBE = 200
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(`{3,})(.*)$", re.MULTILINE)
_NOUNS = (
    "name|address|number|date|e-?mail|email address|phone|phone number|company|title|amount"
    "|signature|position|department|link|url|details|datum|anschrift|adresse|nummer|firma"
    "|unterschrift|nom|numéro|fecha|nombre|dirección|número|nome|indirizzo"
)
_YOURS = "your|insert|enter|fill in|customer|customer's|recipient|recipient's|sender"
_OURS = "ihr|ihre|ihren|dein|deine|hier|votre|vos|insérer|su|tu|insertar|inserire|il tuo"
_BETWEEN = re.compile(
    r"\[[^\]\[\n]{1,80}\](?![(\[:])|<[^<>\n]{1,80}>|\{\{[^{}\n]{1,80}\}\}"
    r"|lorem ipsum dolor|^\s{0,8}todo: (?:insert|add|fill|replace|write|complete)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LEFT = re.compile(
    rf"""
      \{{\{{ [ ]? [\w.-]+ [ ]? \}}\}}
    | \[ (?: (?:{_YOURS}|{_OURS}) [ ] .+
           | (?:[\w'’]{{1,20}}[ ]){{0,2}} (?:{_NOUNS})
           | (?:todo|tbd)\b .* ) \]
    | < (?:insert|enter|your|todo|tbd) (?:[ ] .+)? >
    | [^\[<{{].*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def placeholder(text: str, *, request: ChatRequest | None) -> str | None:
    """Return what an answer leaves to be filled in, or None.

    What stands as code, or in the request too, was not left: it is spoken of.
    """
    if not _may_hold_placeholder(text):
        return None
    left = list(_left_open(text))
    prose = without_code(text) if left else ""
    return next(
        (each for each in left if each in prose and not _is_asked_about(each, request)), None
    )


def _left_open(text: str) -> Iterator[str]:
    """Yield what looks like a placeholder, of the first that stand between brackets."""
    for found in islice(_BETWEEN.finditer(text), MOST_BRACKETS):
        if _LEFT.fullmatch(found[0]):
            yield found[0]


def _is_asked_about(found: str, request: ChatRequest | None) -> bool:
    return request is not None and any(found in asked for asked in texts_of(request))


def without_code(text: str) -> str:
    """Return a text without what stands in it as code."""
    return _CODE.sub(" ", text) if "`" in text else text


def ends_in_code(text: str) -> bool:
    """Tell whether a text breaks off inside a block of code."""
    if not 0 < text.count("```") <= MOST_FENCES:
        return False
    opened = ""
    found: list[tuple[str, str]] = _FENCE.findall(text)
    for ticks, after in found:
        if not opened:
            opened = "" if "`" in after else ticks
        elif len(ticks) >= len(opened) and not after.strip():
            opened = ""
    return bool(opened)


def repeats_stretch(text: str, system: str) -> bool:
    """Tell whether a text holds more than `LONGEST_QUOTE` characters in a row of a system prompt.

    Looked for at every 200th character, so that a stretch of 500 is always found.
    """
    if len(system) <= LONGEST_QUOTE or len(text) <= LONGEST_QUOTE:
        return False
    for start in range(0, len(text) - _PROBE + 1, _PROBE):
        if text[start : start + _PROBE] in system and _is_long(text, start, system):
            return True
    return False


def _is_long(text: str, start: int, system: str) -> bool:
    more = LONGEST_QUOTE - _PROBE + 1
    after = text[start : start + _PROBE + more]
    before = text[max(0, start - more) : start + _PROBE]
    return any(len(each) > LONGEST_QUOTE and each in system for each in (after, before))


def _may_hold_placeholder(text: str) -> bool:
    """Tell in a tenth of the time whether the pattern needs to be searched for."""
    if "[" in text or "<" in text or "{{" in text:
        return True
    folded = text.casefold()
    return "lorem" in folded or "todo" in folded
