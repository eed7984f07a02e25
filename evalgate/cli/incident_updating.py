"""`evalgate incident update`: what people have found out, decided and told."""

from argparse import ArgumentParser, Namespace

from evalgate.cli.incident_place import (
    add_by_argument,
    add_id_argument,
    folder_of,
    found,
    own_command,
    signed,
)
from evalgate.cli.printing import print_lines
from evalgate.errors import ExitCode
from evalgate.model.incident import Incident, Severity, Status
from evalgate.monitoring.incidents.following import (
    Signed,
    with_note,
    with_owner,
    with_provider_status,
    with_sent,
    with_severity,
    with_status,
)
from evalgate.reporting.incident_words import due
from evalgate.reporting.visible import safe_line


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident update`."""
    add_id_argument(parser)
    parser.add_argument(
        "--status",
        choices=[each.value for each in Status if each is not Status.CLOSED],
        help="how far it is",
    )
    parser.add_argument(
        "--severity", choices=[each.value for each in Severity], help="with --note: why"
    )
    parser.add_argument("--owner", metavar="NAME", help="who leads it from now on")
    parser.add_argument("--note", metavar="TEXT", default="", help="what was found or decided")
    parser.add_argument(
        "--sent",
        metavar="AUDIENCE",
        action="append",
        default=[],
        help="note that an audience was told; repeatable",
    )
    parser.add_argument(
        "--provider-status", metavar="TEXT", help="what the provider says of itself"
    )
    add_by_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Change an incident, and say who is to be told next."""
    who = signed(options)
    if _is_nothing(options):
        _tell(found(options).incident, who, options)
        return ExitCode.OK
    stored = folder_of(options).change(
        found(options).incident.id, lambda incident: _changed(incident, options, who)
    )
    incident = stored.incident
    print_lines(
        safe_line(f"{entry.at}  {entry.by}: {entry.what}{f' ({entry.why})' if entry.why else ''}")
        for entry in incident.history[-_count(options) :]
    )
    _tell(incident, who, options)
    return ExitCode.OK


def _changed(incident: Incident, options: Namespace, who: Signed) -> Incident:
    note = options.note
    if options.severity:
        incident = with_severity(incident, Severity(options.severity), who, why=note)
    if options.owner is not None:
        incident = with_owner(incident, options.owner.strip(), who)
    if options.provider_status is not None:
        incident = with_provider_status(incident, options.provider_status, who)
    if options.status:
        incident = with_status(incident, Status(options.status), who, why=note)
    for audience in options.sent:
        incident = with_sent(incident, audience, who)
    if note and not (options.status or options.severity):
        incident = with_note(incident, note, who)
    return incident


def _is_nothing(options: Namespace) -> bool:
    return _count(options) == 0


def _count(options: Namespace) -> int:
    """Return how many entries the history gets at most."""
    said = (options.severity, options.owner is not None, options.provider_status, options.status)
    alone = bool(options.note) and not (options.status or options.severity)
    return sum(map(bool, said)) + len(options.sent) + alone


def _tell(incident: Incident, who: Signed, options: Namespace) -> None:
    dues = due(incident, now=who.at)
    if not dues:
        print_lines(["Nobody is due an update."])
    for each in dues:
        command = own_command(options, "show", incident.id, "--message", each.audience)
        print_lines([safe_line(f"{each.audience}: next update {each.words}; draft: {command}")])
