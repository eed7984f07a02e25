"""Adopts a plain text file: one prompt, with its placeholders in whichever common style."""

import re
from collections.abc import Mapping
from enum import StrEnum

from evalgate.adopting.adoption import Adoption, Message, as_literal, escape_headings, escape_strays

INPUT = "input"
"""The variable that stands for the whole input of a prompt without any placeholder."""

_DOUBLE = re.compile(r"\{\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\}")
_SINGLE = re.compile(r"(?P<open>\{\{)|(?P<close>\}\})|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
_DOLLAR = re.compile(
    r"(?P<kept>\$\$)|\$(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\})"
)


class Placeholders(StrEnum):
    """How a text marks its variables."""

    AUTO = "auto"
    DOUBLE = "double"
    SINGLE = "single"
    DOLLAR = "dollar"
    NONE = "none"


_WORDS: Mapping[Placeholders, str] = {
    Placeholders.DOUBLE: "{{name}}",
    Placeholders.SINGLE: "{name}, as in Python's str.format",
    Placeholders.DOLLAR: "$name",
    Placeholders.NONE: "none",
}


def adopt_text(name: str, path: str, text: str, *, placeholders: Placeholders) -> Adoption:
    """Return the adoption of a text.

    A text with placeholders becomes the user's message. One without becomes the system prompt, and
    the user's message is the variable `input` alone.

    Args:
        name: of the prompt.
        path: of the file, for the notes.
        text: its content.
        placeholders: the style; `auto` takes the first of `{{name}}` and `{name}` that is found.
    """
    style = _style(text) if placeholders is Placeholders.AUTO else placeholders
    template, found = _translate(text, style)
    if found:
        messages: tuple[Message, ...] = (Message(role="user", text=template),)
        note = f"placeholders are read as {_WORDS[style]}; the text is the user's message"
    else:
        user = Message(role="user", text=f"{{{{{INPUT}}}}}")
        messages = (Message(role="system", text=template), user)
        note = f"no placeholders: the text is the system prompt, and `{INPUT}` the user's message"
    return Adoption(name=name, source=path, messages=messages, notes=(note,))


def _style(text: str) -> Placeholders:
    if _DOUBLE.search(text):
        return Placeholders.DOUBLE
    names = any(mark["name"] for mark in _SINGLE.finditer(text))
    return Placeholders.SINGLE if names else Placeholders.NONE


def _translate(text: str, style: Placeholders) -> tuple[str, bool]:
    """Return the text in evalgate's syntax, and whether it has a variable."""
    match style:
        case Placeholders.DOUBLE:
            return escape_strays(text), _DOUBLE.search(text) is not None
        case Placeholders.SINGLE:
            found = any(mark["name"] for mark in _SINGLE.finditer(text))
            return escape_headings(_SINGLE.sub(_from_single, text)), found
        case Placeholders.DOLLAR:
            found = any(mark["name"] or mark["braced"] for mark in _DOLLAR.finditer(text))
            return _DOLLAR.sub(_from_dollar, as_literal(text)), found
        case _:
            return as_literal(text), False


def _from_single(mark: re.Match[str]) -> str:
    if mark["name"]:
        return f"{{{{{mark['name']}}}}}"
    return "{" if mark["open"] else "}"


def _from_dollar(mark: re.Match[str]) -> str:
    return "$" if mark["kept"] else f"{{{{{mark['name'] or mark['braced']}}}}}"
