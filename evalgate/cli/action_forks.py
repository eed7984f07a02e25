"""Does for the Action what pull requests of strangers ask for, in their run and on our side."""

from dataclasses import replace
from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.git import GitRepository
from evalgate.cli import gate
from evalgate.cli.action_task import Task
from evalgate.cli.action_words import gate_words, parsed
from evalgate.cli.action_world import rules_of
from evalgate.cli.judge_fork import judge_fork
from evalgate.cli.printing import print_lines
from evalgate.cli.relay import relay
from evalgate.errors import ExitCode
from evalgate.publishing.submission import FILE as SUBMISSION


def screen(task: Task) -> ExitCode:
    """Check what needs no call, without a key, and leave what the trusted side may use of it."""
    if task.inputs.shard and not task.inputs.shard.startswith("1/"):
        print_lines(["without a key there is nothing to share out: the first shard checks it all"])
        return ExitCode.OK
    actions.set_outputs({"upload": "true"})
    # Not the merge that is checked out: what is handed over has to be about the head itself.
    inputs = replace(task.inputs, simulate="", head=task.inputs.head or task.event.head)
    words = [*gate_words(task.event, inputs), "--replay", f"--out={task.folder}"]
    code = gate.run(parsed(gate.VERB, gate.add_arguments, words))
    if (handed := task.folder / SUBMISSION).is_file():
        actions.set_outputs({"submission": str(handed)})
    return code


def relay_screening(task: Task) -> ExitCode:
    """Leave for publishing what a stranger's pull request comes to without a call."""
    actions.set_outputs({"upload": "true"})
    repository = GitRepository(Path.cwd())
    with task.github() as github:
        return relay(task.event, task.workflow, task.inputs, github, repository, folder=task.folder)


def judge_approved(task: Task) -> ExitCode:
    """Judge the pull request that the inputs name and approve."""
    actions.set_outputs({"upload": "true"})
    rules = rules_of(task)
    with task.github() as github:
        return judge_fork(
            task.workflow,
            task.inputs,
            github,
            GitRepository(Path.cwd()),
            folder=task.folder,
            default_branch=task.event.default_branch,
            rules=rules,
        )
