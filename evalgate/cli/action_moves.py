"""Moves what lasts, for the Action: the live pointer of a version, and records of stable ones."""

from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.git import GitRepository
from evalgate.cli.action_task import Task
from evalgate.cli.action_world import outside_of, rules_of, terms_of
from evalgate.cli.promote import VERB
from evalgate.cli.promotion import promote_on_github
from evalgate.cli.recording import record_on_github
from evalgate.errors import ExitCode, UsageError


def promote(task: Task) -> ExitCode:
    """Judge the version that the inputs name, and move its live pointer when it passes.

    Raises:
        UsageError: when the simulator is to answer, among other things.
    """
    if task.inputs.flag("simulate", default=False):
        raise UsageError(
            "simulated answers are no reason to give a version traffic: leave out the input "
            "simulate, or try the promotion with `evalgate promote --simulate`"
        )
    actions.set_outputs({"upload": "true"})
    repository = GitRepository(Path.cwd())
    with task.github() as github:
        return promote_on_github(
            task.workflow,
            task.inputs,
            github,
            repository,
            event=task.event,
            folder=task.folder,
            world=outside_of(task, repository),
            terms=terms_of(task.inputs, task.environment, rules_of(task), again=VERB),
        )


def record(task: Task) -> ExitCode:
    """Record what the records of the stable versions lack, and commit it."""
    actions.set_outputs({"upload": "true"})
    with task.github() as github:
        return record_on_github(
            task.workflow,
            task.inputs,
            github,
            GitRepository(Path.cwd()),
            folder=task.folder,
            default_branch=task.event.default_branch,
        )
