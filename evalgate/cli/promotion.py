"""A promotion that a workflow was dispatched for: gated, recorded, and made on GitHub."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from evalgate.adapters import actions
from evalgate.adapters.git import GitRepository
from evalgate.cli.complaint import notify
from evalgate.cli.printing import print_lines
from evalgate.cli.promoting import Prepared, judge_promotion, prepare, today
from evalgate.cli.publication import Publication
from evalgate.cli.question import new_run_id
from evalgate.cli.session import Terms
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.gate.outside import Outside
from evalgate.gate.roots import find_policies
from evalgate.model.event import Event
from evalgate.model.github import Annotation, DeploymentState, Level
from evalgate.model.github_port import GitHub
from evalgate.model.policy import MoveBy
from evalgate.model.verdict import RunVerdict
from evalgate.reporting.markdown import prose
from evalgate.reporting.visible import safe_line, short
from evalgate.rollout.announcement import (
    branch_name,
    commit_message,
    deployment_of,
    headline,
    page,
    title,
)
from evalgate.rollout.deployment import Record, recorded
from evalgate.rollout.moving import (
    PointerMove,
    check_unmoved,
    move_by_commit,
    move_by_pull_request,
)
from evalgate.rollout.request import Request, read_request
from evalgate.rollout.ruling import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What a promotion is made with: the run of the workflow, GitHub, and the move to make."""

    workflow: Workflow
    github: GitHub
    prepared: Prepared
    move: PointerMove


def promote_on_github(  # noqa: PLR0913 - all that the run of a workflow has
    workflow: Workflow,
    inputs: Inputs,
    github: GitHub,
    repository: GitRepository,
    *,
    event: Event,
    folder: Path,
    world: Outside,
    terms: Terms,
) -> ExitCode:
    """Gate what the inputs ask for, and on pass move the live pointer as the policy says.

    Args:
        workflow: the run, dispatched on the default branch.
        inputs: `prompt`, `version`, `percent`, `reason` and `policy`.
        github: the repository on GitHub.
        repository: its checkout, which has the commit of the run.
        event: with the branch that the run was dispatched on, and the default branch.
        folder: the run folder.
        world: what the gate reaches for.
        terms: how its run is made.

    Raises:
        UsageError: when what is asked for may not be done.
        GitHubError: when GitHub keeps the live pointer from moving.
        EvalgateError: as the gate does.
    """
    try:
        prepared = _prepare(workflow, inputs, repository=repository, event=event)
        if prepared.is_done:
            return _nothing_to_do(workflow, prepared)
        desk = _desk(workflow, github, prepared, branch=event.default_branch)
        publication = Publication(folder=folder, as_json=False, in_workflow=_is_told(workflow))
        ruling, verdict, outcome = _promote(
            desk, repository, publication=publication, world=world, terms=terms
        )
    except EvalgateError as error:
        with suppress(UsageError):  # the step may be why; the first error is the one to show
            _announce(workflow, Level.ERROR, f"it stopped: {error}")
        raise
    _conclude(desk, ruling, verdict, outcome=outcome)
    return ruling.exit_code


def _prepare(
    workflow: Workflow, inputs: Inputs, *, repository: GitRepository, event: Event
) -> Prepared:
    check_branch(event, "a promotion")
    request = _request(workflow, inputs)
    base = repository.resolve(workflow.commit)
    policies = policies_of(inputs, repository, base)
    return prepare(request, policies, base=base, repository=repository)


def _desk(workflow: Workflow, github: GitHub, prepared: Prepared, *, branch: str) -> _Desk:
    move = PointerMove(
        branch=branch,
        path=prepared.path,
        before=prepared.before,
        after=prepared.text,
        message=commit_message(prepared.promotion),
        judged=prepared.judged,
    )
    return _Desk(workflow=workflow, github=github, prepared=prepared, move=move)


