"""`evalgate incident act`: does a step of the playbook, after it has shown what it would change."""

import shlex
from argparse import ArgumentParser, Namespace

from evalgate.cli.incident_place import (
    add_by_argument,
    add_id_argument,
    folder_of,
    found,
    own_command,
    signed,
)
from evalgate.cli.main import VERBS, load
from evalgate.cli.printing import print_lines
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.model.incident import Action, Incident
from evalgate.monitoring.incidents.following import DONE, FAILED, UNDONE, action_of, with_result
from evalgate.reporting.visible import safe_line

MAY_RUN = frozenset({"rollback", "rollout", "route", "switch"})
"""The verbs that a playbook may run: all of them have a dry run, and say how they are undone."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident act`."""
    add_id_argument(parser)
    parser.add_argument("action", metavar="ACTION", help="the id of a step, such as rollback")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--yes", action="store_true", help="do it; without, it is only shown")
    what.add_argument(
        "--done", action="store_true", help="note that a person has done it, and do nothing"
    )
    parser.add_argument("--undo", action="store_true", help="take the step back")
    parser.add_argument("--note", metavar="TEXT", default="", help="a remark for the history")
    add_by_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Show or do a step of the playbook."""
    stored = found(options)
    incident, action = stored.incident, action_of(stored.incident, options.action)
    _check(incident, action, options)
    if options.done:
        _note(options, incident, outcome=UNDONE if options.undo else DONE)
        what = "taken back" if options.undo else "done"
        print_lines([safe_line(f"Noted: {action.id} was {what} by hand.")])
        return ExitCode.OK
    command = action.undo if options.undo else action.command
    words = _words(action, command, is_undo=options.undo)
    print_lines([safe_line(f"{'Undo' if options.undo else action.title}: {command}")])
    if not options.yes:
        code = _run([*words, "--dry-run"])
        print_lines([safe_line(line) for line in _hints(action, options)])
        return code
    return _do(options, incident, action, words=words)


def _check(incident: Incident, action: Action, options: Namespace) -> None:
    if not incident.is_open:
        raise UsageError(f"{incident.id} is closed: its steps are history")
    if options.undo and (action.result is None or action.result.outcome == UNDONE):
        raise UsageError(f"{action.id} was not done, so that there is nothing to undo")
    if not options.undo and action.is_done:
        raise UsageError(
            f"{action.id} was done already, at {action.result.at if action.result else ''}; to "
            "take it back, --undo"
        )


def _words(action: Action, command: str, *, is_undo: bool) -> list[str]:
    """Return the words of a command that may be run here.

    Raises:
        UsageError: a person has to do it.
    """
    if not _may_run(command):
        told = f"run `{command}` yourself" if command else "do it as the playbook says"
        what, noted = ("taken back", "--undo --done") if is_undo else ("a step", "--done")
        raise UsageError(
            f"{action.id} is {what} {'by' if is_undo else 'for'} a person: {told}, and note it "
            f"with {noted} afterwards"
        )
    return shlex.split(command)[1:]


def _may_run(command: str) -> bool:
    try:
        words = shlex.split(command)
    except ValueError:  # somebody has edited the file
        return False
    return len(words) > 1 and words[0] == "evalgate" and words[1] in MAY_RUN


def _run(words: list[str]) -> ExitCode:
    verb = load(VERBS[words[0]].module)
    parser = ArgumentParser(prog=f"evalgate {words[0]}")
    verb.add_arguments(parser)
    return verb.run(parser.parse_args(words[1:]))


def _do(options: Namespace, incident: Incident, action: Action, *, words: list[str]) -> ExitCode:
    """Do a step, and note how it ended."""
    named = [*words, "--by", options.by] if options.by else words
    try:
        code = _run(named)
    except EvalgateError:
        _note(options, incident, outcome=FAILED)
        raise
    outcome = UNDONE if options.undo else DONE
    _note(options, incident, outcome=outcome if code is ExitCode.OK else FAILED)
    if code is ExitCode.OK and action.verify and not options.undo:
        print_lines([safe_line(line) for line in _afterwards(options, action)])
    return code


def _hints(action: Action, options: Namespace) -> list[str]:
    undo = ("--undo",) if options.undo else ()
    said = ["Nothing was changed."]
    if action.precondition and not options.undo:
        said.append(f"Only if: {action.precondition}.")
    if action.needs_human and not options.undo:
        said.append("It costs users something: a person decides.")
    again = own_command(options, "act", options.id, options.action, *undo, "--yes")
    return [*said, f"Do it with: {again}"]


def _afterwards(options: Namespace, action: Action) -> list[str]:
    def again(*words: str) -> str:
        return own_command(options, "act", options.id, action.id, "--undo", *words)

    looking = f"Look whether it helps: {action.verify}"
    if _may_run(action.undo):
        return [looking, f"Take it back with: {again('--yes')}"]
    back = [f"Take it back with: {action.undo}", f"and note that with: {again('--done')}"]
    return [looking, *(back if action.undo else [])]


def _note(options: Namespace, incident: Incident, *, outcome: str) -> None:
    who = signed(options)
    folder_of(options).change(
        incident.id,
        lambda now: with_result(now, options.action, outcome, who, note=options.note),
    )
