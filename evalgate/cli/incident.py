"""`evalgate incident`: opens, shows, acts on, updates and closes incidents."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping

from evalgate.cli import (
    incident_acting,
    incident_closing,
    incident_drafting,
    incident_listing,
    incident_opening,
    incident_showing,
    incident_updating,
)
from evalgate.errors import ExitCode


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions of the verb and their options."""
    actions = parser.add_subparsers(dest="verb", required=True, metavar="ACTION")
    incident_opening.add_arguments(
        actions.add_parser("open", help="record a problem that somebody has seen")
    )
    incident_listing.add_arguments(
        actions.add_parser("list", help="what is open, and who is to be told next")
    )
    incident_showing.add_arguments(
        actions.add_parser("show", help="one incident, its playbook, and its messages")
    )
    incident_acting.add_arguments(
        actions.add_parser("act", help="show what a step of the playbook would do, or do it")
    )
    incident_updating.add_arguments(
        actions.add_parser("update", help="status, owner, notes, and who was told")
    )
    incident_drafting.add_arguments(
        actions.add_parser("case", help="draft a golden case from a sampled call")
    )
    incident_closing.add_arguments(
        actions.add_parser("close", help="end it, with the cause and a new golden case")
    )


_ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {
    "open": incident_opening.run,
    "list": incident_listing.run,
    "show": incident_showing.run,
    "act": incident_acting.run,
    "update": incident_updating.run,
    "case": incident_drafting.run,
    "close": incident_closing.run,
}


def run(options: Namespace) -> ExitCode:
    """Do the action that was asked for."""
    return _ACTIONS[options.verb](options)
