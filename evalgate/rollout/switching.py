"""Decides what a switch by hand makes of a live pointer, or why it may not be; pure.

A switch moves the stable version at once, turns the prompt off and on, and names the model that
answers. All of the traffic goes to the version that is switched to, so that it ends any canary.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from shlex import quote

from evalgate.errors import UsageError
from evalgate.model.prompt import LivePointer, Switch
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import UNGATED
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
class Switching:
    """What is asked for; None leaves a thing as it is.

    `model` is empty for each version's own. `ungated` takes a version that was never stable.
    """

    version: str | None = None
    disabled: bool | None = None
    model: str | None = None
    ungated: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is asked for."""
        return self.version is None and self.disabled is None and self.model is None


def switched(prompt: Prompt, asked: Switching, signature: Signature) -> HandMove:
    """Return the move that is asked for.

    Args:
        prompt: with its live pointer and the files of its versions.
        asked: what is to be switched.
        signature: who asks, when and why.

    Raises:
        UsageError: when nothing is asked for, there is no such version, or it was never stable.
    """
    before = pointer_of(prompt)
    _check_asked(before, asked)
    is_new = asked.version is not None and check_good(prompt, asked, signature)
    after = replace(before, switch=_switch(before.switch, asked))
    if asked.version is not None:
        after = replace(after, stable=asked.version, canary=None)
    reason = because(canary_ended(before), signature.why) if _ends(before, after) else signature.why
    signature = replace(signature, why=f"{UNGATED}{reason}" if is_new else reason)
    return HandMove(
        before=before,
        pointer=moved(before, after, signature),
        said=tuple(_said(before, after, asked)),
        subject=f"Switch {prompt.name}: {'; '.join(_words(asked))}",
        remarks=tuple(_remarks(after, asked, is_new=is_new)),
    )


def check_good(prompt: Prompt, asked: Switching, signature: Signature) -> bool:
    """Return whether a version gets the traffic that was never stable, which was asked for.

    Raises:
        UsageError: when there is no such version, or it was not asked for in so many words.
    """
    version = asked.version or ""
    check_version(prompt, version)
    if version == prompt.stable or prompt.was_stable(version):
        return False
    name = quote(prompt.name)
    if not asked.ungated:
        raise UsageError(
            f"version: {version} of `{prompt.name}` was never stable, so that nothing is known of "
            f"it: let the gate judge it with `evalgate promote {name} {version} --percent 5`; "
            f"where that cannot be waited for, `evalgate switch {name} {version} --ungated "
            "--reason '…' --by '…'`"
        )
    if not signature.is_answered:
        raise UsageError(
            "ungated: say who answers for a version that was never stable, and why: --by and "
            "--reason"
        )
    return True


def _check_asked(before: LivePointer, asked: Switching) -> None:
    if asked.is_nothing:
        raise UsageError("expected a version, --disable, --enable or --model: say what to switch")
    if before.stable is None and asked.version is None:
        raise UsageError(
            f"{before.path} names no stable version, so that nothing is served: name a version"
        )


def _switch(before: Switch, asked: Switching) -> Switch:
    return Switch(
        disabled=before.disabled if asked.disabled is None else asked.disabled,
        model=before.model if asked.model is None else asked.model or None,
    )


def _ends(before: LivePointer, after: LivePointer) -> bool:
    return before.canary is not None and after.canary is None


def _said(before: LivePointer, after: LivePointer, asked: Switching) -> Iterator[str]:
    name = before.prompt
    if asked.version is not None:
        instead = (
            f" in place of {before.stable}" if before.stable not in (None, after.stable) else ""
        )
        ended = ", and the canary is ended" if _ends(before, after) else ""
        yield f"{after.stable} of {name} gets all of the traffic{instead}{ended}"
    if asked.disabled is not None:
        state = "off: no version of it is served" if asked.disabled else "on"
        yield f"{name} is switched {state}"
    if asked.model is not None:
        yield f"{name} is answered by {asked.model or 'the own model of each version'}"


def _words(asked: Switching) -> Iterator[str]:
    if asked.version is not None:
        yield f"{asked.version}"
    if asked.disabled is not None:
        yield "off" if asked.disabled else "on"
    if asked.model is not None:
        yield f"model {asked.model or 'of each version'}"


def _remarks(after: LivePointer, asked: Switching, *, is_new: bool) -> Iterator[str]:
    if is_new:
        yield (
            f"{after.stable} has not passed the gate: it will be judged when live.yaml is "
            "committed in a pull request."
        )
    if not asked.disabled:
        yield from switch_remarks(after.prompt, after.switch)
