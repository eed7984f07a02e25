"""Reads the live pointer of a prompt: which version is stable, and which is the canary."""

import re

from evalgate.model.document import Document
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.model.reading import Section, describe
from evalgate.prompts.version import is_version

_HASH = re.compile(r"[0-9a-f]{64}")


def read_live(prompt: str, document: Document) -> LivePointer:
    """Read `live.yaml`, or raise ConfigurationError with every problem found in it."""
    section = Section(document)
    section.allow("schema", "stable", "canary", "switch", "history")
    pointer = LivePointer(
        prompt=prompt,
        path=document.path,
        stable=_version(section, "stable"),
        canary=_canary(section),
        switch=_switch(section),
        history=tuple(_move(move) for move in section.sections("history")),
    )
    section.finish()
    return pointer


def _version(section: Section, key: str) -> str | None:
    name = section.optional_text(key)
    if name is not None and not is_version(name):
        section.note(key, f"expected a version such as `v3`, got `{name}`")
    return name


def _named_version(section: Section) -> str:
    version = _version(section, "version")
    if version is None:
        section.note(None, "the key `version` is missing")
    return version or ""


def _canary(section: Section) -> Canary | None:
    if section.data.get("canary") is None:
        return None
    canary = section.section("canary")
    canary.allow("version", "percent", "salt")
    return Canary(
        version=_named_version(canary),
        percent=canary.number("percent", 0.0, least=0.0, most=100.0),
        salt=canary.text("salt"),
    )


def _switch(section: Section) -> Switch:
    switch = section.section("switch")
    switch.allow("disabled", "model")
    return Switch(
        disabled=switch.flag("disabled", default=False), model=switch.optional_text("model")
    )


def _move(section: Section) -> Move:
    section.allow("stable", "at", "by", "why", "verdict", "switch", "rollout")
    return Move(
        stable=_version(section, "stable") or "",
        at=section.text("at"),
        by=section.text("by"),
        why=section.text("why"),
        verdict=section.text("verdict"),
        switch=None if section.data.get("switch") is None else _switch(section),
        rollout=None if section.data.get("rollout") is None else _milestone(section),
    )


def _milestone(section: Section) -> Milestone:
    rollout = section.section("rollout")
    rollout.allow("version", "phase", "percent", "hash", "overridden")
    if rollout.data.get("phase") is None:
        rollout.note(None, "the key `phase` is missing")
    return Milestone(
        version=_named_version(rollout),
        phase=rollout.choice("phase", Phase.PREFLIGHT),
        hash=_hash(rollout),
        percent=rollout.number("percent", 0.0, least=0.0, most=100.0),
        overridden=rollout.flag("overridden", default=False),
    )


def _hash(rollout: Section) -> str:
    found = rollout.required_text("hash")
    if found and not _HASH.fullmatch(found):
        expected = "expected the identity of the version, 64 hex digits in lower case"
        rollout.note("hash", f"{expected}, got {describe(found)}")
    return found
