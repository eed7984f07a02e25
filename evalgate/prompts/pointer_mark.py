"""The mark of one state of a prompt's files: what the column `pointer` of the call log says."""

import json
from hashlib import sha256

from evalgate.model.override import PromptOverride
from evalgate.model.prompt import Canary, Switch

MARK_LENGTH = 12


def pointer_mark(  # noqa: PLR0913 - each is a part of the state
    prompt: str,
    stable: tuple[str, str],
    *,
    canary: tuple[str, str] | None = None,
    split: Canary | None = None,
    switch: Switch,
    override: PromptOverride | None = None,
) -> str:
    """Return the mark of a state: the same on every host that serves the prompt in the same way.

    Args:
        prompt: its name.
        stable: the name and the identity of the stable version.
        canary: those of the canary.
        split: how the canary shares the traffic, with the salt that is in force.
        switch: that is in force.
        override: that of a host, if it has one.
    """
    said = (
        (prompt, *stable),
        canary and split and (*canary, split.percent, split.salt),
        (switch.disabled, switch.model),
        override and (override.until, override.version),
    )
    return sha256(json.dumps(said).encode()).hexdigest()[:MARK_LENGTH]


def salt_in_force(prompt: str, canary: Canary) -> str:
    """Return the salt of a split: one that no other prompt and version has, unless one is given."""
    return canary.salt or f"{prompt}/{canary.version}"
