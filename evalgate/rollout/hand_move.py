"""A move of a live pointer by hand: what becomes of the file, and what is said of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.model.reading import describe, suggestion
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.past import grown, milestones
from evalgate.rollout.instants import later
from evalgate.rollout.request import MOST_REASON
from evalgate.rollout.under_way import ending

MOST_BY = 100
"""Characters of a name."""

OWN_MODEL = "none"
"""The word for no model of the switch: each version is answered by its own."""

_MODEL = re.compile(r"claude-[A-Za-z0-9][A-Za-z0-9.@_-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """When, by whom and why; `is_named` tells that the name was given and not looked up.

    `at` is an instant, `YYYY-MM-DDTHH:MM:SSZ`.
    """

    at: str
    by: str = ""
    why: str = ""
    is_named: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether somebody has said in person who they are, and why."""
        return self.is_named and bool(self.by and self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandMove:
    """What a move makes of a pointer; nothing is to be done where both pointers are the same.

    `said` are sentences about what it does, without full stops. `remarks` are sentences about what
    else a reader should know. `subject` is the first line of a commit with it.
    """

    before: LivePointer
    pointer: LivePointer
    said: tuple[str, ...]
    subject: str
    remarks: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be done."""
        return self.pointer == self.before


def read_signature(*, at: str, by: str, why: str, is_named: bool) -> Signature:
    """Return who signs, halves of characters replaced; raise UsageError for what is too long."""
    for name, text, most in (("by", by, MOST_BY), ("reason", why, MOST_REASON)):
        if len(text) > most:
            raise UsageError(
                f"{name}: expected at most {most} characters, got {len(text):,}: shorten it"
            )
    return Signature(at=at, by=_whole(by.strip()), why=_whole(why.strip()), is_named=is_named)


def read_model(text: str) -> str:
    """Return the id of a model, or nothing for the word `none`.

    Raises:
        UsageError: when it is neither.
    """
    if text == OWN_MODEL:
        return ""
    if not _MODEL.fullmatch(text):
        raise UsageError(
            "model: expected the id of a Claude model such as `claude-haiku-5-5`, or "
            f"`{OWN_MODEL}` for each version's own; got {describe(text) if text else 'nothing'}"
        )
    return text


def pointer_of(prompt: Prompt) -> LivePointer:
    """Return the live pointer of a prompt, an empty one when it has none."""
    path = f"{prompt.folder}/{LIVE}"
    return prompt.live or LivePointer(prompt=prompt.name, path=path, stable=None)


def check_version(prompt: Prompt, version: str) -> None:
    """Raise UsageError when the prompt has no such version."""
    if version not in prompt.versions:
        hint = suggestion(version, prompt.versions) if prompt.versions else ": it has none"
        raise UsageError(
            f"version: `{prompt.name}` has no version {describe(version)} in "
            f"{prompt.folder}{hint}; nothing was written"
        )


def moved(
    before: LivePointer,
    after: LivePointer,
    signature: Signature,
    *,
    milestone: Milestone | None = None,
    verdict: str = "",
) -> LivePointer:
    """Return the pointer after a move with the move in its history; the same one for no move.

    Args:
        before: the pointer so far.
        after: what the move makes of it.
        signature: who asks, when and why.
        milestone: what a rollout comes to by it; without one, what the move does to a rollout that
            it ends or takes back is found.
        verdict: the id of the run that judged the version of the rollout.
    """
    milestone = milestone or ending(before, after)
    if after == before and milestone is None:
        return before
    switched = after.switch != before.switch
    last = last_told(before)
    stays = milestone is not None and after.stable == before.stable
    move = Move(
        stable=after.stable or "",
        at=signature.at if milestone is None else later(signature.at, last.at),
        by=signature.by,
        why=signature.why,
        verdict=verdict or (last.verdict if stays else ""),
        switch=after.switch if switched else None,
        rollout=milestone,
    )
    return replace(after, history=grown(before, move))


def last_told(pointer: LivePointer) -> Move:
    """Return the last move of a rollout in a history; an empty one when there is none."""
    return next((move for move, _ in reversed(milestones(pointer.history))), Move(stable=""))


def because(said: str, reason: str) -> str:
    """Join what a move does and the reason that was given."""
    return f"{said}: {reason}" if reason else said


def canary_ended(pointer: LivePointer) -> str:
    """Say that the canary is ended; nothing when there is none."""
    if pointer.canary is None:
        return ""
    return f"ends the canary {pointer.canary.version} ({pointer.canary.percent:g} %)"


def switch_remarks(name: str, switch: Switch) -> Iterator[str]:
    """Yield what a switch does to the traffic of a prompt."""
    if switch.disabled:
        yield f"The switch turns the prompt {name} off: no version is served."
    if switch.model is not None:
        yield (
            f"The switch sends all traffic to the model {switch.model}, which the gate "
            "does not test."
        )


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
