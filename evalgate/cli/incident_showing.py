"""`evalgate incident show`: one incident on the terminal, for machines, and as a playbook."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evalgate.adapters.incidents import incident_text
from evalgate.adapters.run_folder import write_files
from evalgate.cli import adapters
from evalgate.cli.incident_place import add_id_argument, found, wide_console
from evalgate.cli.printing import print_json, print_lines, to_standard_output
from evalgate.errors import ExitCode, UsageError
from evalgate.model.incident import Incident
from evalgate.model.reading import suggestion
from evalgate.reporting.incident_markdown import incident_markdown
from evalgate.reporting.incident_terminal import show_incident
from evalgate.reporting.visible import safe_line


def add_arguments(parser: ArgumentParser) -> None:
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


def run(options: Namespace) -> ExitCode:
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
        console = wide_console()
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
