"""`evalgate incident`: names its actions, each of which is a module of its own in `PARTS`."""

from argparse import ArgumentParser, Namespace

from evalgate.cli.main import PARTS
from evalgate.errors import ExitCode, UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions, to be told with --help; what each takes is its own module's to say."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for (verb, action), part in PARTS.items():
        if verb == "incident":
            actions.add_parser(action, help=part.summary)
    parser.epilog = "`evalgate incident ACTION --help` explains an action."


def run(options: Namespace) -> ExitCode:
    """Say how an action is called: one that stands right after the verb never comes here.

    Raises:
        UsageError: always.
    """
    action = options.action
    raise UsageError(f"the action comes right after the verb: `evalgate incident {action} …`")
