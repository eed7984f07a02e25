"""Decides what must be run: which version, against which eval set, on which cases, how often."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import islice

from evalgate import __version__
from evalgate.deciding.wording import counted
from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.acceptances import (
    NOTHING_ACCEPTED,
    Acceptances,
    acceptances_of,
    still_held,
)
from evalgate.gate.evalsets import EvalSets, Sets, covering, read_evalsets
from evalgate.gate.gathering import Sources
from evalgate.gate.guards import notes, policy_findings, relabelled, set_findings
from evalgate.gate.matching import Matchup, match
from evalgate.gate.protection import slice_findings, slice_notes, waived_slices
from evalgate.gate.waiving import waive, waiver_notes, waivers_of
from evalgate.model.change import Candidate, Change, Finding
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.ports import CodeGraders, Parser, Records
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm
from evalgate.model.verdict import Reason, Verdict
from evalgate.prompts.changes import find_changes
from evalgate.prompts.library import LIVE
from evalgate.prompts.render import faults
from evalgate.prompts.version import is_version
from evalgate.reporting.preflight_data import preflight_data
from evalgate.running.selection import Selection, selection_data
from evalgate.running.shards import Shard

PLAN = "plan/1"
MOST_PROBLEMS = 1_000
"""Cases that do not fit a version; nobody reads more of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All matchups of a question, and what was found without running anything.

    `code` are the Python graders of the base, when a set needs them, and `code_hash` that of their
    files. `records` are past trials that the base keeps, and `records_at` is the commit of their
    branch, empty when there is none; None where they are committed. `broken_off` says that a
    process of this run did not live to write down its last trials. `only` names the few cases that
    it was narrowed to, which decide nothing.
    """

    sources: Sources
    matchups: tuple[Matchup, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    sets: Sets = field(default_factory=dict)
    code: CodeGraders | None = None
    code_hash: str = ""
    records: Records | None = None
    records_at: str | None = None
    broken_off: bool = False
    only: Selection | None = None

    @property
    def trials(self) -> int:
        """The number of trials of all matchups; a baseline that several share counts for each."""
        return sum(matchup.trials for matchup in self.matchups)


def make_plan(sources: Sources, parser: Parser) -> Plan:
    """Return what to run.

    Raises:
        ConfigurationError: when a version to run is wrong, or a case cannot be put to it.
    """
    change = find_changes(sources.prompts, parser, changed_sets={})
    folder = f"{sources.policy.paths.evalsets}/"
    sets_matter = change.candidates or sources.prompts.renamed()
    if not sets_matter and not any(_may_shape_a_set(path, sources) for path in sources.changed):
        # A rollback must go through whatever state the eval sets are in.
        return _plan(sources, change)
    splits = sources.policy.run.splits
    whole = read_evalsets(sources, parser)
    sets = whole.within(splits)
    changed = sets.changed(sources.prompts.renamed())
    change = find_changes(sources.prompts, parser, changed_sets=changed)
    matchups = [
        match(candidate, evalset, sets=sets, settings=sources.policy.run)
        for candidate in change.candidates
        for evalset in covering(candidate.version.prompt, sets.head)
    ]
    check_fit(matchups, splits)
    uncovered = tuple(_without_set(change.candidates, sets, folder=folder))
    change = replace(
        change,
        findings=(*change.findings, *uncovered),
        notes=(*change.notes, *_left_out(matchups, whole, splits)),
    )
    accepted = acceptances_of(sources, whole, parser)
    return _plan(sources, change, matchups=matchups, sets=sets, accepted=accepted)


def check_fit(matchups: Sequence[Matchup], splits: tuple[str, ...]) -> None:
    """Refuse matchups without a case, and cases that cannot be put to a version.

    Raises:
        ConfigurationError: names them.
    """
    problems = [*_emptied(matchups, splits), *islice(_unfit_cases(matchups), MOST_PROBLEMS)]
    if problems:
        raise ConfigurationError(problems)


def _may_shape_a_set(path: str, sources: Sources) -> bool:
    """Return whether an eval set may hold a path: itself, or what it names in either folder."""
    paths, name = sources.policy.paths, path.rpartition("/")[2]
    if path.startswith(f"{paths.evalsets}/"):
        return True
    is_of_a_prompt = name == LIVE or is_version(name.removesuffix(".md"))
    return path.startswith(f"{paths.prompts}/") and not is_of_a_prompt


def _plan(
    sources: Sources,
    change: Change,
    *,
    matchups: Sequence[Matchup] = (),
    sets: EvalSets | None = None,
    accepted: Acceptances = NOTHING_ACCEPTED,
) -> Plan:
    rules, waivers = sources.policy.gate, waivers_of(sources)
    matchups = [
        replace(waive(each, waivers), accepted=each.evalset.name in accepted.in_force)
        for each in matchups
    ]
    guards: Iterator[Finding] = iter(())
    if sets:
        found = (*set_findings(matchups, sets, sources), *slice_findings(sets, rules))
        guards = still_held(found, accepted, sources, sets=sets)
    return Plan(
        sources=sources,
        matchups=tuple(matchups),
        findings=(*policy_findings(sources), *change.findings, *guards),
        notes=(
            *(*sources.notes, *accepted.notes, *change.notes, *notes(matchups)),
            *((*relabelled(sets), *slice_notes(sets, rules)) if sets else ()),
            *(waiver_notes(matchups, sets.head, waivers) if sets else ()),
            *waived_slices(matchups, rules),
        ),
        sets=sets.head if sets else {},
    )


def plan_hash(plan: Plan) -> str:
    """Return a hash of all that decides which trials are run, and how they are graded."""
    digest = sha256()
    sources = plan.sources
    parts: list[object] = [__version__, sources.base, sources.policy.hash, plan.code_hash]
    if plan.only is not None:
        parts.append(plan.only)  # so that even the run of a set's only case is none of the whole
    for matchup in plan.matchups:
        candidate = matchup.candidate
        baseline = candidate.baseline.hash if candidate.baseline else None
        parts += [matchup.evalset.name, candidate.version.version, candidate.version.hash, baseline]
        hashes = {case.id: case.hash for case in matchup.evalset.cases}
        for case in matchup.planned:
            numbers = (case.baseline, case.candidate, case.confirming)
            digest.update(repr((case.case, hashes[case.case], numbers)).encode())
    digest.update(repr(parts).encode())
    return digest.hexdigest()


def plan_document(
    plan: Plan, *, shard: Shard | None = None, simulated: bool = False
) -> dict[str, Data]:
    """Return the content of `plan.json`.

    Args:
        plan: what is to be run.
        shard: the part of it that is run here; None is all of it.
        simulated: whether the simulator answers.
    """
    return {
        "schema": PLAN,
        "run_id": plan.sources.question.run_id,
        "as_of": plan.sources.question.today,
        "plan_hash": plan_hash(plan),
        "policy": plan.sources.policy.path,
        "shard": None if shard is None else str(shard),
        "only": None if plan.only is None else dict(selection_data(plan.only)),
        "simulated": simulated,
        "looks": plan.sources.question.looks,
        "broken_off": plan.broken_off,
        "records": plan.records_at,
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
        "waived": [waiver.case for waiver in matchup.waived],
        "preflight": preflight_data(matchup.preflight),
        "cases": [
            {
                "case": case.case,
                "kind": case.kind.value,
                "baseline_trials": case.number(Arm.BASELINE),
                "candidate_trials": case.number(Arm.CANDIDATE),
            }
            for case in matchup.planned
        ],
    }


def _ref(version: PromptVersion) -> dict[str, Data]:
    return {"version": version.version, "hash": version.hash, "model": version.model}


def _without_set(
    candidates: Sequence[Candidate], sets: EvalSets, *, folder: str
) -> Iterator[Finding]:
    for candidate in candidates:
        prompt = candidate.version.prompt
        if not covering(prompt, sets.head):
            message = (
                f"No eval set covers the prompt {prompt}, so {candidate.version.version} was not "
                f"tested: name it under `prompts:` in a file of {folder}"
            )
            yield Finding(
                prompt=prompt,
                path=candidate.version.path,
                verdict=Verdict.INCONCLUSIVE,
                reason=Reason(code="no_evalset", message=message),
            )


def _emptied(matchups: Sequence[Matchup], splits: tuple[str, ...]) -> Iterator[Problem]:
    for matchup in matchups:
        if not matchup.evalset.cases:
            message = f"no case is in the splits that the policy runs: {', '.join(splits)}"
            yield Problem(path=matchup.evalset.path, key="cases", message=message)


def _left_out(
    matchups: Sequence[Matchup], whole: EvalSets, splits: tuple[str, ...]
) -> Iterator[str]:
    for name, cases in {each.evalset.name: len(each.evalset.cases) for each in matchups}.items():
        left = len(whole.head[name].cases) - cases
        if left:
            verb = "was" if left == 1 else "were"
            count = counted(left, "case")
            yield f"{count} of {name} {verb} not run: outside of the splits {', '.join(splits)}."


def _unfit_cases(matchups: Sequence[Matchup]) -> Iterator[Problem]:
    for matchup in matchups:
        version, baseline = matchup.candidate.version, matchup.candidate.baseline
        paired = {case.case for case in matchup.planned if case.baseline}
        for case in matchup.evalset.cases:
            yield from _unfit(case, version, evalset=matchup.evalset)
            if baseline is not None and baseline is not version and case.id in paired:
                yield from _unfit(case, baseline, evalset=matchup.evalset)


def _unfit(case: Case, version: PromptVersion, *, evalset: EvalSet) -> Iterator[Problem]:
    for fault in faults(version, case):
        yield Problem(
            path=case.path or evalset.path,
            line=case.line,
            key=f"case {case.id}: {fault.key}",
            message=fault.message,
        )