def _promote(
    desk: _Desk,
    repository: GitRepository,
    *,
    publication: Publication,
    world: Outside,
    terms: Terms,
) -> tuple[Ruling, RunVerdict, str]:
    """Judge and carry out a promotion, on record, and say in words what has come of it."""
    # A run that waited, or is run again, may be about a past that is over: nothing is paid for it.
    check_unmoved(desk.github, desk.move)
    prepared = desk.prepared
    deployment = deployment_of(
        prepared.promotion,
        ref=prepared.base,
        environment=prepared.root.policy.promotion.environment,
    )
    url = desk.workflow.run_url
    with recorded(desk.github, deployment, log_url=url, warn=notify) as record:
        ruling, verdict = judge_promotion(
            prepared, world, repository=repository, publication=publication, terms=terms
        )
        return ruling, verdict, _carry_out(desk, ruling, verdict, record)


def check_branch(event: Event, what: str) -> None:
    """Raise UsageError when the run is not about the default branch; `what` starts from there."""
    if not event.default_branch or event.branch != event.default_branch:
        where = f"`{event.branch}`" if event.branch else "no branch"
        raise UsageError(
            f"{what} starts from the default branch (`{event.default_branch}`), and this run "
            f"is about {where}: start it by `workflow_dispatch`, on the default branch"
        )


def _request(workflow: Workflow, inputs: Inputs) -> Request:
    return read_request(
        inputs.prompt,
        inputs.version,
        percent=inputs.percent,
        reason=inputs.reason,
        by=workflow.actor,
        at=today(),
        verdict=new_run_id(),
    )


def policies_of(inputs: Inputs, repository: GitRepository, base: str) -> Sequence[str]:
    """Return the paths of the policies that may rule: the one that is named, or all."""
    if inputs.policy:
        return [normpath(inputs.policy)]
    return find_policies(repository, base=base, head=base)


def _nothing_to_do(workflow: Workflow, prepared: Prepared) -> ExitCode:
    if _is_told(workflow):
        actions.publish({"verdict": "not_applicable"}, "")
    said = f"nothing to do: as it stands, {headline(prepared.promotion)}"
    _announce(workflow, Level.NOTICE, said)
    return ExitCode.OK


def _carry_out(desk: _Desk, ruling: Ruling, verdict: RunVerdict, record: Record) -> str:
    """Move the pointer when the ruling lets it, and return what has come of it.

    Raises:
        GitHubError: when it could not be moved.
    """
    if not ruling.passes:
        record.end(DeploymentState.FAILURE, ruling.why)
        return f"{verdict.verdict.value}: the live pointer has not moved"
    if desk.prepared.root.policy.promotion.by is MoveBy.COMMIT:
        return _by_commit(desk, record)
    return _by_pull_request(desk, ruling, verdict, record)


def _by_commit(desk: _Desk, record: Record) -> str:
    commit = move_by_commit(desk.github, desk.move)
    said = headline(desk.prepared.promotion)
    record.end(DeploymentState.SUCCESS, said)
    return f"{said}, by the commit `{short(commit)}`"


def _by_pull_request(desk: _Desk, ruling: Ruling, verdict: RunVerdict, record: Record) -> str:
    promotion, url = desk.prepared.promotion, desk.workflow.run_url
    said = headline(promotion)
    pull = move_by_pull_request(
        desk.github,
        desk.move,
        branch=branch_name(promotion),
        title=title(promotion),
        body=page(promotion, ruling, verdict, outcome=f"{said}, once this is merged", run_url=url),
    )
    record.end(DeploymentState.QUEUED, f"waiting for pull request #{pull.number}: {said}")
    return f"{said}, once the pull request {pull.number} is merged ({pull.url})"


def _conclude(desk: _Desk, ruling: Ruling, verdict: RunVerdict, *, outcome: str) -> None:
    promotion, url = desk.prepared.promotion, desk.workflow.run_url
    level = Level.NOTICE if ruling.passes else Level.ERROR
    summary = page(promotion, ruling, verdict, outcome=outcome, run_url=url)
    for warning in promotion.warnings:
        notify(warning)
    _announce(desk.workflow, level, outcome, summary=summary)


def _announce(workflow: Workflow, level: Level, message: str, *, summary: str = "") -> None:
    """Say what has become of a promotion: in the job summary and an annotation, or on a line."""
    if not _is_told(workflow):
        print_lines([f"Promotion: {safe_line(message)}"])
        return
    actions.publish({}, summary or f"### Promotion: {prose(message)}\n")
    said = safe_line(message)
    actions.annotate(Annotation(level=level, title="evalgate promotion", message=said))


def _is_told(workflow: Workflow) -> bool:
    return bool(workflow.event_name)
