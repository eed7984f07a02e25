"""What is live of a prompt: its versions, ready to be filled, with the switch and the override."""

from dataclasses import dataclass, field, replace

from evalgate.model.override import PromptOverride
from evalgate.model.prompt import Canary, PromptVersion, Switch
from evalgate.prompts.pointer_mark import pointer_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """What the live pointer of a prompt says, with the versions that it names.

    There is a `split` where there is a `canary`; its salt is never empty.
    """

    prompt: str
    stable: PromptVersion
    canary: PromptVersion | None = None
    split: Canary | None = None
    switch: Switch = field(default_factory=Switch)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePrompt:
    """What a prompt is served by, the override of this host applied.

    `pointer` is the same on every host that serves the prompt in the same way. `override` is the
    one in force.
    """

    prompt: str
    pointer: str
    stable: PromptVersion
    canary: PromptVersion | None = None
    split: Canary | None = None
    switch: Switch = field(default_factory=Switch)
    override: PromptOverride | None = None


def outranked(
    pointed: Pointed, override: PromptOverride | None, version: PromptVersion | None
) -> LivePrompt:
    """Return what is live once an override has its way.

    Args:
        pointed: what the live pointer says.
        override: the one in force, if any.
        version: the one that it names; None where it names none, or one that cannot be read.
    """
    if override is not None and version is not None:
        pointed = replace(pointed, stable=version, canary=None, split=None)
    if override is not None:
        pointed = replace(pointed, switch=_over(pointed.switch, override.switch))
    return LivePrompt(
        prompt=pointed.prompt,
        pointer=_pointer(pointed, override),
        stable=pointed.stable,
        canary=pointed.canary,
        split=pointed.split,
        switch=pointed.switch,
        override=override,
    )


def words(pointed: Pointed) -> str:
    """Say in short what a pointer serves: `v2+v3@5%`, and what its switch says."""
    text = pointed.stable.version
    if pointed.split is not None:
        text += f"+{pointed.split.version}@{pointed.split.percent:g}%"
    return text + switch_words(pointed.switch)


def switch_words(switch: Switch) -> str:
    """Say in short what a switch says; nothing where it says nothing."""
    model = "" if switch.model is None else f" on {switch.model}"
    return f"{model}{' disabled' if switch.disabled else ''}"


def _over(switch: Switch, override: Switch) -> Switch:
    return Switch(
        disabled=override.disabled or switch.disabled,
        model=switch.model if override.model is None else override.model,
    )


def _pointer(pointed: Pointed, override: PromptOverride | None) -> str:
    stable, canary = pointed.stable, pointed.canary
    return pointer_mark(
        pointed.prompt,
        (stable.version, stable.hash),
        canary=None if canary is None else (canary.version, canary.hash),
        split=pointed.split,
        switch=pointed.switch,
        override=override,
    )
