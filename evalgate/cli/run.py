"""`evalgate run`: runs the trials of a gate, a shard of them or a few cases; decides nothing."""

import asyncio
import os
import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import make_folder
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.engine import (
    BATCHES,
    add_engine_arguments,
    engine,
    engine_words,
    on_cluster,
)
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.evidence import add_evidence_argument, evidence_words, with_evidence
from evalgate.cli.printing import print_lines
from evalgate.cli.publication import OWN_FILES
from evalgate.cli.question import add_question_arguments, policies, read_question, run_folder
from evalgate.cli.selecting import (
    add_selection_arguments,
    nothing_decided,
    read_selection_options,
    show_cases,
)
from evalgate.cli.session import Terms, begun_run, how_to_go_on, session
from evalgate.cli.world import outside, simulator_rules, store_path
from evalgate.cli.world_arguments import add_world_arguments, world_words
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.gate.execution import execute
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.narrowing import narrowed
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.model.chat import FailureKind
from evalgate.model.report_folder import TRIALS
from evalgate.running.shards import Shard, read_shard

VERB = "run"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_question_arguments(parser)
    parser.add_argument(
        "--shard", metavar="I/N", help="run the i-th of n parts; `evalgate merge` joins them"
    )
    parser.add_argument(
        "--resume", metavar="DIR", type=Path, help="go on with the run in this folder"
    )
    add_selection_arguments(parser)
    add_world_arguments(parser)
    add_evidence_argument(parser)
    add_engine_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Run the trials into a run folder and say what decides about them."""
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    only = read_selection_options(options)
    rules = simulator_rules(options)
    terms = Terms(
        again=(VERB, *world_words(options), *evidence_words(options), *engine_words(options)),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
        batches=options.engine == BATCHES,
        engine=engine(options, environment, rules),
        shard=_shard(options),
    )
    if options.resume:
        begun = begun_run(options, simulated=terms.simulated)
        question, folder, only = begun.question, Path(options.resume), begun.only
        terms = replace(terms, begun=begun, shard=begun.shard)
    else:
        question, folder = _begin(options, environment, repository)
    world = outside(repository, environment, rules)
    world = on_cluster(options, world, environment=environment, rules=rules)
    world = with_evidence(world, options)
    plan = plan_gate(question, world)
    if only is not None:
        plan = narrowed(plan, only)
    if not options.resume:
        make_folder(folder, OWN_FILES)
    if only is None:
        _run(plan, world, folder=folder, terms=terms)
        print_lines([f"The trials are in {folder}; decide with: {_next(terms, folder)}"])
        return ExitCode.OK
    log = TrialFile(folder / TRIALS)
    try:
        _run(plan, world, folder=folder, terms=terms)
    except EvaluationError:
        show_cases(plan, log, in_workflow=environment.in_workflow)
        raise
    show_cases(plan, log, in_workflow=environment.in_workflow)
    print_lines([nothing_decided(only), f"The trials are in {folder}"])
    return ExitCode.OK


def _next(terms: Terms, folder: Path) -> str:
    if terms.shard is None:
        return shlex.join(["evalgate", "report", str(folder)])
    return f"evalgate merge, with the folders of all {terms.shard.of} shards"


def _begin(
    options: Namespace, environment: Environment, repository: GitRepository
) -> tuple[Question, Path]:
    is_whole = options.shard is None and options.engine != BATCHES
    question = read_question(options, environment, repository, looks=is_whole)
    ruling = policies(options, question, repository)
    if len(ruling) > 1:
        listed = ", ".join(ruling)
        raise UsageError(f"there are several policies: name one of {listed} with --policy")
    folder = run_folder(options, environment, repository=repository, run_id=question.run_id)
    return replace(question, policy=ruling[0]), folder


def _run(plan: Plan, world: Outside, *, folder: Path, terms: Terms) -> None:
    """Run what is to be run here.

    Raises:
        EvaluationError: when the run stopped before its last trial.
    """
    stopped = None
    with session(plan, world, folder=folder, terms=terms) as own:
        if plan.trials:
            stopped = asyncio.run(
                execute(plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
            )
    if stopped is not None:
        costs_too_much = stopped.kind == FailureKind.COST_LIMIT
        raise EvaluationError(
            f"the run stopped before its end: {stopped.message.rstrip('.')}\n"
            f"{how_to_go_on(terms, folder, costs_too_much=costs_too_much)}"
        )


def _shard(options: Namespace) -> Shard | None:
    if options.shard is None:
        return None
    shard = read_shard(options.shard)
    if shard is None:
        message = f"--shard: expected the part and the number of parts, 2/4, got `{options.shard}`"
        raise UsageError(message)
    if options.resume:
        raise UsageError("--resume goes on with a run as it was begun: leave out --shard")
    return shard
