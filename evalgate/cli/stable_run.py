"""Runs the stable versions of the work tree into a run folder, for a record or for a selftest."""

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import make_folder
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.complaint import notify
from evalgate.cli.engine import (
    BATCHES,
    CALLS,
    add_engine_arguments,
    engine,
    engine_words,
    on_cluster,
)
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.publication import OWN_FILES
from evalgate.cli.question import RUN_FOLDER, new_run_id, run_folder
from evalgate.cli.session import Terms, begun_run, how_to_go_on, session
from evalgate.cli.world import outside, simulator_rules, store_path
from evalgate.cli.world_arguments import add_world_arguments, world_words
from evalgate.errors import UsageError
from evalgate.gate.execution import execute
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.roots import find_policies
from evalgate.gate.stable import stable_plan
from evalgate.model.chat import FailureKind
from evalgate.model.report_folder import TRIALS
from evalgate.model.revision import WORK_TREE
from evalgate.running.scheduler import StopReason
from evalgate.simulator.rules import Rules

_RUN_OPTIONS = (
    "resume",
    "simulate",
    "rules",
    "max_cost",
    "cache",
    "no_cache",
    "engine",
    "address",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StableRun:
    """A run that is over: its plan and folder, why it stopped early, if it did, and what to do.

    `stable` is the plan that it was made of.
    """

    stable: Plan
    plan: Plan
    folder: Path
    log: TrialFile
    stopped: StopReason | None
    how_to_go_on: str


def add_stable_arguments(parser: ArgumentParser, *, out: str = RUN_FOLDER) -> None:
    """Declare which stable versions are meant, and the folder, as `out` says."""
    parser.add_argument(
        "--prompt", metavar="NAME", action="append", help="this prompt only; may be repeated"
    )
    parser.add_argument("--policy", metavar="PATH", help="the policy that rules")
    parser.add_argument("--out", metavar="DIR", type=Path, help=out)


def add_run_arguments(parser: ArgumentParser) -> None:
    """Declare how a run is made and gone on with."""
    parser.add_argument(
        "--resume", metavar="DIR", type=Path, help="go on with the run in this folder"
    )
    add_world_arguments(parser)
    add_engine_arguments(parser)


def refuse_run_options(options: Namespace, *more: str, without: str) -> None:
    """Refuse what says how a run is made, where none is.

    Args:
        options: of the command line.
        more: the names of further options that are refused.
        without: the option that makes a run, and is not there.

    Raises:
        UsageError: names the first one.
    """
    for name in (*more, *_RUN_OPTIONS):
        if getattr(options, name) not in (None, False, CALLS):
            raise UsageError(f"--{name.replace('_', '-')} goes with {without} alone")


def refuse_pull_requests(environment: Environment, *, verb: str) -> None:
    """Refuse to work on what a pull request has written: its graders would run beside the key.

    Raises:
        UsageError: in a workflow for a pull request.
    """
    if environment.in_workflow and environment.base_ref:
        raise UsageError(
            f"`evalgate {verb}` trusts the work tree, which in a pull request anybody may have "
            "written: run it for pushes to the base branch, or on a schedule"
        )


def new_question(options: Namespace, repository: GitRepository) -> Question:
    """Return the question about the stable versions of the work tree, under a new run id.

    Raises:
        UsageError: when it is not clear which policy rules.
    """
    known = find_policies(repository, base=None, head=None)
    if options.policy and options.policy not in known:
        raise UsageError(f"--policy: there is no {options.policy}; there is {', '.join(known)}")
    if not options.policy and len(known) > 1:
        raise UsageError(
            f"there are several policies: name one of {', '.join(known)} with --policy"
        )
    return Question(
        base=WORK_TREE, head=None, run_id=new_run_id(), policy=options.policy or known[0]
    )


def run_stable(
    options: Namespace, words: tuple[str, ...], planned: Callable[[Plan], Plan]
) -> StableRun:
    """Run stable versions in the run folder that the options name, or in a new one.

    Args:
        options: of the command line.
        words: the verb and its own words, which say again what is run.
        planned: makes the plan out of that of `stable_plan`.

    Raises:
        UsageError: when the options do not fit together, or it is a workflow for a pull request.
        EvaluationError: when the run broke off, which is how the calling verb ends too.
    """
    environment = read_environment(os.environ)
    refuse_pull_requests(environment, verb=words[0])
    repository = GitRepository(Path.cwd())
    rules = simulator_rules(options)
    terms = _terms(options, environment, words=words, rules=rules)
    if options.resume:
        begun = begun_run(options, simulated=terms.simulated, of_work_tree=True)
        terms = replace(terms, begun=begun)
        question, folder = begun.question, Path(options.resume)
    else:
        question = new_question(options, repository)
        folder = run_folder(options, environment, repository=repository, run_id=question.run_id)
    world = outside(repository, environment, rules)
    world = on_cluster(options, world, environment=environment, rules=rules)
    stable = stable_plan(question, world, names=options.prompt or ())
    plan = planned(stable)
    for note in plan.notes:
        notify(note)
    if not options.resume:
        make_folder(folder, OWN_FILES)
    stopped, advice = _run(plan, world, folder=folder, terms=terms)
    return StableRun(
        stable=stable,
        plan=plan,
        folder=folder,
        log=TrialFile(folder / TRIALS),
        stopped=stopped,
        how_to_go_on=advice,
    )


def _terms(
    options: Namespace, environment: Environment, *, words: tuple[str, ...], rules: Sequence[Rules]
) -> Terms:
    for name in options.prompt or ():
        words = (*words, "--prompt", name)
    return Terms(
        again=(*words, *world_words(options), *engine_words(options)),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
        batches=options.engine == BATCHES,
        engine=engine(options, environment, rules),
    )


def _run(
    plan: Plan, world: Outside, *, folder: Path, terms: Terms
) -> tuple[StopReason | None, str]:
    """Run a plan, and return why it stopped early, if it did, and how to go on with it."""
    with session(plan, world, folder=folder, terms=terms) as own:
        stopped = asyncio.run(
            execute(plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
        )
    costs_too_much = stopped is not None and stopped.kind == FailureKind.COST_LIMIT
    return stopped, how_to_go_on(terms, folder, costs_too_much=costs_too_much)
