"""`evalgate incident list` and `show`: on the terminal, for machines, and as a playbook."""

import os
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evalgate.adapters.incidents import incident_text
from evalgate.adapters.run_folder import write_files
from evalgate.cli import adapters
from evalgate.cli.complaint import complain
from evalgate.cli.console import PipeConsole
from evalgate.cli.incident_place import add_id_argument, add_place_arguments, folder_of, found
from evalgate.cli.printing import as_json, print_json, print_lines, to_standard_output
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.document import Data
from evalgate.model.incident import Incident
from evalgate.model.reading import suggestion
from evalgate.reporting.incident_markdown import incident_markdown
from evalgate.reporting.incident_terminal import show_incident, show_incidents
from evalgate.reporting.incident_words import due
from evalgate.reporting.visible import safe_line

LISTED = "incidents/1"

_PIPED = 200
"""The width of what no terminal shows."""


def add_list_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident list`."""
    parser.add_argument("--all", action="store_true", help="those that are closed too")
    parser.add_argument("--json", action="store_true", help="print it for machines")
    add_place_arguments(parser)


def list_incidents(options: Namespace) -> ExitCode:
    """List the incidents."""
    broken: list[ConfigurationError] = []
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
    console = _console()
    to_standard_output(lambda: show_incidents(shown, console, now=now))
    closed = len(every) - len(shown)
    if closed:
        print_lines([f"{closed} closed: evalgate incident list --all"])
    return code


def add_show_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident show`."""
    add_id_argument(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="the playbook in Markdown")
    form.add_argument("--html", action="store_true", help="the playbook as a page")
    form.add_argument("--json", action="store_true", help="the incident as it is stored")
    form.add_argument("--message", metavar="AUDIENCE", help="what an audience is to be told now")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="write the playbook in both forms into this folder"
    )


def show(options: Namespace) -> ExitCode:
    """Show one incident."""
    incident = found(options).incident
    if options.out is not None:
        _write(incident, options.out)
    if options.markdown:
        print_lines([incident_markdown(incident).rstrip("\n")])
    elif options.html:
        print_lines([adapters.incident_page(incident).rstrip("\n")])
    elif options.json:
        print_json(incident_text(incident))
    elif options.message:
        print_lines(map(safe_line, _message(incident, options.message).split("\n")))
    elif options.out is None:
        console = _console()
        to_standard_output(lambda: show_incident(incident, console, now=time.time()))
    return ExitCode.OK


def _write(incident: Incident, folder: Path) -> None:
    files = {
        f"{incident.id}.md": incident_markdown(incident),
        f"{incident.id}.html": adapters.incident_page(incident),
    }
    write_files(folder, files)
    print_lines([safe_line(str(folder / name)) for name in files])


def _message(incident: Incident, audience: str) -> str:
    texts = {each.audience: each.text for each in incident.communication}
    if audience not in texts:
        raise UsageError(f"there is no audience `{audience}`{suggestion(audience, texts)}")
    return texts[audience]


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


def _console() -> PipeConsole:
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED
    return console
