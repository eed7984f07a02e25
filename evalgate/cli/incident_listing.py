"""`evalgate incident list`: what is open, and who is to be told next."""

import time
from argparse import ArgumentParser, Namespace

from evalgate.cli.complaint import complain
from evalgate.cli.incident_place import add_place_arguments, folder_of, wide_console
from evalgate.cli.printing import as_json, print_json, print_lines, to_standard_output
from evalgate.errors import EvalgateError, ExitCode
from evalgate.model.document import Data
from evalgate.model.incident import Incident
from evalgate.reporting.incident_terminal import show_incidents
from evalgate.reporting.incident_words import due

LISTED = "incidents/1"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident list`."""
    parser.add_argument("--all", action="store_true", help="those that are closed too")
    parser.add_argument("--json", action="store_true", help="print it for machines")
    add_place_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """List the incidents."""
    broken: list[EvalgateError] = []
    every = [each.incident for each in folder_of(options).stored(broken=broken.append)]
    for error in broken:
        complain(error)
    code = ExitCode.USAGE if broken else ExitCode.OK
    shown = [each for each in every if options.all or each.is_open]
    now = time.time()
    if options.json:
        rows: list[Data] = [_row(each, now) for each in shown]
        print_json(as_json({"schema": LISTED, "incidents": rows}))
        return code
    console = wide_console()
    to_standard_output(lambda: show_incidents(shown, console, now=now))
    closed = len(every) - len(shown)
    if closed:
        print_lines([f"{closed} closed: evalgate incident list --all"])
    return code


def _row(incident: Incident, now: float) -> dict[str, Data]:
    dues = due(incident, now=now)
    return {
        "id": incident.id,
        "status": incident.status.value,
        "severity": incident.severity.value,
        "class": incident.kind.value,
        "prompt": incident.scope.prompt,
        "title": incident.title,
        "opened_at": incident.opened_at,
        "drill": incident.drill,
        "fingerprint": incident.fingerprint,
        "due": [{"audience": each.audience, "seconds": round(each.seconds)} for each in dues],
    }
