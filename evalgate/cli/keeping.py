"""Writes the trials of stable versions into the records of the work tree."""

import json
from collections.abc import Iterable
from dataclasses import replace

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_lines import encode
from evalgate.cli.printing import print_lines
from evalgate.deciding.wording import counted
from evalgate.gate.recording import Place, recorded
from evalgate.model.policy import Policy
from evalgate.model.trial import Arm, Trial
from evalgate.prompts.library import read_prompts


def keep(
    fresh: Iterable[Trial], policy: Policy, repository: GitRepository, *, instead: bool = False
) -> None:
    """Keep the trials of versions that are stable in the work tree, and say which.

    Args:
        fresh: the trials of runs, of any versions.
        policy: names the folders.
        repository: whose work tree is written to.
        instead: whether they take the place of what is on record for their prompts and sets.
    """
    prompts = read_prompts(
        repository.files(None, [policy.paths.prompts]), policy.paths.prompts, FORMATS
    )
    stable = {
        name: identity
        for name, prompt in prompts.items()
        if prompt.stable and (identity := prompt.identity(prompt.stable))
    }
    past = RecordFiles(repository.files(None, [policy.paths.baselines]))
    kept = recorded(past.trials(), fresh, stable=stable, instead=instead)
    folder = repository.root / policy.paths.baselines
    files: dict[str, str] = {}
    for place, trials in kept.items():
        # Two places may share a file: names of prompts and of sets can have dots.
        files[_file(place)] = files.get(_file(place), "") + "".join(map(_line, trials))
    write_files(folder, files)
    said = [
        f"{counted(len(trials), 'trial')} of {place[0]} on {place[1]}: {folder / _file(place)}"
        for place, trials in kept.items()
    ]
    print_lines(said or ["no trial of a stable version: nothing was written"])


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
