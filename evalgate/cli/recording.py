"""Records trials of stable versions where a workflow runs for a push to the default branch.

What the records lack is run in the work tree, as `evalgate record --trials` does, and what comes of
it is committed by GitHub's API: to the default branch, or to a branch that has nothing but records.
"""

import os
from argparse import Namespace
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.cli.action_task import notice
from evalgate.cli.action_words import parsed, run_words
from evalgate.cli.committing import Ledger, commit_records
from evalgate.cli.complaint import complain, notify
from evalgate.cli.environment import read_environment
from evalgate.cli.keeping import file_of, stable_hashes
from evalgate.cli.printing import print_lines
from evalgate.cli.record import NO_RECORD, VERB, add_arguments, check_end
from evalgate.cli.stable_run import StableRun, refuse_pull_requests, run_stable
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.deciding.wording import counted
from evalgate.errors import (
    EvalgateError,
    ExitCode,
    GitHubError,
    InterruptedRunError,
    NothingStableError,
    NotPermittedError,
    UsageError,
)
from evalgate.gate.gathering import work_tree_policy
from evalgate.gate.recording import recorded, usual_number
from evalgate.gate.roots import find_policies, root_name
from evalgate.gate.stable import topped_up
from evalgate.model.github_port import GitHub
from evalgate.model.policy import Policy
from evalgate.model.trial import Trial
from evalgate.reporting.visible import safe_line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A workflow's run that records; `own` are the commits that it has made itself."""

    workflow: Workflow
    inputs: Inputs
    github: GitHub
    repository: GitRepository
    default_branch: str
    own: set[str] = field(default_factory=set)

    def is_latest(self) -> bool:
        """Whether nothing has been pushed since."""
        return self.github.tip(self.default_branch) in {self.workflow.commit, *self.own}


def record_on_github(  # noqa: PLR0913 - what a workflow's run consists of
    workflow: Workflow,
    inputs: Inputs,
    github: GitHub,
    repository: GitRepository,
    *,
    folder: Path,
    default_branch: str,
) -> ExitCode:
    """Top up the records of each root and commit them; what has nothing to run is named.

    What is wrong with one root is said, and the others are recorded all the same.

    Args:
        workflow: the run, whose commit is checked out.
        inputs: of the Action: `policy`, `record_trials` and `max_cost` count here.
        github: where the records are committed.
        repository: the one around the current folder.
        folder: the run folder; each of several roots has a folder inside.
        default_branch: what was pushed to.

    Raises:
        UsageError: when it is a pull request, a simulator is to answer, or another commit is
            checked out.
    """
    refuse_pull_requests(read_environment(os.environ), verb=VERB)
    if inputs.flag("simulate", default=False):
        raise UsageError(NO_RECORD)
    _check_checkout(workflow, repository)
    job = _Job(
        workflow=workflow,
        inputs=inputs,
        github=github,
        repository=repository,
        default_branch=default_branch,
    )
    ruling = _policies(inputs, repository)
    codes = [ExitCode.OK]
    for path in ruling:
        own = folder / root_name(path) if len(ruling) > 1 else folder
        try:
            _record(path, job, own)
        except InterruptedRunError:
            raise
        except EvalgateError as error:
            complain(error)
            codes.append(error.exit_code)
    return max(codes)


def _check_checkout(workflow: Workflow, repository: GitRepository) -> None:
    here = repository.resolve("HEAD")
    if here != workflow.commit:
        raise UsageError(
            f"{here[:12]} is checked out, but the run is about {workflow.commit[:12] or 'nothing'}:"
            " check out what was pushed, which `actions/checkout` does by default"
        )


def _policies(inputs: Inputs, repository: GitRepository) -> Sequence[str]:
    known = find_policies(repository, base=None, head=None)
    if inputs.policy and inputs.policy not in known:
        raise UsageError(
            f"the input policy: there is no {inputs.policy}; there is {', '.join(known)}"
        )
    return (inputs.policy,) if inputs.policy else known


def _record(path: str, job: _Job, folder: Path) -> None:
    """Run what the records under one policy lack, and commit it.

    Raises:
        EvaluationError: when the run came to no end; what it has is committed.
        GitHubError: when nothing could be committed; the run folder keeps the trials.
    """
    if path not in job.repository.listing(None, [path]):
        _notice(f"there is no policy {path} yet, so there is nothing to record by")
        return
    policy = work_tree_policy(path, job.repository, FORMATS)
    if policy.baseline.branch == job.default_branch:
        raise UsageError(
            f"{path}: baseline.branch: {job.default_branch} has everything else too: name a branch "
            "for records alone, or null to commit them beside the prompts"
        )
    trials = _number(job.inputs) or usual_number(policy)
    try:
        done = run_stable(
            _options(job.inputs, policy, folder),
            (VERB, "--trials", str(trials)),
            lambda plan: topped_up(plan, trials),
        )
    except NothingStableError as error:
        for line in str(error).splitlines():
            _notice(line)
        return
    _commit(done, policy, job)
    check_end(done)


def _notice(message: str) -> None:
    """Say what a user should know, on the run's page too."""
    notify(message)
    if read_environment(os.environ).in_workflow:
        notice(safe_line(message))


def _number(inputs: Inputs) -> int | None:
    written = inputs.record_trials
    if written and not written.isdecimal():
        raise UsageError(f"the input record-trials takes a number, not `{written}`")
    return int(written) if written else None


def _options(inputs: Inputs, policy: Policy, folder: Path) -> Namespace:
    """Return the options of `evalgate record` that a run of this kind is made with."""
    words = [f"--policy={policy.path}", f"--out={folder}", *run_words(inputs)]
    return parsed(VERB, add_arguments, words)


def _commit(done: StableRun, policy: Policy, job: _Job) -> None:
    stable = stable_hashes(policy, job.repository)
    source = f"for {job.workflow.commit[:12]} by {job.workflow.run_url or 'evalgate'}"
    ledger = Ledger(
        branch=policy.baseline.branch or job.default_branch,
        trials=_by_file(done, policy, stable),
        stable=stable,
        is_latest=job.is_latest,
        source=source,
    )
    try:
        commit = commit_records(job.github, ledger)
    except GitHubError as error:
        kind = NotPermittedError if isinstance(error, NotPermittedError) else GitHubError
        raise kind(f"{error}\n{_advice(policy)}\n{_kept(done.folder)}") from error
    if commit is None:
        print_lines([f"nothing is lacking in the record on {ledger.branch}"])
        return
    job.own.add(commit)
    print_lines(
        safe_line(f"{counted(len(trials), 'trial')} in {path} on {ledger.branch} ({commit[:12]})")
        for path, trials in ledger.trials.items()
    )


def _by_file(
    done: StableRun, policy: Policy, stable: Mapping[str, str]
) -> Mapping[str, Sequence[Trial]]:
    files: defaultdict[str, list[Trial]] = defaultdict(list)
    for place, trials in recorded((), done.log.read(), stable=stable).items():
        files[f"{policy.paths.baselines}/{file_of(place)}"] += trials
    return files


def _advice(policy: Policy) -> str:
    needs = "the job that records needs `permissions: {contents: write}`"
    if policy.baseline.branch is not None:
        return needs
    return f"{needs}; where the branch is protected, name one for records in `baseline.branch`"


def _kept(folder: Path) -> str:
    return (
        f"no record was stored, but {folder} has the trials: upload it as an artifact, and "
        f"`evalgate {VERB} DIR` keeps them"
    )
