"""`evalgate merge`: joins the shards of a run and decides once, from their raw trials."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.environment import read_environment
from evalgate.cli.printing import as_one_line
from evalgate.cli.publication import (
    Publication,
    prepare,
    publish,
)
from evalgate.cli.question import run_folder
from evalgate.cli.session import read_begun_run
from evalgate.cli.world import outside
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.conclusion import conclude
from evalgate.gate.gate import plan_gate
from evalgate.gate.merging import check_shards, problems
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.resuming import BegunRun, check_decides, check_same
from evalgate.gate.standing import called_for, with_most
from evalgate.model.report_folder import PLAN, TRIALS
from evalgate.model.trial import Trial


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "folders", metavar="DIR", type=Path, nargs="+", help="one run folder a shard"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="the run folder (default: reports/<run id>)"
    )
    parser.add_argument("--json", action="store_true", help="print verdict.json instead of a table")


def run(options: Namespace) -> ExitCode:
    """Check that every trial is there exactly once, then decide and publish."""
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    begun = [read_begun_run(folder) for folder in options.folders]
    for each in begun:
        check_decides(each)
    check_shards(begun)
    # Shards of one run may begin on two days; by the first one its waivers are judged.
    question = replace(begun[0].question, today=min(each.question.today for each in begun))
    publication = Publication(
        folder=run_folder(options, environment, repository=repository, run_id=question.run_id),
        as_json=options.json,
        in_workflow=environment.in_workflow,
    )
    if publication.folder.resolve() in {folder.resolve() for folder in options.folders}:
        raise UsageError(f"{publication.folder} is one of the shards: name another --out")
    world = outside(repository, environment, ())
    simulated = world.simulated or begun[0].simulated
    plan = plan_gate(question, replace(world, simulated=simulated))
    check_same(begun[0], plan)
    check_trials(plan, begun, options.folders)
    plan = replace(plan, broken_off=any(each.broken_off for each in begun))
    prepare(publication)
    log = TrialFile(publication.folder / TRIALS)
    with log:
        for trial in chain.from_iterable(map(_trials, options.folders)):
            log.append(trial)
    document = plan_document(plan, simulated=begun[0].simulated)
    write_files(publication.folder, {PLAN: as_one_line(document)})
    verdict = conclude(plan, log.read, stopped=None)
    publish(publication, verdict, plan=plan, log=log, repository=world.repository)
    return verdict.exit_code


_OF_ONE_SERVER = (
    "(The base's records count for the server that answered them: where the run had an "
    "ANTHROPIC_BASE_URL, set the same.)"
)


def check_trials(plan: Plan, begun: Sequence[BegunRun], folders: Sequence[Path]) -> None:
    """Refuse folders whose trials are not exactly those of their plan.

    Raises:
        UsageError: with all that is wrong, a line for each folder's problem.
    """
    asked = called_for(plan, chain.from_iterable(map(_trials, folders)))
    found = [
        f"{folder / TRIALS}: {problem}"
        for each, folder in zip(begun, folders, strict=True)
        for problem in problems(asked, each, _trials(folder), most=with_most(plan))
    ]
    if found:
        raise UsageError("\n".join([*found, *([_OF_ONE_SERVER] if plan.records else [])]))


def _trials(folder: Path) -> Iterator[Trial]:
    return TrialFile(folder / TRIALS).read()
