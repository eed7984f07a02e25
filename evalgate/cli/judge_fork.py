"""Judges a pull request that somebody with write access has approved, as objects of git alone."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.cli.action_task import hand_over
from evalgate.cli.action_world import terms_of
from evalgate.cli.environment import read_environment
from evalgate.cli.fetched import fetch_pull, fetched_hash, run_folders, tell
from evalgate.cli.gate import VERB, gate_each
from evalgate.cli.publication import Publication
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.cli.world import outside
from evalgate.errors import EvalgateError, ExitCode, GitHubError, InterruptedRunError, UsageError
from evalgate.model.github_port import GitHub
from evalgate.publishing.approval import (
    approval_command,
    approves,
    read_approval,
    read_workflow_name,
)
from evalgate.publishing.handover import Handover, target_of
from evalgate.reporting.visible import short
from evalgate.simulator.rules import Rules

_MOST_DIGITS = 10


def judge_fork(  # noqa: PLR0913 - what the Action hands over, and where to
    workflow: Workflow,
    inputs: Inputs,
    github: GitHub,
    repository: GitRepository,
    *,
    folder: Path,
    default_branch: str,
    rules: Sequence[Rules] = (),
) -> ExitCode:
    """Judge the approved content of a pull request, and leave in a folder what is to be published.

    Nothing of the pull request is checked out or run: its files are read through git. Policy,
    records and Python graders are the base's.

    Args:
        workflow: the run that this is; it belongs to a branch of the repository.
        inputs: which pull request, and the hash of the content that was approved.
        github: where the pull request is looked up.
        repository: a clone whose origin has the pull request.
        folder: where `publication.json` and the run folders go.
        default_branch: of the repository.
        rules: of the simulator, when it is to answer.

    Raises:
        UsageError: when the approval is not for what the pull request holds now.
    """
    number, given = _number(inputs.pull_request), read_approval(inputs.content)
    environment = read_environment(os.environ)
    pull = github.pull_request(number)
    if not pull.is_open:
        raise UsageError(f"the pull request {number} is closed: there is nothing to judge")
    fetched = fetch_pull(repository, pull, token=workflow.token)
    _check_approval(given, fetched_hash(repository, fetched), inputs, number=number)
    terms = terms_of(inputs, environment, rules, again=VERB)
    publication = Publication(folder=folder, as_json=False, in_workflow=environment.in_workflow)
    world = outside(repository, environment, rules)
    handover = Handover(
        commit=fetched.head,
        number=number,
        folders=run_folders(fetched.questions),
        target=target_of(pull.base_ref, default_branch=default_branch),
    )
    # Left first: whatever ends this process from here on, the commit gets a status.
    hand_over(handover, folder)
    try:
        code = gate_each(fetched.questions, world, publication=publication, terms=terms)
    except InterruptedRunError:
        raise
    except EvalgateError:  # the run folder tells it, and so must the commit's status
        _hand_over_as_it_stands(handover, github, publication)
        raise
    _hand_over_as_it_stands(handover, github, publication)
    return code


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text)):
        raise UsageError("the input pull-request takes the number of a pull request, such as 12")
    return int(text)


def _check_approval(given: str, digest: str, inputs: Inputs, *, number: int) -> None:
    if approves(given, digest):
        return
    name = read_workflow_name(inputs.forks_workflow)
    raise UsageError(
        f"the approval was for another content than the pull request {number} holds now: a later "
        "push voids it, and so does a base that watches other folders; read what is there and "
        f"approve it with: {approval_command(number, digest, workflow=name)}"
    )


def _hand_over_as_it_stands(handover: Handover, github: GitHub, publication: Publication) -> None:
    """Leave what is to be published; the comment is for what the pull request holds by now."""
    try:
        is_current = github.pull_request(handover.number).head == handover.commit
        why = "has a newer head by now"
    except GitHubError as error:  # which takes nothing from what was judged
        is_current, why = False, f"cannot be looked up any more ({error})"
    if not is_current:
        tell(
            f"the pull request {handover.number} {why}, so its comment is left alone; the "
            f"status of {short(handover.commit)} says what this run came to",
            in_workflow=publication.in_workflow,
        )
    hand_over(replace(handover, comments=is_current), publication.folder)
