"""Says of each matchup what it can decide, and refuses the question that nothing could answer."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.claim import needed_units
from evalgate.deciding.preflight import (
    Planned,
    preflight,
    provable_limit,
    suite_units,
    unit_sizes,
)
from evalgate.deciding.wording import counted, points
from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.looks import most_planned, planned_in_full
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.policy import Estimand, GateRules, OnInconclusive
from evalgate.model.preflight import Preflight

_MOST_TRIALS = 100
"""As many trials per case as a policy may ask for."""

_WIDEST = 0.5
"""Nobody wants to be told of a wider limit."""


def with_preflights(plan: Plan) -> Plan:
    """Return the plan with what each matchup can decide.

    A question that no result could answer is a note where an undecided run goes through anyway, or
    only advises.

    Raises:
        ConfigurationError: when no result could let a change pass, and an undecided one is blocked.
    """
    rules = plan.sources.policy.gate
    problems = [problem for matchup in plan.matchups for problem in _unanswerable(matchup, rules)]
    is_lax = plan.sources.bootstrap or rules.on_inconclusive is OnInconclusive.WARN
    if problems and not is_lax:
        raise ConfigurationError(problems)
    return replace(
        plan,
        matchups=tuple(
            replace(each, preflight=_preflight(each, each.rules(rules))) for each in plan.matchups
        ),
        notes=(*plan.notes, *(f"{each.path}: {each.message}." for each in problems)),
    )


def _preflight(matchup: Matchup, rules: GateRules) -> Preflight | None:
    if not _compares(matchup):
        return None
    history = matchup.history
    cases = planned_in_full(history) if history else matchup.planned
    is_adaptive = history is not None and history.is_adaptive
    kept = [each for each in _usual(matchup) if not each.waived]
    return preflight(
        Planned(
            cases=cases,
            most=most_planned(history) if history and history.may_grow else cases,
            at_base=_units(kept) + len(matchup.deleted),
            record=history.outcomes if history else {},
            looks=[look for look in history.looks if not look.is_partial]
            if history and is_adaptive
            else (),
            varying=sum(history.varies(each.case) for each in cases if each.baseline)
            if history
            else 0,
        ),
        rules,
    )


def _compares(matchup: Matchup) -> bool:
    # Anchors are no golden set: what a judge's own check can show is another question.
    is_of_prompts = matchup.candidate.baseline is not None and not matchup.checks
    return is_of_prompts and not matchup.candidate.unchanged


def _usual(matchup: Matchup) -> Sequence[PlannedCase]:
    return matchup.history.usual if matchup.history else matchup.planned


def _units(cases: Sequence[PlannedCase]) -> int:
    """Count the independent units that cases were at the base."""
    edited = sum(each.kind is CaseKind.EDITED for each in cases)
    return len(unit_sizes([each for each in cases if each.kind is CaseKind.SAME])) + edited


@dataclass(frozen=True, slots=True, kw_only=True)
class _BaseSet:
    """The set as the base has it, whatever the change makes of it, run as it is planned."""

    cases: int
    units: int
    trials: int
    clustered: bool

    @classmethod
    def of(cls, matchup: Matchup) -> "_BaseSet":
        usual = _usual(matchup)
        same = [each for each in usual if each.kind is CaseKind.SAME]
        gone = len(matchup.deleted) + len(matchup.missing)
        edited = sum(each.kind is CaseKind.EDITED for each in usual)
        number = max((len(each.candidate) for each in usual), default=0)
        return cls(
            cases=len(same) + edited + gone,
            units=_units(usual) + gone,
            trials=suite_units(same) + number * (edited + gone),
            clustered=any(each.cluster for each in same),
        )

    @property
    def per_case(self) -> int:
        """The trials of a case, rounded down."""
        return self.trials // self.cases


def _unanswerable(matchup: Matchup, rules: GateRules) -> Iterator[Problem]:
    """Yield what is wrong with a set that proves the limit neither way, whatever comes out."""
    if not _compares(matchup) or not any(each.baseline for each in _usual(matchup)):
        return
    base, policy = _BaseSet.of(matchup), rules
    rules = matchup.rules(policy)
    of_traffic = needed_units(rules, clustered=base.clustered)
    of_suite = needed_units(rules, clustered=False)
    speaks = rules.estimand is not Estimand.SUITE and _reaches(base.units, of_traffic)
    suffices = rules.estimand is not Estimand.POPULATION and _reaches(base.trials, of_suite)
    if speaks or suffices or of_traffic is None or of_suite is None:
        return
    yield Problem(
        path=matchup.evalset.path,
        key="cases",
        message=f"{_too_few(base, rules)}: {_ways(base, matchup, policy, of_traffic, of_suite)}",
    )


def _reaches(units: int, needed: int | None) -> bool:
    return needed is not None and units >= needed


def _too_few(base: _BaseSet, rules: GateRules) -> str:
    had = counted(base.cases, "case")
    if base.clustered and rules.estimand is Estimand.POPULATION:
        had = f"{had} in {counted(base.units, 'cluster')}"
    elif rules.estimand is not Estimand.POPULATION:
        had = f"{had} with {counted(base.per_case, 'trial')} each"
    return (
        f"{had} can never prove that a drop stays under {points(rules.max_drop)}, whatever "
        "comes out"
    )


def _ways(
    base: _BaseSet, matchup: Matchup, rules: GateRules, of_traffic: int, of_suite: int
) -> str:
    """Name what it takes: more cases, more trials of these, or a wider limit."""
    is_suite, is_traffic = (
        rules.estimand is each for each in (Estimand.SUITE, Estimand.POPULATION)
    )
    fewest = math.ceil(of_suite / max(1, base.per_case)) if is_suite else of_traffic
    unit = "cluster" if base.clustered and not is_suite else "case"
    ways = [f"at least {counted(fewest, unit)}"]
    trials = math.ceil(of_suite / base.cases)
    if is_traffic and trials <= base.per_case:
        ways.append("a claim about exactly these cases (`gate.estimand: suite`)")
    elif trials <= _MOST_TRIALS:
        key = "`trials` of this set" if matchup.evalset.trials else "`run.trials`"
        claim = " under `gate.estimand: suite`" if is_traffic else ""
        ways.append(f"{counted(trials, 'trial')} per case ({key}){claim}")
    units = base.units if is_traffic else max(base.units, base.trials)
    # The policy states the limit as people would judge it, not as a judge with errors does.
    scale = rules.max_drop / matchup.rules(rules).max_drop
    limit = (math.floor(provable_limit(units, rules.alpha) * scale * 100) + 1) / 100
    if limit <= _WIDEST:
        ways.append(f"a limit of {points(limit)} (`gate.max_drop`)")
    last = f" or {ways.pop()}" if len(ways) > 1 else ""
    return f"it takes {', '.join(ways)}{last}"
