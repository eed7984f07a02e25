"""What the base's record says of the cases of a matchup, and which looks at them it allows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from evalgate.deciding.accounts import outcome_of
from evalgate.deciding.claim import needed_units
from evalgate.deciding.looks import FEWEST_UNITS, Look, planned_looks
from evalgate.gate.looks import BEGINNING, FEWEST_RECORDED, History, planned_at
from evalgate.gate.matching import Matchup
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.runner import places
from evalgate.model.comparison import PlannedCase
from evalgate.model.evalset import Case
from evalgate.model.policy import Estimand, Policy
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.render import render
from evalgate.running.keys import answer_key, asked_key, grading_key

_COVERED = 0.9
"""The share of the cases that must be on record before trials depend on it."""

_FEWEST_PROBES, _PROBED = 10, 0.05
"""How many cases are asked anew to see whether the record still holds, and which share of them."""


def with_histories(plan: Plan, outside: Outside) -> Plan:
    """Return the plan with what the base's records say of each matchup, where they say something.

    A matchup that decides nothing by comparison has no use for one.
    """
    if plan.records is None:
        return plan
    read = _Reader(plan, outside)
    return replace(plan, matchups=tuple(read.with_history(each) for each in plan.matchups))


class _Reader:
    """Finds the trials of a plan's baselines in its records."""

    def __init__(self, plan: Plan, outside: Outside) -> None:
        policy = plan.sources.policy
        where = places(policy, outside)
        self._plan, self._policy, self._run = plan, policy, policy.run
        self._origin = where.origin(policy.run.route)
        self._judge, self._judge_origin = policy.judge, where.origin(policy.judge.route)

    def with_history(self, matchup: Matchup) -> Matchup:
        baseline = matchup.candidate.baseline
        if baseline is None or matchup.checks:
            return matchup
        cases = {case.id: case for case in matchup.evalset.cases}
        outcomes = {
            case.case: tuple(self._outcomes(baseline, cases[case.case]))
            for case in matchup.planned
            if case.baseline
        }
        if not any(outcomes.values()):
            return matchup
        history = history_of(
            matchup.planned,
            outcomes,
            policy=replace(self._policy, gate=matchup.rules(self._policy.gate)),
            seed=matchup.candidate.version.hash,
            may_grow=self._plan.sources.question.looks,
        )
        return replace(matchup, history=history, planned=planned_at(history, BEGINNING))

    def _outcomes(self, version: PromptVersion, case: Case) -> Iterator[float]:
        """Yield the outcomes of a case from its first trial on, as far as all are on record."""
        graded_by = grading_key(
            case, judge=self._judge, origin=self._judge_origin, code=self._plan.code_hash
        )
        rendered = render(version, case, route=self._run.route)
        for index in range(self._run.record_trials):
            key = answer_key(replace(rendered, sample=index), origin=self._origin)
            asked = asked_key(key, case.tool_results)
            past = self._plan.records.find(asked) if self._plan.records else None
            outcome = None if past is None or past.grading != graded_by else outcome_of(past)
            if outcome is None:
                return
            yield outcome


def history_of(
    usual: Sequence[PlannedCase],
    outcomes: Mapping[str, tuple[float, ...]],
    *,
    policy: Policy,
    seed: str,
    may_grow: bool = True,
) -> History:
    """Return what a record says, the looks that it allows, and which cases are probed.

    Args:
        usual: the cases as they run without a record.
        outcomes: those on record, by case.
        policy: the numbers of trials, and the rules.
        seed: tells which cases are probed; another candidate probes others.
        may_grow: whether trials may follow on others.
    """
    compared = [case for case in usual if case.baseline and not case.waived]
    looks = _looks(compared, outcomes, policy) if may_grow else ()
    half = _half(compared) if looks and looks[0].is_partial else frozenset()
    known = {case.case: outcomes.get(case.case, ()) for case in compared}
    return History(
        usual=tuple(usual),
        outcomes=outcomes,
        looks=looks or (_only_look(policy),),
        may_grow=may_grow,
        is_adaptive=bool(looks),
        half=half,
        probed=_probed(known, half, seed=seed),
    )


def _looks(
    compared: Sequence[PlannedCase], outcomes: Mapping[str, Sequence[float]], policy: Policy
) -> tuple[Look, ...]:
    """Return the looks that a record allows; none where it is too thin."""
    rules = policy.gate
    units = len({case.unit for case in compared})
    needed = needed_units(rules, clustered=any(case.cluster for case in compared))
    recorded = sum(len(outcomes.get(case.case, ())) >= FEWEST_RECORDED for case in compared)
    if (
        rules.estimand is not Estimand.SUITE
        and needed is not None
        and units >= max(FEWEST_UNITS, needed)
        and recorded >= _COVERED * len(compared)
    ):
        return planned_looks(units, rounds=policy.run.most_trials, alpha=rules.alpha)
    return ()


def _only_look(policy: Policy) -> Look:
    return Look(share=1.0, rounds=policy.run.trials, level=policy.gate.alpha)


def _half(compared: Sequence[PlannedCase]) -> frozenset[str]:
    """Return about half of the cases that are compared, whole clusters, as hashes fall."""
    units = sorted({case.unit for case in compared}, key=_shuffled)
    first = set(units[: math.ceil(len(units) / 2)])
    return frozenset(case.case for case in compared if case.unit in first)


def _probed(
    outcomes: Mapping[str, Sequence[float]], half: frozenset[str], *, seed: str
) -> frozenset[str]:
    """Return the cases whose baseline is asked anew: others for each candidate, early ones."""
    known = [case for case, found in outcomes.items() if len(found) >= FEWEST_RECORDED]
    early = [case for case in known if case in half] or known
    number = max(_FEWEST_PROBES, math.ceil(_PROBED * len(known)))
    return frozenset(sorted(early, key=lambda case: _shuffled((seed, case)))[:number])


def _shuffled(name: tuple[str, str]) -> bytes:
    return sha256("\0".join(name).encode("utf-8", "surrogateescape")).digest()
