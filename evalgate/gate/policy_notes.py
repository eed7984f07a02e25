"""Says in words what a change does to the policy: each key with its old and its new value."""

from collections.abc import Iterator
from dataclasses import fields
from enum import Enum

from evalgate.model.calibration import print_of
from evalgate.model.policy import Policy

_SECTIONS = ("paths", "judge", "gate", "run", "baseline", "promotion")


def policy_notes(old: Policy, new: Policy) -> Iterator[str]:
    """Yield a sentence for each key that differs, and one about what that means for the judge."""
    for section in _SECTIONS:
        before, after = getattr(old, section), getattr(new, section)
        for field in fields(before):
            was, becomes = getattr(before, field.name), getattr(after, field.name)
            if was != becomes:
                key = f"{section}.{field.name}"
                yield f"`{key}` changes from {_said(key, was)} to {_said(key, becomes)}."
    for word, waivers in (("adds", new.waivers), ("drops", old.waivers)):
        known = old.waivers if word == "adds" else new.waivers
        for waiver in waivers:
            if waiver not in known:
                case = f"case {waiver.case} of {waiver.evalset}"
                yield f"It {word} a waiver for {case}: {waiver.owner}, until {waiver.expires}."
    if print_of(old.judge) != print_of(new.judge) or old.judge.route != new.judge.route:
        yield "The new judge grades both arms from then on: older verdicts do not carry over."


def _said(key: str, value: object) -> str:
    if key == "gate.max_drop" and isinstance(value, float):
        return f"{value * 100:g}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
