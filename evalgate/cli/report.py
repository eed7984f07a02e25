"""`evalgate report`: decides about the trials of a run folder again and renders it anew."""

import os
import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.environment import read_environment
from evalgate.cli.merge import check_trials
from evalgate.cli.publication import Publication, publish
from evalgate.cli.session import read_begun_run
from evalgate.cli.world import outside
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.conclusion import conclude
from evalgate.gate.gate import plan_gate
from evalgate.gate.resuming import check_decides, check_same
from evalgate.model.report_folder import PLAN, SELFTEST_PAGE, TRIALS
from evalgate.model.revision import WORK_TREE


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the run folder")
    parser.add_argument("--json", action="store_true", help="print verdict.json instead of a table")


def run(options: Namespace) -> ExitCode:
    """Decide and publish into the same folder; nothing is called."""
    environment = read_environment(os.environ)
    _check_is_no_selftest(options.folder)
    begun = read_begun_run(options.folder)
    check_decides(begun)
    if begun.question.base == WORK_TREE:
        raise UsageError(
            f"{options.folder} holds trials of stable versions, about which nothing is decided: "
            f"`{shlex.join(['evalgate', 'record', str(options.folder)])}` keeps them"
        )
    if begun.shard is not None:
        raise UsageError(f"{options.folder} holds a shard: join all of them with `evalgate merge`")
    world = outside(GitRepository(Path.cwd()), environment, ())
    plan = plan_gate(begun.question, replace(world, simulated=world.simulated or begun.simulated))
    check_same(begun, plan)
    check_trials(plan, [begun], [options.folder])
    log = TrialFile(options.folder / TRIALS)
    verdict = conclude(replace(plan, broken_off=begun.broken_off), log.read, stopped=None)
    publication = Publication(
        folder=options.folder, as_json=options.json, in_workflow=environment.in_workflow
    )
    publish(publication, verdict, plan=plan, log=log, repository=world.repository)
    return verdict.exit_code


def _check_is_no_selftest(folder: Path) -> None:
    if (folder / SELFTEST_PAGE).is_file() and not (folder / PLAN).exists():
        view = shlex.join(["evalgate", "view", str(folder)])
        raise UsageError(f"{folder} holds a selftest, which is told already: `{view}` shows it")
