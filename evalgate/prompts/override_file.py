"""Reads the override file of a host: what it does otherwise than the deployed files, until when."""

import re
from calendar import monthrange, timegm
from collections.abc import Callable, Iterator
from typing import TypeVar

from evalgate.model.document import Document
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.model.reading import Section, describe
from evalgate.prompts.version import is_version

SCHEMA = "override/1"

_UTC = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-]00:00)"
)
_Entry = TypeVar("_Entry")


def read_override(document: Document) -> Override:
    """Read an override file, or raise ConfigurationError with every problem found in it.

    What lacks `until` is a problem: an override that never ends would outlive its emergency.
    Entries that have expired are read like others.
    """
    section = Section(document)
    section.allow("schema", "prompts", "routes")
    section.word("schema", (SCHEMA,))
    override = Override(
        path=document.path,
        prompts=dict(_entries(section, "prompts", _prompt)),
        routes=dict(_entries(section, "routes", _route)),
    )
    section.finish()
    return override


def utc_seconds(text: str) -> float | None:
    """Return an RFC 3339 time in UTC as seconds since 1970; None where it is no such time."""
    found = _UTC.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    is_date = year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    if not is_date or hour > 23 or minute > 59 or second > 59:
        return None
    return timegm((year, month, day, hour, minute, second)) + float(found[7] or 0)


def _entries(
    section: Section, key: str, read: Callable[[Section], _Entry]
) -> Iterator[tuple[str, _Entry]]:
    entries = section.section(key)
    for name, value in entries.data.items():
        if value is None:
            entries.note(name, "expected a mapping with the key `until`, got nothing")
        else:
            yield name, read(entries.section(name))


def _prompt(section: Section) -> PromptOverride:
    section.allow("until", "version", "switch", "by", "why")
    version, written = section.optional_text("version"), section.data.get("version")
    if isinstance(written, str) and not is_version(written):
        section.note("version", f"expected a version such as `v3`, got {describe(written)}")
    override = PromptOverride(
        until=_until(section),
        version=version,
        switch=_switch(section.section("switch")),
        by=section.text("by"),
        why=section.text("why"),
    )
    if section.data.get("version") is None and section.data.get("switch") is None:
        section.note(None, "it changes nothing: expected the key `version` or `switch`")
    return override


def _switch(section: Section) -> Switch:
    section.allow("disabled", "model")
    return Switch(
        disabled=section.flag("disabled", default=False), model=section.optional_text("model")
    )


def _route(section: Section) -> RouteOverride:
    section.allow("until", "state", "by", "why")
    state = section.word("state", tuple(Forced))
    if section.data.get("state") is None:
        section.note(None, "the key `state` is missing: expected open or closed")
    return RouteOverride(
        until=_until(section),
        state=Forced(state) if state in tuple(Forced) else Forced.OPEN,
        by=section.text("by"),
        why=section.text("why"),
    )


def _until(section: Section) -> float:
    value = section.data.get("until")
    if value is None:
        section.note(None, "the key `until` is missing: an override must say when it ends")
        return 0.0
    seconds = utc_seconds(value) if isinstance(value, str) else None
    if seconds is None:
        expected = "expected a time in UTC such as 2026-11-22T10:00:00Z"
        section.note("until", f"{expected}, got {describe(value)}")
    return seconds or 0.0
