"""Says in words what a change does to the policy: each key with its old and its new value."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum

from evalgate.model.calibration import print_of
from evalgate.model.policy import (
    BaselineSettings,
    GateRules,
    JudgeSettings,
    Paths,
    Policy,
    PromotionRules,
    RolloutRules,
    RunSettings,
    Stage,
)

_SECTIONS = ("paths", "judge", "gate", "run", "baseline", "promotion", "rollout")
_IN_POINTS = ("gate.max_drop", "rollout.max_drop", "rollout.max_rise")

_Rules = (
    Paths
    | JudgeSettings
    | GateRules
    | RunSettings
    | BaselineSettings
    | PromotionRules
    | RolloutRules
    | None
)


def policy_notes(old: Policy, new: Policy) -> Iterator[str]:
    """Yield a sentence for each key that differs, and one about what that means for the judge."""
    for section in _SECTIONS:
        yield from _section_notes(section, getattr(old, section), getattr(new, section))
    for word, waivers in (("adds", new.waivers), ("drops", old.waivers)):
        known = old.waivers if word == "adds" else new.waivers
        for waiver in waivers:
            if waiver not in known:
                case = f"case {waiver.case} of {waiver.evalset}"
                yield f"It {word} a waiver for {case}: {waiver.owner}, until {waiver.expires}."
    if print_of(old.judge) != print_of(new.judge) or old.judge.route != new.judge.route:
        yield "The new judge grades both arms from then on: older verdicts do not carry over."


def _section_notes(section: str, before: _Rules, after: _Rules) -> Iterator[str]:
    if before is None or after is None:
        if before is not after:
            yield f"It {'adds' if before is None else 'drops'} the section `{section}`."
        return
    for field in fields(before):
        was, becomes = getattr(before, field.name), getattr(after, field.name)
        if was != becomes:
            key = f"{section}.{field.name}"
            yield f"`{key}` changes from {_said(key, was)} to {_said(key, becomes)}."


def _said(key: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_said(key, each) for each in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(key, each)}" for name, each in value.items())
    if isinstance(value, float):
        return f"{value * 100 if key in _IN_POINTS else value:g}"
    if isinstance(value, Stage):
        demands = f"{value.units} units, {value.bake_minutes:g} minutes, proof {value.proof:g}"
        return f"{value.percent:g} ({demands})"
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return "null" if value is None else str(value)
