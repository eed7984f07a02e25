"""Matches a candidate with an eval set: which cases can be compared, and which guard it no more.

What a change may not decide about itself comes from the past: a case that it did not edit keeps
the cluster, the tags and the criticality that it had, and the set its number of trials.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from evalgate.deciding.judge_scale import scaled
from evalgate.gate.evalsets import EvalSets, cases_for
from evalgate.gate.looks import History
from evalgate.model.calibration import AnchorCheck
from evalgate.model.change import Candidate
from evalgate.model.comparison import NONE, CaseKind, PlannedCase
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import GateRules, RunSettings
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm
from evalgate.model.verdict import JudgeScale
from evalgate.model.waiver import Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchup:
    """One candidate held against its baseline on one eval set.

    `planned` says how often each case runs in each arm. `deleted` are cases that the change takes
    away, `missing` those that the base gained since the fork, `weakened` the critical ones that
    the change deletes, edits or makes uncritical; `missing_critical` are critical and missing.
    `history` is what the base's record says of the cases, if it says anything.
    `waived` are the waivers in force, `preflight` what can be told before the first trial.
    `judge` says how far the judge of this set is to be trusted, where the base knows. `checks`
    makes it a matchup of judges: which answer a trial of an arm, a case and an index is about.
    `accepted` tells that the base accepts the set as the head has it.
    """

    candidate: Candidate
    evalset: EvalSet
    planned: tuple[PlannedCase, ...]
    deleted: tuple[str, ...]
    missing: tuple[str, ...]
    weakened: tuple[str, ...]
    missing_critical: tuple[str, ...]
    history: History | None = None
    waived: tuple[Waiver, ...] = ()
    preflight: Preflight | None = None
    judge: JudgeScale | None = None
    checks: Mapping[tuple[Arm, str, int], AnchorCheck] = field(default_factory=dict)
    accepted: bool = False

    def rules(self, policy: GateRules) -> GateRules:
        """Return the policy's rules as they hold here: with the limit on the judge's scale.

        Of a set that is accepted, any number of cases may have been edited or deleted. What is
        demanded of prompts, a least pass rate and protected slices, is not demanded of a judge.
        """
        if self.checks:
            return replace(policy, min_pass_rate=None, protected_slices=())
        if self.accepted:
            policy = replace(policy, edit_budget=1.0)
        return scaled(policy, self.judge)

    @property
    def trials(self) -> int:
        """The number of trials in both arms."""
        return sum(case.number(arm) for case in self.planned for arm in Arm)

    def ids(self, kind: CaseKind) -> tuple[str, ...]:
        """Return the ids of the planned cases of a kind."""
        return tuple(case.case for case in self.planned if case.kind is kind)


def match(
    candidate: Candidate, evalset: EvalSet, *, sets: EvalSets, settings: RunSettings
) -> Matchup:
    """Match a candidate with one eval set of the head.

    Args:
        candidate: the version under test.
        evalset: a set at the head that guards its prompt.
        sets: the sets at all three points.
        settings: the policy's numbers of trials.
    """
    prompt = candidate.version.prompt
    past_name = candidate.formerly or prompt
    base = cases_for(past_name, sets.base.get(evalset.name))
    fork = cases_for(past_name, sets.fork.get(evalset.name))
    head = {case.id: case for case in evalset.cases}
    past = fork | base
    kinds = {case.id: _kind(case, base.get(case.id), fork.get(case.id)) for case in evalset.cases}
    missing = tuple(name for name in base if name not in fork and name not in head)
    critical = [name for name, case in past.items() if case.critical]
    usual = _trials(past_name, evalset, sets) or settings.trials
    return Matchup(
        candidate=candidate,
        evalset=evalset,
        planned=tuple(
            _plan(
                case,
                past.get(case.id),
                kind=kinds[case.id],
                trials=(usual, max(usual, settings.critical_trials)),
                paired=candidate.baseline is not None,
            )
            for case in evalset.cases
        ),
        deleted=tuple(name for name in base if name in fork and name not in head),
        missing=missing,
        weakened=tuple(name for name in critical if _is_weakened(name, fork, head, kinds)),
        missing_critical=tuple(name for name in missing if past[name].critical),
    )


def _kind(case: Case, at_base: Case | None, at_fork: Case | None) -> CaseKind:
    past = [each.hash for each in (at_base, at_fork) if each is not None]
    if not past:
        return CaseKind.NEW
    # A case as it was at the fork is no edit of this change, whatever the base made of it since.
    return CaseKind.SAME if case.hash in past else CaseKind.EDITED


def _plan(
    case: Case, past: Case | None, *, kind: CaseKind, trials: tuple[int, int], paired: bool
) -> PlannedCase:
    trusted = past if past is not None and kind is CaseKind.SAME else case
    critical = case.critical or (past is not None and past.critical)
    number = trials[critical]
    return PlannedCase(
        case=case.id,
        kind=kind,
        baseline=range(number) if paired and kind is CaseKind.SAME else NONE,
        candidate=range(number),
        tags=trusted.tags,
        cluster=trusted.cluster,
        critical=critical,
    )


def _trials(prompt: str, evalset: EvalSet, sets: EvalSets) -> int | None:
    """Return the number of trials of the set as it was, or as it is when it is new."""
    past = sets.base.get(evalset.name) or sets.fork.get(evalset.name)
    return past.trials if past is not None and prompt in past.prompts else evalset.trials


def _is_weakened(
    name: str, fork: Mapping[str, Case], head: Mapping[str, Case], kinds: Mapping[str, CaseKind]
) -> bool:
    """Return whether the change takes a critical case away, edits it or makes it uncritical."""
    if name not in fork:
        return False
    case = head.get(name)
    return case is None or not case.critical or kinds[name] is CaseKind.EDITED
