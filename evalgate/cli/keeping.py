"""Writes the trials of stable versions into the records of the work tree."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.records import SUFFIX, RecordFiles
from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_lines import encode
from evalgate.cli.printing import print_lines
from evalgate.deciding.wording import counted
from evalgate.gate.recording import Place, recorded
from evalgate.gate.records import read_records
from evalgate.model.document import Tree
from evalgate.model.policy import Policy
from evalgate.model.trial import Arm, Trial
from evalgate.prompts.library import read_prompts


def keep(
    fresh: Iterable[Trial],
    policy: Policy,
    repository: GitRepository,
    *,
    in_workflow: bool,
    instead: bool = False,
) -> None:
    """Keep the trials of versions that are stable in the work tree, and say which.

    Args:
        fresh: the trials of runs, of any versions.
        policy: names the folders, and the branch of the records if they have one.
        repository: whose work tree is written to.
        in_workflow: whether only origin's branch of records counts.
        instead: whether they take the place of what is on record for their prompts and sets.
    """
    past = RecordFiles(_past(policy, repository, in_workflow=in_workflow))
    stable = stable_hashes(policy, repository)
    kept = recorded(past.trials(), fresh, stable=stable, instead=instead)
    folder = repository.root / policy.paths.baselines
    files: dict[str, str] = {}
    for place, trials in kept.items():
        # Two places may share a file: names of prompts and of sets can have dots.
        files[file_of(place)] = files.get(file_of(place), "") + record_text(trials)
    write_files(folder, files)
    said = [
        f"{counted(len(trials), 'trial')} of {place[0]} on {place[1]}: {folder / file_of(place)}"
        for place, trials in kept.items()
    ]
    print_lines(said or ["no trial of a stable version: nothing was written"])
    if said and policy.baseline.branch is not None:
        print_lines([f"the gate reads records from {policy.baseline.branch}: commit them there"])


def stable_hashes(policy: Policy, repository: GitRepository) -> Mapping[str, str]:
    """Return the hash of each prompt's stable version in the work tree."""
    prompts = read_prompts(
        repository.files(None, [policy.paths.prompts]), policy.paths.prompts, FORMATS
    )
    return {
        name: identity
        for name, prompt in prompts.items()
        if prompt.stable and (identity := prompt.identity(prompt.stable))
    }


def file_of(place: Place) -> str:
    """Return the name of the file with the records of a place."""
    return f"{place[0]}.{place[1]}.jsonl"


def record_text(trials: Iterable[Trial]) -> str:
    """Return trials as the lines of a record: of the baseline, and at no cost."""
    return "".join(map(_line, trials))


def _past(policy: Policy, repository: GitRepository, *, in_workflow: bool) -> Tree:
    """Return what is on record, with what an earlier call left in the work tree, which counts."""
    known = read_records(repository, policy, trusted=None, in_workflow=in_workflow).files
    here = _here(repository.root, policy.paths.baselines)
    if policy.baseline.branch is None:
        return {**known, **here}
    return {path: known.get(path, b"") + here.get(path, b"") for path in {*known, *here}}


def _here(root: Path, folder: str) -> Tree:
    """Return the records that lie in a folder, also where git is told to ignore them."""
    files = sorted((root / folder).glob(f"*{SUFFIX}"))
    return {f"{folder}/{path.name}": path.read_bytes() for path in files if path.is_file()}


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
