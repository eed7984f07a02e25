"""Decides what must be run: which version, against which eval set, on which cases, how often."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.gathering import Sources
from evalgate.model.change import Candidate, Finding
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import RunSettings
from evalgate.model.ports import Parser
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion
from evalgate.model.verdict import Reason, Verdict
from evalgate.prompts.changes import find_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchup:
    """One candidate held against its baseline on one eval set.

    `planned` says how often each case runs in each arm; `deleted` are cases only the base has.
    """

    candidate: Candidate
    evalset: EvalSet
    planned: tuple[PlannedCase, ...]
    deleted: tuple[str, ...]

    @property
    def trials(self) -> int:
        """The number of trials in both arms."""
        return sum(case.baseline_trials + case.candidate_trials for case in self.planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All matchups of a question, and what was found without running anything."""

    sources: Sources
    matchups: tuple[Matchup, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def trials(self) -> int:
        """The number of trials of all matchups."""
        return sum(matchup.trials for matchup in self.matchups)


def make_plan(sources: Sources, parser: Parser) -> Plan:
    """Return what to run.

    Raises:
        ConfigurationError: when a version to run is wrong, has no eval set, or needs a variable
            that a case does not give.
    """
    changed_sets = _changed_sets(sources)
    change = find_changes(sources.prompts, parser, changed_sets=changed_sets)
    matchups = [
        _matchup(candidate, evalset, sources=sources)
        for candidate in change.candidates
        for evalset in _sets_of(candidate.version.prompt, sources.head_sets)
    ]
    problems = [*_without_set(change.candidates, sources), *_missing_variables(matchups)]
    if problems:
        raise ConfigurationError(problems)
    return Plan(
        sources=sources,
        matchups=tuple(matchups),
        findings=(
            *change.findings,
            *_removed_sets(sources),
            *_deleted_critical_cases(matchups, sources),
        ),
        notes=(*sources.notes, *change.notes),
    )


def plan_document(plan: Plan) -> dict[str, Data]:
    """Return the content of `plan.json`."""
    return {
        "schema": "plan/1",
        "run_id": plan.sources.question.run_id,
        "base": plan.sources.base,
        "head": plan.sources.head,
        "policy_hash": plan.sources.policy.hash,
        "trials": plan.trials,
        "prompts": [_matchup_document(matchup) for matchup in plan.matchups],
    }


def _matchup_document(matchup: Matchup) -> dict[str, Data]:
    baseline = matchup.candidate.baseline
    return {
        "name": matchup.candidate.version.prompt,
        "evalset": matchup.evalset.name,
        "candidate": _ref(matchup.candidate.version),
        "baseline": None if baseline is None else _ref(baseline),
        "why": list(matchup.candidate.why),
        "deleted": list(matchup.deleted),
        "cases": [
            {
                "case": case.case,
                "kind": case.kind.value,
                "baseline_trials": case.baseline_trials,
                "candidate_trials": case.candidate_trials,
            }
            for case in matchup.planned
        ],
    }


def _ref(version: PromptVersion) -> dict[str, Data]:
    return {"version": version.version, "hash": version.hash, "model": version.model}


def _matchup(candidate: Candidate, evalset: EvalSet, *, sources: Sources) -> Matchup:
    at_base = sources.base_sets.get(evalset.name)
    covered = at_base is not None and candidate.version.prompt in at_base.prompts
    before = {case.id: case for case in at_base.cases} if at_base and covered else {}
    now = {case.id for case in evalset.cases}
    trials = evalset.trials or sources.policy.run.trials
    run = replace(sources.policy.run, trials=trials)
    return Matchup(
        candidate=candidate,
        evalset=evalset,
        planned=tuple(
            _planned(case, before.get(case.id), run=run, paired=candidate.baseline is not None)
            for case in evalset.cases
        ),
        deleted=tuple(case_id for case_id in before if case_id not in now),
    )


def _planned(case: Case, before: Case | None, *, run: RunSettings, paired: bool) -> PlannedCase:
    kind = _kind(case, before)
    # A case stays critical while a change that wants to relax it is judged.
    critical = case.critical or (before is not None and before.critical)
    trials = max(run.trials, run.critical_trials) if critical else run.trials
    return PlannedCase(
        case=case.id,
        kind=kind,
        baseline_trials=trials if paired and kind is CaseKind.SAME else 0,
        candidate_trials=trials,
        tags=case.tags,
        cluster=case.cluster,
        critical=critical,
    )


def _kind(case: Case, before: Case | None) -> CaseKind:
    if before is None:
        return CaseKind.NEW
    return CaseKind.SAME if case.hash == before.hash else CaseKind.EDITED


def _sets_of(prompt: str, sets: Mapping[str, EvalSet]) -> list[EvalSet]:
    return [evalset for evalset in sets.values() if prompt in evalset.prompts]


def _changed_sets(sources: Sources) -> dict[str, tuple[str, ...]]:
    """Return for each prompt the eval sets whose cases differ from both the fork and the base."""
    changed: dict[str, tuple[str, ...]] = {}
    for name, evalset in sources.head_sets.items():
        past = [_substance(sets.get(name)) for sets in (sources.fork_sets, sources.base_sets)]
        if _substance(evalset) not in past:
            for prompt in evalset.prompts:
                changed[prompt] = (*changed.get(prompt, ()), name)
    return changed


def _substance(evalset: EvalSet | None) -> object:
    if evalset is None:
        return None
    cases = {(case.id, case.hash, case.critical) for case in evalset.cases}
    return evalset.prompts, evalset.pass_at, cases


def _removed_sets(sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each eval set that the base holds against a prompt and the head drops."""
    for name, evalset in sources.base_sets.items():
        at_fork, at_head = sources.fork_sets.get(name), sources.head_sets.get(name)
        kept = () if at_head is None else at_head.prompts
        for prompt in evalset.prompts:
            dropped_here = at_fork is not None and prompt in at_fork.prompts
            if dropped_here and prompt not in kept and prompt in sources.prompts.head:
                message = (
                    f"The eval set {name} no longer covers the prompt {prompt}: "
                    f"its {len(evalset.cases)} cases guard it no more."
                )
                yield Finding(
                    prompt=prompt,
                    path=evalset.path,
                    verdict=Verdict.INCONCLUSIVE,
                    reason=Reason(code="evalset_removed", message=message),
                )


def _deleted_critical_cases(matchups: Sequence[Matchup], sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each matchup that a critical case of the base no longer guards."""
    for matchup in matchups:
        evalset = sources.base_sets.get(matchup.evalset.name)
        cases = evalset.cases if evalset else ()
        gone = [case.id for case in cases if case.critical and case.id in matchup.deleted]
        if gone:
            message = f"Critical cases were deleted: {', '.join(gone)}."
            yield Finding(
                prompt=matchup.candidate.version.prompt,
                path=matchup.evalset.path,
                verdict=Verdict.INCONCLUSIVE,
                reason=Reason(code="critical_case_deleted", message=message),
            )


def _without_set(candidates: Sequence[Candidate], sources: Sources) -> Iterator[Problem]:
    for candidate in candidates:
        prompt = candidate.version.prompt
        if not _sets_of(prompt, sources.head_sets):
            folder = sources.policy.paths.evalsets
            message = (
                f"no eval set covers the prompt `{prompt}`: name it under `prompts:` "
                f"in a file of {folder}/"
            )
            yield Problem(path=candidate.version.path, message=message)


def _missing_variables(matchups: Sequence[Matchup]) -> Iterator[Problem]:
    for matchup in matchups:
        arms = {case.case: case.baseline_trials > 0 for case in matchup.planned}
        for case in matchup.evalset.cases:
            versions = [matchup.candidate.version]
            if arms[case.id] and matchup.candidate.baseline is not None:
                versions.append(matchup.candidate.baseline)
            for version in versions:
                yield from _missing(case, version, evalset=matchup.evalset)


def _missing(case: Case, version: PromptVersion, *, evalset: EvalSet) -> Iterator[Problem]:
    for name in version.inputs:
        if name not in case.vars:
            near = suggestion(name, case.vars) if case.vars else ""
            yield Problem(
                path=evalset.path,
                line=case.line,
                key=f"case {case.id}: vars",
                message=f"lacks `{name}`, which {version.path} needs{near}",
            )
