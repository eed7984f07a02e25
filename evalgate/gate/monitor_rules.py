"""Reads the policy's section `monitor`: what is scored in production, and what is an alarm."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import TypeVar

from evalgate.gate.points import read_points
from evalgate.model.alarm import Urgency
from evalgate.model.alert import SinkKind, SinkRules
from evalgate.model.document import Data
from evalgate.model.monitoring import (
    BUILT_IN,
    AlarmRules,
    Answering,
    Level,
    MonitorRules,
    Objective,
    ScoredBy,
    ScoringRules,
)
from evalgate.model.reading import Section, suggestion

Made = TypeVar("Made")

MOST_MINUTES = 525_600.0
"""A year."""

SLICES = ("version", "feature", "route")
"""What a page may be about beside a whole prompt."""

_REGIONS = ("us", "eu")
"""The service regions of PagerDuty."""

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_OPTIONS: Mapping[SinkKind, tuple[str, ...]] = {
    SinkKind.GITHUB: ("repository", "labels"),
    SinkKind.WEBHOOK: ("secret_variable",),
    SinkKind.SLACK: (),
    SinkKind.PAGERDUTY: ("service", "region"),
    SinkKind.APPRISE: (),
}
"""What a kind of sink takes besides; all are texts."""


def read_monitor(section: Section) -> MonitorRules:
    """Return the rules of the monitor; what is wrong is noted in the section."""
    section.allow(*(field.name for field in fields(MonitorRules)))
    return MonitorRules(
        scoring=_scoring(section.section("scoring")),
        alarms=_alarms(section.section("alarms")),
        objectives=tuple(_named(section, "objectives", _objective)),
        alerts=tuple(_named(section, "alerts", _sink)),
        incidents=_incidents(section.section("incidents")),
    )


def _scoring(section: Section) -> ScoringRules:
    section.allow(*(field.name for field in fields(ScoringRules)))
    default = ScoringRules()
    criteria = tuple(_named(section, "criteria", _criterion)) or default.criteria
    return ScoringRules(
        criteria=criteria,
        max_cost_usd_per_day=section.number(
            "max_cost_usd_per_day", default.max_cost_usd_per_day, least=0.0, most=1e6
        ),
        key_variable=_variable(section, "key_variable", default.key_variable),
        concurrency=section.integer("concurrency", default.concurrency, least=1, most=256),
        anchors=section.optional_text("anchors"),
    )


def _criterion(section: Section, name: str) -> ScoredBy:
    section.allow("graders", "prompts", "floor")
    graders = section.data.get("graders")
    if graders is not None and (not isinstance(graders, list) or not graders):
        section.note("graders", "expected a list of graders, as an eval set has it")
    told: tuple[Data, ...] = tuple(graders) if isinstance(graders, list) else ()
    if graders is None and name not in BUILT_IN:
        known = ", ".join(BUILT_IN)
        section.note("graders", f"is missing; only {known} have graders of their own")
    has_floor = section.data.get("floor") is not None
    return ScoredBy(
        name=name,
        graders=told,
        prompts=section.texts("prompts"),
        floor=section.number("floor", 0.0, least=0.0, most=1.0) if has_floor else None,
    )


def _alarms(section: Section) -> AlarmRules:
    section.allow(*(field.name for field in fields(AlarmRules)))
    default = AlarmRules()
    has_window = section.data.get("window") is not None
    return AlarmRules(
        max_drop=read_points(section, "max_drop", default.max_drop),
        false_alarms=section.number("false_alarms", default.false_alarms, least=1e-4, most=0.5),
        window=section.integer("window", 100, least=10, most=100_000) if has_window else None,
        fewest=section.integer("fewest", default.fewest, least=1, most=100_000),
        slices=_slices(section, default.slices),
        cooldown_minutes=section.number(
            "cooldown_minutes", default.cooldown_minutes, least=0.0, most=MOST_MINUTES
        ),
    )


def _slices(section: Section, default: tuple[str, ...]) -> tuple[str, ...]:
    if section.data.get("slices") is None:
        return default
    told = section.texts("slices")
    for name in told:
        if name not in SLICES:
            section.note("slices", f"`{name}` is no slice{suggestion(name, SLICES)}")
    return told


def _objective(section: Section, name: str) -> Objective:
    section.allow(*(field.name for field in fields(Objective) if field.name != "name"))
    level = section.choice("level", Level.AVAILABILITY)
    if section.data.get("level") is None:
        section.note("level", f"is missing: one of {', '.join(Level)}")
    target = section.number("target", 0.99, least=0.5, most=0.99999)
    if section.data.get("target") is None:
        section.note("target", "is missing: the share that is good, such as 0.999")
    return Objective(
        name=name,
        level=level,
        target=target,
        threshold=_threshold(section, level),
        prompt=section.text("prompt"),
        feature=section.text("feature"),
        criterion=section.text("criterion"),
    )


def _threshold(section: Section, level: Level) -> float:
    most = {Level.LATENCY: 3_600_000.0, Level.QUALITY: 1.0}.get(level)
    if most is None:
        if section.data.get("threshold") is not None:
            section.note("threshold", f"says nothing about {level}: remove it")
        return 0.0
    if section.data.get("threshold") is None:
        what = "the milliseconds that" if level is Level.LATENCY else "the score that"
        section.note("threshold", f"is missing: {what} a good answer keeps to")
    return section.number("threshold", most, least=0.0, most=most)


def _sink(section: Section, name: str) -> SinkRules:
    kind = section.choice("kind", SinkKind.WEBHOOK)
    if section.data.get("kind") is None:
        section.note("kind", f"is missing: one of {', '.join(SinkKind)}")
    options = _OPTIONS[kind]
    section.allow("kind", "variable", "urgencies", "timeout", *options)
    if section.data.get("variable") is None:
        section.note("variable", "is missing: the environment variable with the secret")
    section.word("region", _REGIONS)
    return SinkRules(
        name=name,
        kind=kind,
        variable=_variable(section, "variable", ""),
        urgencies=_urgencies(section),
        timeout=section.number("timeout", 10.0, least=0.1, most=60.0),
        options={key: section.text(key) for key in options if section.text(key)},
    )


def _urgencies(section: Section) -> tuple[Urgency, ...]:
    told = section.texts("urgencies")
    known = tuple(Urgency)
    for each in told:
        if each not in known:
            section.note("urgencies", f"`{each}` is none{suggestion(each, known)}")
    return tuple(each for each in known if not told or each in told)


def _incidents(section: Section) -> Answering:
    section.allow(*(field.name for field in fields(Answering)))
    updates = section.section("updates")
    default = Answering()
    told = {name: updates.number(name, 60.0, least=1.0, most=MOST_MINUTES) for name in updates.data}
    return Answering(
        owner=section.text("owner"),
        vendor=section.text("vendor"),
        updates={**default.updates, **told},
    )


def _variable(section: Section, key: str, default: str) -> str:
    told = section.text(key, default)
    if told and not _VARIABLE.fullmatch(told):
        # What stands here may be the secret itself, so it is not repeated.
        message = "expected the name of an environment variable, such as EVALGATE_JUDGE_KEY"
        section.note(key, message)
        return default
    return told


def _named(section: Section, key: str, read: Callable[[Section, str], Made]) -> Iterator[Made]:
    """Read each entry of a mapping from names."""
    names = section.section(key)
    for name in names.data:
        if not _NAME.fullmatch(name):
            names.note(name, "expected a name of lower-case letters, digits, - and _")
        yield read(names.section(name), name)
