"""`evalgate record`: keeps the trials of stable versions, which later runs need not repeat."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.environment import read_environment
from evalgate.cli.keeping import keep
from evalgate.cli.printing import print_lines
from evalgate.cli.session import read_begun_run
from evalgate.cli.stable_run import (
    StableRun,
    add_run_arguments,
    add_stable_arguments,
    refuse_run_options,
    run_stable,
)
from evalgate.deciding.rates import exceeds
from evalgate.deciding.wording import counted
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.gate.gathering import work_tree_policy
from evalgate.gate.looks import FEWEST_RECORDED
from evalgate.gate.resuming import check_decides, is_done
from evalgate.gate.stable import topped_up
from evalgate.model.report_folder import TRIALS

VERB = "record"
NO_RECORD = "simulated answers are no record of anything"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "folders", metavar="DIR", type=Path, nargs="*", help="run folders whose trials are kept"
    )
    parser.add_argument(
        "--trials",
        metavar="N",
        type=int,
        help="without DIR: run what the record of the stable versions lacks to N trials per case",
    )
    parser.add_argument(
        "--afresh",
        action="store_true",
        help="with --trials: run all of them, and drop what is on record (a model has changed)",
    )
    add_stable_arguments(parser)
    add_run_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Write the records into the work tree, for a commit on the base branch.

    Raises:
        UsageError: when the options do not fit together, a folder holds no run, or the simulator
            answered.
        EvaluationError: when a run came to no end; what it has is kept.
    """
    if options.trials is None:
        return _record_runs(_only_folders(options))
    if options.folders:
        raise UsageError("name run folders to keep what they hold, or --trials to run: not both")
    if options.simulate or options.rules:
        raise UsageError(NO_RECORD)
    return _top_up(options)


def _only_folders(options: Namespace) -> Sequence[Path]:
    refuse_run_options(options, "afresh", "prompt", "policy", "out", without="--trials")
    if not options.folders:
        raise UsageError("name a run folder, or say with --trials how many trials to run per case")
    folders: list[Path] = options.folders
    return folders


def _record_runs(folders: Sequence[Path]) -> ExitCode:
    repository = GitRepository(Path.cwd())
    begun = [read_begun_run(folder) for folder in folders]
    for each in begun:
        check_decides(each)
        if each.simulated:
            raise UsageError(f"{each.path}: {NO_RECORD}")
    if len({each.question.policy for each in begun}) > 1:
        raise UsageError("the runs are of several policies: record those of one at a time")
    policy = work_tree_policy(begun[0].question.policy, repository, FORMATS)
    fresh = chain.from_iterable(TrialFile(folder / TRIALS).read() for folder in folders)
    keep(fresh, policy, repository, in_workflow=_in_workflow())
    return ExitCode.OK


def _top_up(options: Namespace) -> ExitCode:
    words: tuple[str, ...] = (VERB, "--trials", str(options.trials))
    if options.afresh:
        words = (*words, "--afresh")
        _use_no_store(options)
    done = run_stable(
        options, words, lambda plan: topped_up(plan, options.trials, afresh=options.afresh)
    )
    policy = done.plan.sources.policy
    keep(
        done.log.read(),
        policy,
        GitRepository(Path.cwd()),
        in_workflow=_in_workflow(),
        instead=options.afresh,
    )
    check_end(done)
    if options.trials < FEWEST_RECORDED:
        few = counted(options.trials, "trial")
        print_lines([f"{few} per case: the gate asks less where it finds {FEWEST_RECORDED}"])
    return ExitCode.OK


def _in_workflow() -> bool:
    return read_environment(os.environ).in_workflow


def _use_no_store(options: Namespace) -> None:
    if options.cache is not None:
        raise UsageError("--afresh takes no stored answer, so it does not go with --cache")
    options.no_cache = True


def check_end(done: StableRun) -> None:
    """Refuse to call a record topped up that is not, beyond what the policy bears.

    Raises:
        EvaluationError: says what is missing, and how to go on.
    """
    planned = done.plan.trials
    missing = planned - sum(map(is_done, done.log.read()))
    budget = done.plan.sources.policy.gate.error_budget
    if done.stopped is None and not exceeds(missing, budget, of=planned):
        if missing:
            print_lines([f"{missing:,} of {counted(planned, 'trial')} ended without a grade"])
        return
    why = done.stopped.message.rstrip(".") if done.stopped else "too many trials have no grade"
    lacks = f"{missing:,} of {counted(planned, 'trial')} are missing; the others are kept"
    raise EvaluationError(f"the run stopped before its end: {why}\n{lacks}\n{done.how_to_go_on}")
