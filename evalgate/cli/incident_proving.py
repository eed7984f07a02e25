"""Runs the cases that are to close an incident, on the bad version and on the good one.

What is judged is two commits that nothing points to: the work tree as it is, with the good version
stable, and after it with the bad one.
"""

import asyncio
import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import write_commit
from evalgate.adapters.run_folder import make_folder
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.environment import read_environment
from evalgate.cli.evidence_options import policy_for
from evalgate.cli.incident_place import seen_from
from evalgate.cli.promoting import today
from evalgate.cli.publication import OWN_FILES
from evalgate.cli.question import new_run_id, run_folder
from evalgate.cli.session import Terms, session
from evalgate.cli.world import outside, simulator_rules, store_path
from evalgate.cli.world_arguments import world_words
from evalgate.errors import EvaluationError, UsageError
from evalgate.gate.execution import execute
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.narrowing import narrowed
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.model.incident import Incident
from evalgate.model.report_folder import TRIALS
from evalgate.model.trial import TrialStatus
from evalgate.monitoring.incidents.closing import CaseTrial, NamedCase, Versions
from evalgate.prompts.library import LIVE
from evalgate.running.selection import Selection

REPEATS = 3
"""Trials of each case with each version: one alone may be luck."""


def prove(
    options: Namespace,
    incident: Incident,
    cases: Sequence[NamedCase],
    *,
    versions: Versions,
    prompts: Path,
) -> list[CaseTrial]:
    """Return the trials of some cases with both versions.

    Raises:
        UsageError: nobody knows which versions are meant, or they are the same.
        EvaluationError: the run stopped before its end.
    """
    name = incident.scope.prompt
    if not versions.bad or not versions.good or versions.bad == versions.good or not name:
        raise UsageError("--prove needs a prompt and two versions of it: name --bad and --good")
    environment, repository = read_environment(os.environ), GitRepository(Path.cwd())
    rules = simulator_rules(options)
    question = _question(repository, prompts, name, versions=versions, options=options)
    world = outside(repository, environment, rules)
    only = Selection(
        cases=tuple(dict.fromkeys(each.case for each in cases)), prompt=name, trials=REPEATS
    )
    plan = narrowed(plan_gate(question, world), only)
    folder = run_folder(options, environment, repository=repository, run_id=question.run_id)
    make_folder(folder, OWN_FILES)
    terms = Terms(
        again=("incident", "close", *world_words(options)),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
    )
    _run(plan, world, folder=folder, terms=terms)
    return [
        CaseTrial(
            version=each.version,
            evalset=each.evalset,
            case=each.case,
            passed=each.passed if each.status is TrialStatus.GRADED else None,
        )
        for each in TrialFile(folder / TRIALS).read()
    ]


def _run(plan: Plan, world: Outside, *, folder: Path, terms: Terms) -> None:
    with session(plan, world, folder=folder, terms=terms) as own:
        stopped = asyncio.run(
            execute(plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
        )
    if stopped is not None:
        raise EvaluationError(f"the cases were not all run: {stopped.message}")


def _question(
    repository: GitRepository,
    prompts: Path,
    name: str,
    *,
    versions: Versions,
    options: Namespace,
) -> Question:
    """Return the question whether the bad version does worse than the good one."""
    root = repository.root
    folder = seen_from(root, prompts)
    policy = policy_for(options.policy, prompts)
    files = {
        seen_from(root, path): path.read_text("utf-8")
        for place in (root / folder / name, root / folder / "_shared", root / policy.paths.evalsets)
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.suffix in (".md", ".yaml", ".yml", ".json", ".jsonl")
    }
    live = f"{folder}/{name}/{LIVE}"
    base = write_commit(
        root,
        parent=repository.resolve("HEAD"),
        files={**files, live: f"stable: {versions.good}\n"},
        message=f"{name} with {versions.good}",
    )
    head = write_commit(
        root,
        parent=base,
        files={live: f"stable: {versions.bad}\n"},
        message=f"{name} with {versions.bad}",
    )
    return Question(
        base=base,
        head=head,
        run_id=new_run_id(),
        policy=seen_from(root, Path(policy.path)),
        looks=False,
        today=today(),
    )
