"""Reads the policy's section `rollout`: how a version gets the traffic in stages, by evidence."""

from dataclasses import fields

from evalgate.gate.points import read_points
from evalgate.gate.rollout_stages import read_stages
from evalgate.model.policy import RolloutRules
from evalgate.model.reading import Section
from evalgate.model.rollout import Criterion

MOST_HOURS = 8_760.0
SHORTEST_DEADLINE = 0.01
"""In hours."""

USUAL_RISE = 0.05
GUARDRAILS = tuple(each.value for each in Criterion if each is not Criterion.QUALITY)


def read_rollout(policy: Section, *, max_drop: float) -> RolloutRules | None:
    """Return how versions are rolled out, or None where the policy says nothing of it.

    Args:
        policy: the whole policy; what is wrong is noted there.
        max_drop: that of the gate as a fraction, which holds where the section names none.
    """
    if policy.data.get("rollout") is None:
        return None
    section = policy.section("rollout")
    section.allow("units", "bake_minutes", *(field.name for field in fields(RolloutRules)))
    default = RolloutRules()
    rules = RolloutRules(
        stages=read_stages(section),
        alpha=section.number("alpha", default.alpha, least=0.001, most=0.2),
        max_drop=read_points(section, "max_drop", max_drop),
        max_rise=_max_rise(section.section("max_rise")),
        latency_ms=_latency_ms(section),
        cost_usd=_cost_usd(section),
        full_after_hours=section.number(
            "full_after_hours", default.full_after_hours, least=0.0, most=MOST_HOURS
        ),
        deadline_hours=section.number(
            "deadline_hours", default.deadline_hours, least=SHORTEST_DEADLINE, most=MOST_HOURS
        ),
        on_deadline=section.choice("on_deadline", default.on_deadline),
        automatic=section.flag("automatic", default=default.automatic),
    )
    _check_times(section, rules)
    return rules


def _max_rise(section: Section) -> dict[str, float]:
    section.allow(*GUARDRAILS)
    return {name: read_points(section, name, USUAL_RISE) for name in GUARDRAILS}


def _latency_ms(section: Section) -> int | None:
    if section.data.get("latency_ms") is None:
        return None
    return section.integer("latency_ms", 1, least=1, most=3_600_000)


def _cost_usd(section: Section) -> float | None:
    if section.data.get("cost_usd") is None:
        return None
    return section.number("cost_usd", 1.0, least=1e-6, most=1e6)


def _check_times(section: Section, rules: RolloutRules) -> None:
    """Note what would let no rollout come to its end by itself, however good the version is."""
    minutes = rules.deadline_hours * 60
    told = [stage for stage in rules.stages if stage.percent and stage.bake_minutes > minutes]
    for stage in told[:1]:
        section.note(
            "deadline_hours",
            f"ends a step after {minutes:g} minutes, before the {stage.bake_minutes:g}"
            f" bake_minutes at {stage.percent:g} % are over: no rollout could go on by itself",
        )
    most = len(rules.stages[:-1]) * rules.deadline_hours
    if rules.full_after_hours > most:
        section.note(
            "full_after_hours",
            f"{rules.full_after_hours:g} hours are more than deadline_hours lets the steps below"
            f" 100 % last together ({most:g}): no rollout could come to 100 % by itself",
        )
