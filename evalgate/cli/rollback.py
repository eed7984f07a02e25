"""`evalgate rollback`: goes back to the version, or the model, that was good before."""

from argparse import ArgumentParser, Namespace

from evalgate.cli import by_hand, on_host
from evalgate.errors import ExitCode
from evalgate.rollout.rolling_back import Rollback, rolled_back


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    by_hand.add_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--to", metavar="VERSION", help="any version that was stable before")
    what.add_argument("--model", action="store_true", help="take back the last change of the model")


def run(options: Namespace) -> ExitCode:
    """Go back at once: nothing is asked of the gate."""
    found = by_hand.deployed(options)
    asked = Rollback(to=options.to, model=options.model)
    move = rolled_back(found.prompt, asked, by_hand.signature_of(options))
    return by_hand.carry_out(found, move, options, remarks=on_host.outranking(options.prompt))
