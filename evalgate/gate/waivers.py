"""Reads the waivers of a policy, all of whose keys must be there: nobody waives by accident."""

import re
from collections.abc import Iterator
from datetime import date

from evalgate.model.reading import Section
from evalgate.model.waiver import Waiver

KEYS = ("case", "evalset", "owner", "reason", "expires", "candidate")

_HASH = re.compile(r"[0-9a-f]{12,64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_waivers(section: Section) -> tuple[Waiver, ...]:
    """Return the waivers of a policy; what is wrong is noted in the section."""
    return tuple(_waivers(section))


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, written `YYYY-MM-DD`."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _waivers(section: Section) -> Iterator[Waiver]:
    seen: set[tuple[str, ...]] = set()
    for each in section.sections("waivers"):
        waiver = _waiver(each)
        key = (waiver.case, waiver.evalset, waiver.candidate)
        if key in seen:
            each.note(None, "waives the same case for the same candidate a second time: remove one")
        seen.add(key)
        yield waiver


def _waiver(section: Section) -> Waiver:
    section.allow(*KEYS)
    return Waiver(
        case=section.required_text("case"),
        evalset=section.required_text("evalset"),
        owner=section.required_text("owner"),
        reason=section.required_text("reason"),
        expires=_expires(section),
        candidate=_candidate(section),
    )


def _expires(section: Section) -> str:
    written = section.required_text("expires")
    if written.strip() and not is_day(written):
        section.note("expires", "expected a day such as `2027-01-31`")
    return written


def _candidate(section: Section) -> str:
    written = section.required_text("candidate").lower()
    if written.strip() and _HASH.fullmatch(written) is None:
        section.note(
            "candidate",
            "expected 12 to 64 hex digits, the first ones of the version's hash, which verdict.json"
            " has; in quotes when all of them are decimal",
        )
    return written
