"""`evalgate record`: keeps the trials of stable versions, which later runs need not repeat."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from itertools import chain
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.adapters.trial_lines import encode
from evalgate.cli.publication import TRIALS
from evalgate.cli.session import read_begun_run
from evalgate.deciding.wording import counted
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.gathering import work_tree_policy
from evalgate.gate.recording import Place, recorded
from evalgate.model.trial import Arm, Trial
from evalgate.prompts.library import read_prompts


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+", help="run folders")


def run(options: Namespace) -> ExitCode:
    """Write the records into the work tree, for a commit on the base branch.

    Raises:
        UsageError: when a folder holds no run, or one that the simulator answered.
    """
    repository = GitRepository(Path.cwd())
    begun = [read_begun_run(folder) for folder in options.folders]
    for each in begun:
        if each.simulated:
            raise UsageError(f"{each.path}: simulated answers are no record of anything")
    if len({each.question.policy for each in begun}) > 1:
        raise UsageError("the runs are of several policies: record those of one at a time")
    policy = work_tree_policy(begun[0].question.policy, repository, FORMATS)
    prompts = read_prompts(
        repository.files(None, [policy.paths.prompts]), policy.paths.prompts, FORMATS
    )
    stable = {
        name: identity
        for name, prompt in prompts.items()
        if prompt.stable and (identity := prompt.identity(prompt.stable))
    }
    past = RecordFiles(repository.files(None, [policy.paths.baselines]))
    fresh = chain.from_iterable(TrialFile(folder / TRIALS).read() for folder in options.folders)
    kept = recorded(past.trials(), fresh, stable=stable)
    folder = repository.root / policy.paths.baselines
    files: dict[str, str] = {}
    for place, trials in kept.items():
        # Two places may share a file: names of prompts and of sets can have dots.
        files[_file(place)] = files.get(_file(place), "") + "".join(map(_line, trials))
    write_files(folder, files)
    for (prompt, evalset), trials in kept.items():
        file = folder / _file((prompt, evalset))
        print(f"{counted(len(trials), 'trial')} of {prompt} on {evalset}: {file}")  # noqa: T201
    if not kept:
        print("no trial of a stable version: nothing was written")  # noqa: T201
    return ExitCode.OK


def _file(place: Place) -> str:
    return f"{place[0]}.{place[1]}.jsonl"


def _line(trial: Trial) -> str:
    baseline = replace(
        trial,
        arm=Arm.BASELINE,
        reused="",
        calls=0,
        cost_usd=0.0,
        judge_cost_usd=0.0,
        booked_usd=0.0,
    )
    return json.dumps(encode(baseline)) + "\n"
