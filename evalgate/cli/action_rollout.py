"""Takes rollouts on or back, for the Action: one that is named, or every one that is under way."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import time

from evalgate.adapters import actions
from evalgate.adapters.git import GitRepository
from evalgate.cli.action_task import Task
from evalgate.cli.action_world import outside_of, rules_of, terms_of
from evalgate.cli.evidence_places import Places
from evalgate.cli.promote import VERB
from evalgate.cli.promotion import check_branch, policies_of
from evalgate.cli.rollout_desk import Desk
from evalgate.cli.rollout_on_github import settle
from evalgate.cli.rollout_rounds import look_after_all
from evalgate.cli.rollout_settled import TITLE, Settled, conclude
from evalgate.cli.rollout_start import start
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.model.github import Annotation, Level
from evalgate.model.github_port import GitHub
from evalgate.reporting.markdown import prose
from evalgate.reporting.visible import safe_line
from evalgate.rollout.dispatch import Act, Dispatch, read_dispatch
from evalgate.rollout.hand_move import Signature, read_signature
from evalgate.rollout.overriding import instant

ITSELF = "evalgate"
"""Who moves a rollout without anybody's word."""


def roll_out(task: Task) -> ExitCode:
    """Do what the inputs say about rollouts.

    Raises:
        UsageError: when the simulator is to answer, among other things.
        GitHubError: when GitHub keeps a live pointer from moving.
    """
    if task.inputs.flag("simulate", default=False):
        raise UsageError(
            "simulated answers are no reason to give a version traffic: leave out the input "
            "simulate"
        )
    actions.set_outputs({"upload": "true"})
    try:
        with task.github() as github:
            settled = rolled_out(task, github, here=Path.cwd())
            return conclude(settled, folder=task.folder, workflow=task.workflow)
    except EvalgateError as error:
        with suppress(UsageError):  # the step may be why; the first error is the one to show
            _announce(str(error))
        raise


def rolled_out(
    task: Task, github: GitHub, *, here: Path, clock: Callable[[], float] = time
) -> Sequence[Settled]:
    """Return how the rollouts were left that the inputs are about.

    Args:
        task: with the inputs.
        github: the repository.
        here: its checkout, from which paths are named.
        clock: gives seconds since 1970.

    Raises:
        UsageError: when what is asked for may not be done.
        EvalgateError: when it could not be done.
    """
    check_branch(task.event, "a rollout")
    inputs = task.inputs
    dispatch = read_dispatch(
        inputs.rollout,
        inputs.prompt,
        inputs.version,
        percent=inputs.percent,
        reason=inputs.reason,
        overrides=inputs.flag("override", default=False),
    )
    desk = desk_of(task, github, here=here, clock=clock)
    signature = _signature(task, dispatch, clock())
    if dispatch.act is Act.WATCH:
        return look_after_all(desk, dispatch, signature)
    if dispatch.act is not Act.START:
        return [settle(desk, dispatch, signature)]
    terms = terms_of(inputs, task.environment, rules_of(task), again=VERB)
    world = outside_of(task, desk.repository)
    return [start(desk, dispatch, signature, world=world, terms=terms)]


def desk_of(task: Task, github: GitHub, *, here: Path, clock: Callable[[], float]) -> Desk:
    """Return what rollouts are moved with, as `rolled_out` has it.

    Raises:
        RepositoryError: when the commit of the run is not checked out.
    """
    repository = GitRepository(here)
    base = repository.resolve(task.workflow.commit)
    branch = task.event.default_branch
    temporary = Path(task.environment.temporary or task.folder.parent)
    return Desk(
        workflow=task.workflow,
        inputs=task.inputs,
        github=github,
        repository=repository,
        branch=branch,
        base=base,
        policies=policies_of(task.inputs, repository, base),
        places=Places(
            github=github,
            branch=branch,
            workspace=here,
            temporary=temporary,
            store=temporary / f"{task.folder.name}-evidence",
        ),
        folder=task.folder,
        clock=clock,
    )


def _signature(task: Task, dispatch: Dispatch, now: float) -> Signature:
    is_asked = dispatch.act is not Act.WATCH
    return read_signature(
        at=instant(now),
        by=task.workflow.actor if is_asked else ITSELF,
        why=task.inputs.reason,
        is_named=is_asked,
    )


def _announce(message: str) -> None:
    said = f"it stopped: {message}"
    actions.publish({"verdict": "error"}, f"### Rollout: {prose(said)}\n")
    actions.annotate(Annotation(level=Level.ERROR, title=TITLE, message=safe_line(said)))
