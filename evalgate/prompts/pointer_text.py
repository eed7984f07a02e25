"""Writes the text of `live.yaml`, so that reading it gives the live pointer again."""

import re
from collections.abc import Iterator

from evalgate.model.milestone import Milestone
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.prompts.scalar_text import word, words

_HEAD = re.compile(r"\s*(#|$)")
_SCHEMA = re.compile(r"schema: *[A-Za-z][\w./-]* *(#.*)?")


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
        yield f"switch: {switch_text(pointer.switch)}"
    if pointer.history:
        yield "history:"
    for move in pointer.history:
        yield from _move(move)


def _canary(canary: Canary) -> str:
    salt = f", salt: {word(canary.salt)}" if canary.salt else ""
    return f"{{version: {canary.version}, percent: {_number(canary.percent)}{salt}}}"


def _number(percent: float) -> str:
    return f"{int(percent) if percent.is_integer() else percent}"


def switch_text(switch: Switch) -> str:
    """Return a switch as a mapping on one line."""
    model = "null" if switch.model is None else word(switch.model)
    return f"{{disabled: {'true' if switch.disabled else 'false'}, model: {model}}}"


def _move(move: Move) -> Iterator[str]:
    texts = {"at": move.at, "by": move.by, "why": move.why, "verdict": move.verdict}
    items = [f"stable: {move.stable}"] if move.stable else []
    items += [f"{key}: {words(text)}" for key, text in texts.items() if text]
    items += [f"switch: {switch_text(move.switch)}"] if move.switch is not None else []
    items += [f"rollout: {_milestone(move.rollout)}"] if move.rollout is not None else []
    first, *rest = items or ["{}"]
    yield f"  - {first}"
    yield from (f"    {item}" for item in rest)


def _milestone(milestone: Milestone) -> str:
    percent = f", percent: {_number(milestone.percent)}" if milestone.percent else ""
    overridden = ", overridden: true" if milestone.overridden else ""
    return (
        f"{{version: {milestone.version}, phase: {milestone.phase.value}{percent}, "
        f"hash: {word(milestone.hash)}{overridden}}}"
    )
