"""The main use case: a question about two git refs in, a verdict out."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from evalgate.errors import ConfigurationError
from evalgate.gate.conclusion import conclude
from evalgate.gate.execution import WHOLE, Mode, execute
from evalgate.gate.gathering import Question, at_the_base, gather
from evalgate.gate.history import with_histories
from evalgate.gate.judge_change import changes_settings, judge_change
from evalgate.gate.judge_standing import judge_notes, read_standings, with_judge
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, make_plan
from evalgate.gate.preflighting import with_preflights
from evalgate.gate.records import read_records
from evalgate.grading.code import code_problems, code_references
from evalgate.model.document import Tree
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Trial
from evalgate.model.verdict import RunVerdict


def plan_gate(question: Question, outside: Outside) -> Plan:
    """Return what a question needs to have run; nothing is called.

    Raises:
        RepositoryError: when git cannot answer.
        ConfigurationError: when a file that the verdict depends on is wrong, or no result could
            ever let a change pass.
    """
    plan = make_plan(gather(question, outside.repository, outside.parser), outside.parser)
    return with_preflights(completed(plan, outside))


def completed(plan: Plan, outside: Outside) -> Plan:
    """Return the plan with what its base has to say of it: graders, records, calibrations.

    Raises:
        ConfigurationError: when one of them is wrong.
    """
    plan = _with_records(_with_code(plan, outside), outside)
    # What the judge is worth decides which limit holds, and so which looks a record allows.
    return with_histories(_with_calibrations(plan, outside), outside)


def _with_code(plan: Plan, outside: Outside) -> Plan:
    """Return the plan with the Python graders that it needs, from the base and nowhere else.

    Raises:
        ConfigurationError: when the policy allows none, or one of them cannot be called.
    """
    sets = [matchup.evalset for matchup in plan.matchups]
    if not any(code_references(evalset) for evalset in sets):
        return plan
    sources, code = plan.sources, None
    folder = sources.policy.paths.graders
    files: Tree = {}
    if folder is not None:
        files = outside.repository.files(sources.trusted, [folder])
        code = outside.open_code(files, folder)
    problems = dict.fromkeys(each for evalset in sets for each in code_problems(evalset, code))
    if problems:
        raise ConfigurationError(problems)
    return replace(plan, code=code, code_hash=_hash(files))


def _with_records(plan: Plan, outside: Outside) -> Plan:
    """Return the plan with the records of the base, when there is something to run."""
    if not plan.matchups:
        return plan
    sources = plan.sources
    kept = read_records(
        outside.repository,
        sources.policy,
        trusted=sources.trusted,
        in_workflow=outside.in_workflow,
        at=sources.question.records,
    )
    return replace(
        plan,
        records=outside.open_records(kept.files) if kept.files else None,
        records_at=kept.at,
        notes=(*plan.notes, *kept.notes),
    )


def _with_calibrations(plan: Plan, outside: Outside) -> Plan:
    """Return the plan with what the base knows of its judge, and with trials of a changed judge.

    Raises:
        ConfigurationError: when a calibration of the base cannot be read.
    """
    sources = plan.sources
    if not (plan.matchups or plan.sets or changes_settings(sources)):
        return plan  # a rollback must go through whatever state the calibrations are in
    with at_the_base():
        standings = read_standings(outside, sources.trusted, sources.policy)
    change = judge_change(sources, standings, outside)
    return replace(
        plan,
        matchups=(*with_judge(plan.matchups, standings, sources.policy), *change.matchups),
        notes=(*plan.notes, *judge_notes(plan.matchups, standings), *change.notes),
    )


def _hash(files: Tree) -> str:
    digest = sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode("utf-8", "surrogateescape"))
        digest.update(files[path])
    return digest.hexdigest()


async def run_gate(
    plan: Plan,
    outside: Outside,
    *,
    log: TrialLog,
    on_trial: Callable[[Trial], None],
    mode: Mode = WHOLE,
) -> RunVerdict:
    """Run what is planned and return the verdict.

    Args:
        plan: from `plan_gate`.
        outside: what the run reaches for.
        log: where each trial is written; the verdict is drawn from what it holds.
        on_trial: told of each trial once it is written.
        mode: what is to be run here, and how; by default everything, each call by itself.
    """
    stopped = None
    if plan.trials:
        stopped = await execute(plan, outside, log=log, on_trial=on_trial, mode=mode)
    return conclude(plan, log.read, stopped=stopped)
