"""Publishes, where there is a token for it, what a pull request of a stranger comes to unapproved.

The run of the pull request had neither key nor token, and what it has left may be anybody's work.
So everything is derived again here, from objects of git and from the base's records; what the run
has handed in only fills gaps, and decides nothing.
"""

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.records import EarlierTrials
from evalgate.adapters.run_folder import make_folder, write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli.action_task import hand_over
from evalgate.cli.complaint import complain
from evalgate.cli.environment import read_environment
from evalgate.cli.fetched import FetchedPull, fetch_pull, fetched_hash, run_folders, tell
from evalgate.cli.printing import as_one_line
from evalgate.cli.publication import (
    Publication,
    prepare,
    publish,
    publish_roots,
    refusal,
)
from evalgate.cli.submitted import pull_of, submission_of
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.cli.world import outside
from evalgate.errors import ConfigurationError, ExitCode
from evalgate.gate.estimate_words import cost_words
from evalgate.gate.estimating import Known, PlanEstimate, estimate_plan
from evalgate.gate.execution import Mode
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.recorded import recorded
from evalgate.gate.replaying import from_store
from evalgate.gate.roots import root_name
from evalgate.model.event import Event
from evalgate.model.github import CommitState
from evalgate.model.github_port import GitHub
from evalgate.model.ports import TrialLog
from evalgate.model.report_folder import PLAN, TRIALS
from evalgate.model.trial import Trial
from evalgate.model.verdict import RunVerdict
from evalgate.publishing.approval import approval_command, read_workflow_name
from evalgate.publishing.handover import FILE, Handover, Standing, target_of
from evalgate.publishing.screening import (
    banner,
    of_plan,
    passed_over,
    refused,
    standing,
    unverified,
)
from evalgate.publishing.submission import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relaying:
    """What all roots of a pull request are told with; `command` has the pull request judged.

    `target` is the branch that it is judged against, where that is not the default one.
    """

    world: Outside
    submission: Submission | None
    command: str
    publication: Publication
    target: str


def relay(  # noqa: PLR0913 - what the Action hands over, and where to
    event: Event,
    workflow: Workflow,
    inputs: Inputs,
    github: GitHub,
    repository: GitRepository,
    *,
    folder: Path,
) -> ExitCode:
    """Derive anew what an unapproved pull request comes to, and leave what is to be published.

    Args:
        event: the `workflow_run` that tells of the pull request's run.
        workflow: the run that this is, on the default branch.
        inputs: how the workflow is called that judges what is approved.
        github: where pull requests and artifacts are looked up.
        repository: a clone whose origin has the pull request.
        folder: where `publication.json` and the run folders go.

    Raises:
        EvalgateError: when what was handed in is no submission, or something cannot be fetched.
    """
    name = read_workflow_name(inputs.forks_workflow)
    environment = read_environment(os.environ)
    publication = Publication(folder=folder, as_json=False, in_workflow=environment.in_workflow)
    pull = pull_of(event, github)
    if isinstance(pull, str):
        return _nothing(pull, publication)
    submission = submission_of(event, github)
    is_own = pull.head_repository.casefold() == workflow.repository.casefold()
    if submission is None and is_own:
        return _nothing("the run had a token, and has published itself", publication)
    fetched = fetch_pull(repository, pull, token=workflow.token)
    if fetched.head != event.head:
        return _nothing("the pull request has a newer head by now", publication)
    relaying = _Relaying(
        world=outside(repository, environment, ()),
        submission=submission,
        command=approval_command(pull.number, fetched_hash(repository, fetched), workflow=name),
        publication=publication,
        target=target_of(pull.base_ref, default_branch=event.default_branch),
    )
    _relay_roots(fetched, relaying)
    return ExitCode.OK


def _nothing(why: str, publication: Publication) -> ExitCode:
    tell(f"nothing is published here: {why}", in_workflow=publication.in_workflow)
    return ExitCode.OK


def _relay_roots(fetched: FetchedPull, relaying: _Relaying) -> None:
    publication = relaying.publication
    make_folder(publication.folder, [FILE])
    folders = run_folders(fetched.questions)
    standings: dict[str, Standing] = {}
    for question in fetched.questions:
        root = root_name(question.policy)
        own = publication
        if len(fetched.questions) > 1:
            own = replace(
                publication,
                folder=publication.folder / root,
                root=root,
                shares=len(fetched.questions),
            )
        standings[root] = _relay_root(question, replace(relaying, publication=own))
    if len(fetched.questions) > 1:
        worst = max(standings, key=lambda root: _GRAVITY.index(standings[root].state))
        publish_roots(publication, list(folders), worst=worst)
    handover = Handover(
        commit=fetched.head,
        number=fetched.pull.number,
        folders=folders,
        target=relaying.target,
        standings=standings,
    )
    hand_over(handover, publication.folder)


_GRAVITY = (CommitState.SUCCESS, CommitState.PENDING, CommitState.ERROR, CommitState.FAILURE)
"""The states of several roots, the one that counts last."""


def _relay_root(question: Question, relaying: _Relaying) -> Standing:
    """Publish one root into its run folder, and return what its commit status says."""
    publication = relaying.publication
    prepare(publication)
    try:
        plan = plan_gate(question, relaying.world)
    except ConfigurationError as error:
        complain(error)
        publish(publication, refusal(question, error), problems=error.problems)
        return refused(str(error))
    document = plan_document(plan)
    write_files(publication.folder, {PLAN: as_one_line(document)})
    with TrialFile(publication.folder / TRIALS) as log:
        verdict = _concluded(plan, relaying, log)
        estimate = _estimate(plan, relaying.world)
        told = publish(
            publication,
            verdict,
            plan=plan,
            log=log,
            repository=relaying.world.repository,
            banner=banner(
                plan,
                verdict,
                waiting=estimate.total.trials,
                cost=f"cost {cost_words(estimate.total.total.cost)}",
                command=relaying.command,
            ),
        )
    return standing(plan, verdict, headline=told.headline, waiting=estimate.total.trials)


def _concluded(plan: Plan, relaying: _Relaying, log: TrialLog) -> RunVerdict:
    """Return the verdict by records and by what was handed in, the latter deciding nothing."""
    root = root_name(plan.sources.question.policy)
    submission = relaying.submission
    submitted = submission.roots.get(root, ()) if submission else ()
    world = replace(relaying.world, evidence=EarlierTrials(of_plan(plan, submitted)))
    found = asyncio.run(
        run_gate(plan, world, log=log, on_trial=_ignore, mode=Mode(engine=from_store))
    )
    notes = passed_over(submitted, log.read())
    return replace(unverified(found), notes=(*found.notes, *notes))


def _estimate(plan: Plan, world: Outside) -> PlanEstimate:
    return estimate_plan(plan, world.prices, known=Known(is_recorded=recorded(plan, world)))


def _ignore(trial: Trial) -> None:
    """Show nothing of a trial."""
