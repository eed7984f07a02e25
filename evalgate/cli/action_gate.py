"""Judges a change for the Action: the whole of it, one shard of it, or the shards together."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.git import GitRepository
from evalgate.cli import gate, merge, run
from evalgate.cli.action_folders import check_uncommitted
from evalgate.cli.action_task import Task
from evalgate.cli.action_words import gate_words, parsed
from evalgate.cli.earlier_attempt import earlier_trials
from evalgate.cli.question import policies, read_question
from evalgate.cli.session import read_begun_run
from evalgate.errors import ExitCode, GitHubError, UsageError
from evalgate.gate.roots import root_name
from evalgate.publishing.handover import NOTHING_OWED, Handover, handover_of
from evalgate.publishing.results import pending_status
from evalgate.publishing.surfaces import show_statuses


def gate_change(task: Task) -> ExitCode:
    """Judge the change that an event brings, and say on its commit that it is being judged."""
    if task.inputs.shard:
        return _run_shard(task)
    return _merge(task) if task.inputs.merge else _gate(task)


def _run_shard(task: Task) -> ExitCode:
    words = [*gate_words(task.event, task.inputs), f"--shard={task.inputs.shard}"]
    task.hand_over(NOTHING_OWED)  # the job that joins the shards says what they come to
    return run.run(parsed(run.VERB, run.add_arguments, [*words, f"--out={task.folder}"]))


def _gate(task: Task) -> ExitCode:
    words = [*gate_words(task.event, task.inputs), f"--out={task.folder}"]
    options = parsed(gate.VERB, gate.add_arguments, words)
    # Left first: whatever ends this process from here on, the commit gets a status.
    task.hand_over(_handover(task))
    repository = GitRepository(Path.cwd())
    question = read_question(options, task.environment, repository)
    names = [root_name(path) for path in policies(options, question, repository)]
    alone = len(names) == 1
    folders = {name: "." if alone else name for name in names}
    _announce(task, replace(_handover(task), folders=folders))
    options.evidence = list(earlier_trials(task)) or None
    return gate.run(options)


def _merge(task: Task) -> ExitCode:
    check_uncommitted("merge", Path(task.inputs.merge))
    folders = sorted(path for path in Path(task.inputs.merge).glob("*/") if path.is_dir())
    if not folders:
        raise UsageError(
            f"the input merge names {task.inputs.merge}, which holds no folder of a shard: "
            "download the artifacts of all shards into it"
        )
    root = root_name(read_begun_run(folders[0]).question.policy)
    _announce(task, replace(_handover(task), folders={root: "."}))
    words = [f"--out={task.folder}", *map(str, folders)]
    return merge.run(parsed("merge", merge.add_arguments, words))


def _handover(task: Task) -> Handover:
    folders = {root_name(task.inputs.policy): "."}
    return replace(handover_of(task.event, base=task.inputs.base), folders=folders)


def _announce(task: Task, handover: Handover) -> None:
    """Leave word for the publishing step, and say on the commit that it is being judged."""
    task.hand_over(handover)
    actions.set_outputs({"upload": "true"})
    if not task.workflow.token:
        return
    url = task.workflow.run_url
    statuses = [pending_status(root, url=url, target=handover.target) for root in handover.folders]
    # What is refused here is refused to the publishing step too, which warns of it.
    with suppress(GitHubError), task.github() as github:
        show_statuses(github, handover.commit, statuses)
