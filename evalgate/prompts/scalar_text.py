"""Writes one text as a scalar of YAML: plainly where that is safe, and else in quotes."""

import json
import re

# What needs no quotes: no mark of YAML's in it, and no look of a number, a date or a word of YAML.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'()/_@+-]*", re.ASCII)
_NO_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def word(text: str) -> str:
    """Write a text that stands within a mapping on one line, or as a key."""
    return _scalar(text, _WORD)


def words(text: str) -> str:
    """Write a text that ends its line."""
    return _scalar(text, _WORDS)


def _scalar(text: str, plain: re.Pattern[str]) -> str:
    """Write a text plainly where that is safe, and else as JSON does, which YAML reads too."""
    if plain.fullmatch(text) and text[-1] != " " and text.lower() not in _NO_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else _escaped(each) for each in quoted)


def _escaped(character: str) -> str:
    """Write a character that a reader would not see, or that YAML would not take."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
