"""Decides what a rollback by hand makes of a live pointer, or why there is nothing to go back to.

Pure. To go back undoes all that came after, so that rollback after rollback never goes forth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.prompt import LivePointer
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import good_models, good_versions
from evalgate.rollout.hand_move import (
    HandMove,
    Signature,
    because,
    canary_ended,
    check_version,
    moved,
    pointer_of,
    switch_remarks,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """What is asked for: to the last good version, `to` one that was stable, or of the `model`."""

    to: str | None = None
    model: bool = False


def rolled_back(prompt: Prompt, asked: Rollback, signature: Signature) -> HandMove:
    """Return the move that is asked for.

    Args:
        prompt: with its live pointer and the files of its versions.
        asked: what is to be gone back to.
        signature: who asks, when and why.

    Raises:
        UsageError: when there is nothing to go back to, or its file is gone.
    """
    before = pointer_of(prompt)
    if before.stable is None:
        raise UsageError(
            f"{before.path} names no stable version, so that nothing is served: name a version "
            f"with `evalgate switch {quote(prompt.name)} vN`"
        )
    if asked.model:
        return _model_back(before, signature)
    if asked.to is None and before.canary is not None:
        return _canary_back(before, signature)
    return _version_back(prompt, before, asked.to or _last_good(before), signature=signature)


def _last_good(before: LivePointer) -> str:
    for version in good_versions(before):
        return version
    name = quote(before.prompt)
    raise UsageError(
        f"there is nothing to roll back to: the history of {before.path} names no good version "
        f"before {before.stable}; to go to another one, `evalgate rollback {name} --to vN`; to "
        f"serve none, `evalgate switch {name} --disable`"
    )


def _version_back(
    prompt: Prompt, before: LivePointer, version: str, *, signature: Signature
) -> HandMove:
    _check_was_stable(prompt, version)
    _check_there(prompt, before, version)
    after = replace(before, stable=version, canary=None)
    done = f"rollback from {before.stable}" if version != before.stable else canary_ended(before)
    ended = ", and the canary is ended" if before.canary is not None else ""
    return HandMove(
        before=before,
        pointer=moved(before, after, _reasoned(signature, done)),
        said=(f"{version} of {prompt.name} gets all of the traffic again{ended}",),
        subject=f"Roll {prompt.name} back to {version}",
        remarks=tuple(switch_remarks(prompt.name, before.switch)),
    )


def _canary_back(before: LivePointer, signature: Signature) -> HandMove:
    after = replace(before, canary=None)
    said = f"{before.stable} of {before.prompt} gets all of the traffic again"
    return HandMove(
        before=before,
        pointer=moved(before, after, _reasoned(signature, canary_ended(before))),
        said=(f"{said}: the canary is ended, and {before.stable} stays stable",),
        subject=f"End the canary of {before.prompt}",
        remarks=(*_further(before), *switch_remarks(before.prompt, before.switch)),
    )


def _further(before: LivePointer) -> Iterator[str]:
    for version in good_versions(before)[:1]:
        name = quote(before.prompt)
        yield f"To go further back, to {version}, run `evalgate rollback {name}` once more."


def _model_back(before: LivePointer, signature: Signature) -> HandMove:
    models = good_models(before)
    if not models:
        raise UsageError(
            f"there is no model to roll back to: the switch of {before.path} has named none; to "
            f"choose one, `evalgate switch {quote(before.prompt)} --model ID`"
        )
    after = replace(before, switch=replace(before.switch, model=models[0]))
    model = models[0] or "the own model of each version"
    done = f"rollback of the model from {before.switch.model or 'that of each version'}"
    return HandMove(
        before=before,
        pointer=moved(before, after, _reasoned(signature, done)),
        said=(f"{before.prompt} is answered by {model} again",),
        subject=f"Roll {before.prompt} back to {model}",
        remarks=tuple(switch_remarks(before.prompt, after.switch)),
    )


def _reasoned(signature: Signature, done: str) -> Signature:
    return replace(signature, why=because(done, signature.why))


def _check_was_stable(prompt: Prompt, version: str) -> None:
    if version != prompt.stable and not prompt.was_stable(version):
        check_version(prompt, version)
        good = sorted({move.stable for move in prompt.history if prompt.was_stable(move.stable)})
        known = f" (in the history: {', '.join(good)})" if good else ""
        name = quote(prompt.name)
        raise UsageError(
            f"to: {version} of `{prompt.name}` was never stable{known}: a rollback goes to what "
            f"was; for another version, `evalgate switch {name} {version} --ungated --reason '…' "
            "--by '…'`"
        )


def _check_there(prompt: Prompt, before: LivePointer, version: str) -> None:
    """Raise when the file of a version is gone; say which could be gone back to instead."""
    if version in prompt.versions:
        return
    others = [other for other in good_versions(before) if other in prompt.versions]
    name = quote(prompt.name)
    hint = (
        f"go further back with `evalgate rollback {name} --to {others[0]}`, or " if others else ""
    )
    raise UsageError(
        f"{prompt.path(version)} is gone, so that {version} cannot be served: {hint}bring it back "
        f"with git; to serve no version, `evalgate switch {name} --disable`; nothing was written"
    )
