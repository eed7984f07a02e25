"""`evalgate action`: what the Action runs, for whatever event started the workflow."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import fields

from evalgate.adapters import actions
from evalgate.cli.action_folders import result_folder
from evalgate.cli.action_forks import judge_approved, relay_screening, screen
from evalgate.cli.action_gate import gate_change
from evalgate.cli.action_moves import promote, record
from evalgate.cli.action_rollout import roll_out
from evalgate.cli.action_task import Task
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.events import event_of
from evalgate.cli.printing import print_lines
from evalgate.cli.workflow import Inputs, read_inputs, read_workflow
from evalgate.errors import ExitCode, UsageError
from evalgate.model.event import Activity
from evalgate.publishing.activities import Wish, activity_of
from evalgate.publishing.handover import NOTHING_OWED


def add_arguments(parser: ArgumentParser) -> None:
    """Declare nothing: the Action passes its inputs by the environment, where nothing is quoted."""
    parser.epilog = (
        "It reads the event and the inputs from the environment (GITHUB_EVENT_NAME, EVALGATE_BASE "
        "and so on); by hand use `evalgate gate`."
    )


def run(_: Namespace) -> ExitCode:
    """Do what the event asks for, and leave what the publishing step needs."""
    environment, workflow = read_environment(os.environ), read_workflow(os.environ)
    if not environment.in_workflow:
        raise UsageError(
            "`evalgate action` runs inside of a workflow of GitHub Actions; elsewhere use "
            "`evalgate gate`"
        )
    actions.check()
    for secret in (environment.api_key, workflow.token):
        actions.mask(secret)
    inputs = read_inputs(os.environ)
    event = event_of(workflow)
    activity = activity_of(event, _wish(inputs, environment))
    folder = result_folder(inputs, environment)
    print_lines([f"event {event.name}: {_SAID[activity]}"])
    actions.set_outputs({"folder": str(folder), "activity": activity.value})
    task = Task(
        event=event, workflow=workflow, inputs=inputs, environment=environment, folder=folder
    )
    if activity not in _OWES_A_STATUS:
        task.hand_over(NOTHING_OWED)
    return _DEEDS[activity](task)


def _wish(inputs: Inputs, environment: Environment) -> Wish:
    clouds = environment.clouds
    ways = [environment.api_key, environment.base_url]
    ways += [str(getattr(clouds, each.name)) for each in fields(clouds)]
    return Wish(
        activity=inputs.activity,
        rolls_out=bool(inputs.rollout),
        promotes=bool(inputs.prompt or inputs.version or inputs.percent),
        judges=bool(inputs.pull_request or inputs.content),
        can_call=any(ways) or inputs.flag("simulate", default=False),
    )


def _do_nothing(_: Task) -> ExitCode:
    print_lines(["nothing to judge, and nothing to record"])
    return ExitCode.OK


_DEEDS: Mapping[Activity, Callable[[Task], ExitCode]] = {
    Activity.GATE: gate_change,
    Activity.SCREEN: screen,
    Activity.RELAY: relay_screening,
    Activity.JUDGE_FORK: judge_approved,
    Activity.PROMOTE: promote,
    Activity.ROLLOUT: roll_out,
    Activity.RECORD: record,
    Activity.NOTHING: _do_nothing,
}

_OWES_A_STATUS = frozenset({Activity.GATE, Activity.SCREEN})
"""What the commit of the event waits for; the others find out themselves whether one does."""

_SAID: Mapping[Activity, str] = {
    Activity.GATE: "judging the change",
    Activity.SCREEN: "checking what needs no key; a maintainer may have the rest judged",
    Activity.RELAY: "publishing what the run of a fork came to",
    Activity.JUDGE_FORK: "judging an approved pull request",
    Activity.PROMOTE: "promoting a version",
    Activity.ROLLOUT: "looking at what production shows of a version",
    Activity.RECORD: "recording the stable versions",
    Activity.NOTHING: "this asks for nothing",
}
