"""`evalgate alert`: tries the sinks of alerts, and shows what was told where."""

import os
import shlex
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from evalgate.adapters.alert_delivery import AlertDelivery
from evalgate.adapters.alert_state import FILE, read_alert_state, write_alert_state
from evalgate.cli.alert_desk import FOLDER
from evalgate.cli.alert_sinks import open_sink
from evalgate.cli.alert_table import list_document, list_lines, trial_document, trial_lines
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import add_policy_argument, policy_for
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.prompt_place import usual_place
from evalgate.errors import ExitCode, UsageError
from evalgate.model.alert import SinkRules
from evalgate.model.reading import suggestion
from evalgate.monitoring.alarms.delivering import mended
from evalgate.monitoring.alarms.sink_trial import SinkTrial, ended, trial_parcel

PROMPTS = Path("prompts")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions of the verb and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    test = actions.add_parser("test", help="send a test alert and its end to each sink")
    test.add_argument("--sink", metavar="NAME", help="this sink alone")
    listed = actions.add_parser("list", help="what is firing, and who was told")
    for action in (test, listed):
        add_policy_argument(action)
        action.add_argument(
            "--prompts",
            metavar="DIR",
            type=Path,
            default=PROMPTS,
            help="whose policy it is (default: prompts)",
        )
        action.add_argument(
            "--folder",
            metavar="DIR",
            type=Path,
            help=f"where the monitor remembers what was told (default: {FOLDER} at the root of the "
            "repository)",
        )
        action.add_argument("--json", action="store_true", help="print it for machines")


def run(options: Namespace) -> ExitCode:
    """Do the action that was asked for."""
    return _ACTIONS[options.action](options)


def try_sinks(
    sinks: Sequence[SinkRules], *, at: float, variables: Mapping[str, str] = os.environ
) -> tuple[SinkTrial, ...]:
    """Send a test alert and its end to sinks, side by side, and return what became of them.

    Args:
        sinks: whom to try.
        at: now, in seconds since 1970.
        variables: the environment, with what is secret.
    """
    delivery = AlertDelivery(sinks, partial(open_sink, variables=variables))
    fired = {each.name: trial_parcel(each, at=at) for each in sinks}
    begun = {each.sink: each for each in delivery.deliver([*fired.values()], at=at)}
    ends = [
        ended(parcel, reference=begun[name].reference)
        for name, parcel in fired.items()
        if not begun[name].failure
    ]
    over = {each.sink: each for each in delivery.deliver(ends, at=at)}
    return tuple(
        SinkTrial(rules=each, fired=begun[each.name], resolved=over.get(each.name))
        for each in sinks
    )


def _test(options: Namespace) -> ExitCode:
    sinks = _chosen(policy_for(options.policy, options.prompts).monitor.alerts, options.sink)
    trials = try_sinks(sinks, at=time.time())
    if options.json:
        print_json(as_json(trial_document(trials)))
    else:
        print_lines(trial_lines(trials))
    _remember(trials, _folder(options) / FILE)
    return ExitCode.FAIL if any(each.failure for each in trials) else ExitCode.OK


def _list(options: Namespace) -> ExitCode:
    sinks = policy_for(options.policy, options.prompts).monitor.alerts
    state = read_alert_state(_folder(options) / FILE)
    if options.json:
        print_json(as_json(list_document(state, sinks)))
    else:
        test = partial(_test_command, options)
        print_lines(list_lines(state, sinks, now=time.time(), test=test))
    return ExitCode.OK


def _folder(options: Namespace) -> Path:
    return options.folder or usual_place(FOLDER, options.prompts)


def _test_command(options: Namespace, sink: str) -> str:
    """Return the command that tries a sink, with the options of this one."""
    usual = usual_place(FOLDER, options.prompts)
    named = {
        "--policy": options.policy,
        "--prompts": None if options.prompts == PROMPTS else options.prompts,
        "--folder": None if options.folder == usual else options.folder,
    }
    words = [word for option, path in named.items() if path for word in (option, str(path))]
    return shlex.join(("evalgate", "alert", "test", "--sink", sink, *words))


def _chosen(sinks: Sequence[SinkRules], name: str | None) -> Sequence[SinkRules]:
    if not sinks:
        raise UsageError(
            "the policy names no place for alerts: add one under `monitor.alerts`, with its `kind` "
            "and the `variable` that holds its secret; docs/alerts.md shows each kind"
        )
    chosen = [each for each in sinks if name in (None, each.name)]
    if not chosen:
        known = suggestion(name or "", [each.name for each in sinks])
        raise UsageError(f"the policy names no sink `{name}`{known}")
    return chosen


def _remember(trials: Sequence[SinkTrial], path: Path) -> None:
    """Let what waits for a sink that failed until now be told at the next look."""
    state = read_alert_state(path)
    well = {each.rules.name for each in trials if not each.failure} & set(state.failing)
    if well:
        write_alert_state(path, state, mended(state, well))
        notify(f"{', '.join(sorted(well))} failed before: what waits is told at the next look")


_ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {"list": _list, "test": _test}
