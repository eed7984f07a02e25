"""`evalgate logs`: what calls cost, how long they took, how they failed, from the call log."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping

from evalgate.cli import logs_answers, logs_compacting, logs_finding
from evalgate.errors import ExitCode

_ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {
    **logs_answers.ACTIONS,
    "find": logs_finding.find,
    "compact": logs_compacting.compact,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions of the verb and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in logs_answers.SUMMARIES.items():
        logs_answers.add_arguments(actions.add_parser(name, help=summary), name)
    find = actions.add_parser("find", help="one call by an id: its own or a provider's")
    logs_finding.add_arguments(find)
    compact = actions.add_parser("compact", help="turn the files of past days into Parquet")
    logs_compacting.add_arguments(compact)


def run(options: Namespace) -> ExitCode:
    """Do the action that was asked for."""
    return _ACTIONS[options.action](options)
