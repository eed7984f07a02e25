"""Decides what a promotion does to a live pointer, or why it may not be; pure.

One canary at a time: whoever wants another one ends the first. A step back (less traffic for the
canary, none at all, a version that was stable before) needs no proof, so that it always goes
through. A canary that a rollout moves is its alone, but for the way back.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.prompt import Canary, LivePointer, Move
from evalgate.model.reading import suggestion
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.past import grown
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.rollout.hand_move import switch_remarks
from evalgate.rollout.request import Request
from evalgate.rollout.under_way import ending, under_way


class Step(StrEnum):
    """What kind of move it is.

    `forward` gives a version traffic that it did not have, and needs proof. `rollback` makes a
    version stable that was so before; `back` takes traffic from the canary. `nothing` is to be
    done.
    """

    FORWARD = "forward"
    ROLLBACK = "rollback"
    BACK = "back"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A move of a live pointer. `hash` is the identity of the version that it is about.

    `before` is the pointer so far, None when there is none; `sources` are the files from the
    repository's root that the version is made of. `warnings` are sentences that decide nothing.
    """

    request: Request
    step: Step
    hash: str
    before: LivePointer | None
    pointer: LivePointer
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def promotion_of(request: Request, prompt: Prompt, *, at: str) -> Promotion:
    """Return the move that a request asks for.

    Args:
        request: what is asked for.
        prompt: the prompt that it names.
        at: how the commit with it is called, for messages.

    Raises:
        UsageError: when there is no such version, or it may not move so.
    """
    identity = prompt.identity(request.version)
    if identity is None:
        raise _no_version(request, prompt, at=at)
    step = _step(request, prompt)
    return Promotion(
        request=request,
        step=step,
        hash=identity,
        before=prompt.live,
        pointer=prompt.live if step is Step.NOTHING and prompt.live else _moved(request, prompt),
        sources=sources_of(request.version, prompt),
        warnings=tuple(switch_remarks(prompt.name, prompt.switch)),
    )


def _no_version(request: Request, prompt: Prompt, *, at: str) -> UsageError:
    hint = suggestion(request.version, prompt.versions) if prompt.versions else ": it has none"
    shown = request.version[:60]
    return UsageError(f"version: `{prompt.name}` has no version `{shown}` at {at}{hint}")


def _step(request: Request, prompt: Prompt) -> Step:
    """Return the kind of a move.

    Raises:
        UsageError: when it is none that may be made.
    """
    if prompt.stable is None and not request.is_full:
        raise UsageError(
            f"percent: `{prompt.name}` has no stable version yet, so nothing can share the traffic "
            "with a canary: write 100"
        )
    if request.version == prompt.stable:
        return _step_of_stable(request, prompt)
    _check_rollout(request, prompt)
    if request.is_full and prompt.was_stable(request.version):
        return Step.ROLLBACK
    canary = prompt.canary
    if canary is not None and canary.version not in (request.version, prompt.stable):
        raise UsageError(
            f"version: {canary.version} is the canary of `{prompt.name}` with "
            f"{canary.percent:g} % of the traffic, and there is one canary at a time: promote it "
            f"to 100, or end it by promoting {prompt.stable} to 100"
        )
    if request.is_full or canary is None or canary.version != request.version:
        return Step.FORWARD
    if request.percent == canary.percent:
        return Step.NOTHING
    return Step.FORWARD if request.percent > canary.percent else Step.BACK


def _check_rollout(request: Request, prompt: Prompt) -> None:
    """Raise UsageError when a rollout is under way, and a move neither ends it nor is nothing."""
    running = None if prompt.live is None else under_way(prompt.live)
    if running is None or prompt.canary is None:
        return
    if request.version == running.version:
        may_be = not request.is_full and request.percent == prompt.canary.percent
    else:
        may_be = request.is_full and prompt.was_stable(request.version)
    if may_be:
        return
    name = quote(prompt.name)
    raise UsageError(
        f"version: a rollout of {running.version} of `{prompt.name}` is under way, with "
        f"{prompt.canary.percent:g} % of the traffic: `evalgate rollout advance {name}` takes it "
        f"on, and `evalgate rollout rollback {name}` ends it"
    )


def _step_of_stable(request: Request, prompt: Prompt) -> Step:
    if not request.is_full:
        raise UsageError(
            f"version: {request.version} is the stable version of `{prompt.name}`, and gets what "
            "the canary does not: promote the canary, or write 100 to end it"
        )
    return Step.NOTHING if prompt.canary is None else Step.BACK


def _moved(request: Request, prompt: Prompt) -> LivePointer:
    path = f"{prompt.folder}/{LIVE}"
    before = prompt.live or LivePointer(prompt=prompt.name, path=path, stable=None)
    if request.is_full:
        after = replace(before, stable=request.version, canary=None)
    else:
        salt = _salt(request, prompt)
        canary = Canary(version=request.version, percent=request.percent, salt=salt)
        after = replace(before, canary=canary)
    milestone = ending(before, after)
    if after.stable == before.stable and milestone is None:
        return after
    move = Move(
        stable=after.stable or "",
        at=request.at,
        by=request.by,
        why=request.reason,
        verdict=request.verdict,
        rollout=milestone,
    )
    return replace(after, history=grown(before, move))


def _salt(request: Request, prompt: Prompt) -> str:
    """Return the salt of the split: while a canary grows, whoever meets it goes on meeting it."""
    if prompt.canary is not None and prompt.canary.version == request.version:
        return prompt.canary.salt
    seed = f"{prompt.name}\0{request.version}\0{prompt.identity(request.version)}"
    return sha256(seed.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def sources_of(version: str, prompt: Prompt) -> tuple[str, ...]:
    """Return the paths of the files that a version is made of, from the repository's root."""
    shared = prompt.folder.rpartition("/")[0]
    names = prompt.dependencies(version)
    return (prompt.path(version), *(f"{shared}/{SHARED}/{name}" for name in names))
