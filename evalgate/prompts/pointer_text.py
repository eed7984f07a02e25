"""Writes the text of `live.yaml`, so that reading it gives the live pointer again."""

import json
import re
from collections.abc import Iterator

from evalgate.model.prompt import Canary, LivePointer, Move, Switch

_HEAD = re.compile(r"\s*(#|$)")
_SCHEMA = re.compile(r"schema: *[A-Za-z][\w./-]* *(#.*)?")
# What needs no quotes: no mark of YAML's in it, and no look of a number, a date or a word of YAML.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'()/_@+-]*", re.ASCII)
_NO_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def pointer_text(pointer: LivePointer, *, before: str = "") -> str:
    """Return the text of a live pointer.

    Args:
        pointer: what the file shall say; its texts hold no lone surrogates.
        before: the text of the file so far, whose comments at the head and whose schema stay.
    """
    return "".join(f"{line}\n" for line in (*_kept(before), *_lines(pointer)))


def _kept(before: str) -> Iterator[str]:
    lines = before.removeprefix("\ufeff").splitlines()
    length = next((at for at, line in enumerate(lines) if not _HEAD.match(line)), len(lines))
    yield from lines[:length]
    yield from [line for line in lines[length:] if _SCHEMA.fullmatch(line)][:1]


def _lines(pointer: LivePointer) -> Iterator[str]:
    yield f"stable: {pointer.stable or 'null'}"
    if pointer.canary is not None:
        yield f"canary: {_canary(pointer.canary)}"
    if pointer.switch != Switch():
        yield f"switch: {_switch(pointer.switch)}"
    if pointer.history:
        yield "history:"
    for move in pointer.history:
        yield from _move(move)


def _canary(canary: Canary) -> str:
    percent = int(canary.percent) if canary.percent.is_integer() else canary.percent
    salt = f", salt: {_scalar(canary.salt, _WORD)}" if canary.salt else ""
    return f"{{version: {canary.version}, percent: {percent}{salt}}}"


def _switch(switch: Switch) -> str:
    model = "null" if switch.model is None else _scalar(switch.model, _WORD)
    return f"{{disabled: {'true' if switch.disabled else 'false'}, model: {model}}}"


def _move(move: Move) -> Iterator[str]:
    texts = {"at": move.at, "by": move.by, "why": move.why, "verdict": move.verdict}
    items = [f"stable: {move.stable}"] if move.stable else []
    items += [f"{key}: {_scalar(text, _WORDS)}" for key, text in texts.items() if text]
    first, *rest = items or ["{}"]
    yield f"  - {first}"
    yield from (f"    {item}" for item in rest)


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
