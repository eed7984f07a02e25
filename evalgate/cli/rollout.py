"""`evalgate rollout`: moves a version through its stages of traffic, by evidence."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from evalgate.cli import by_hand, rollout_moves, rollout_watch
from evalgate.cli.evidence_options import (
    add_evidence_arguments,
    add_instant_argument,
    add_policy_argument,
)
from evalgate.errors import ExitCode


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions of the verb and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="where a rollout stands, and what is missing")
    by_hand.add_place_arguments(status)
    start = actions.add_parser("start", help="begin: a passing verdict, then the first stage")
    by_hand.add_arguments(start)
    start.add_argument("version", metavar="VERSION", help="the version, such as v3")
    start.add_argument(
        "--verdict",
        metavar="PATH",
        type=Path,
        help="verdict.json, or a run folder (default: the newest in reports/ about the version)",
    )
    add_policy_argument(start)
    advance = actions.add_parser("advance", help="go to the next stage, if the evidence says so")
    by_hand.add_arguments(advance)
    advance.add_argument(
        "--override",
        action="store_true",
        help="go on whatever the evidence says; needs --by and --reason, and is written down",
    )
    hold = actions.add_parser("hold", help="stay at this stage until somebody advances")
    by_hand.add_arguments(hold)
    back = actions.add_parser("rollback", help="take the version back, at once")
    by_hand.add_arguments(back)
    watch = actions.add_parser("watch", help="look again and again: roll back by itself on harm")
    rollout_watch.add_arguments(watch)
    for action in (status, advance, watch):
        add_evidence_arguments(action)
        action.add_argument(
            "--out", metavar="DIR", type=Path, help="write the promotion report into this folder"
        )
    for action in (status, start, advance, hold, back, watch):
        add_instant_argument(action)


_ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {
    "status": rollout_moves.status,
    "start": rollout_moves.start,
    "advance": rollout_moves.advance,
    "hold": rollout_moves.hold,
    "rollback": rollout_moves.roll_back,
    "watch": rollout_watch.watch,
}


def run(options: Namespace) -> ExitCode:
    """Do the action that was asked for."""
    return _ACTIONS[options.action](options)
