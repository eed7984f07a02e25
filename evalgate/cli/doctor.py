"""`evalgate doctor`: checks by machine what an application needs before and in production."""

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from evalgate.adapters.incidents import PLACE as INCIDENTS
from evalgate.adapters.run_folder import write_files
from evalgate.cli.alert_desk import FOLDER as MONITOR_FOLDER
from evalgate.cli.console import PipeConsole
from evalgate.cli.doctor_facts import gather
from evalgate.cli.printing import as_json, print_json, print_lines, to_standard_output
from evalgate.errors import ExitCode
from evalgate.model.readiness import Readiness, Standing
from evalgate.monitoring.readiness.checklist import readiness_of
from evalgate.reporting.readiness_file import readiness_document
from evalgate.reporting.readiness_markdown import readiness_markdown
from evalgate.reporting.readiness_terminal import show_readiness

JSON_FILE = "doctor.json"
MARKDOWN_FILE = "doctor.md"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    _add_places(parser)
    tried = parser.add_argument_group("what is tried, and not only looked at")
    tried.add_argument("--live", action="store_true", help="call each target for one token")
    tried.add_argument(
        "--simulate",
        action="store_true",
        help="with --live: the simulator answers, for a rehearsal",
    )
    tried.add_argument(
        "--drill", action="store_true", help="time a kill switch and a rollback on a copy"
    )
    tried.add_argument("--alerts", action="store_true", help="send test alerts to all sinks")
    parser.add_argument(
        "--caller-deadline",
        metavar="SECONDS",
        type=_positive,
        help="how long callers of the application wait",
    )
    parser.add_argument(
        "--detect-within",
        metavar="HOURS",
        type=_positive,
        default=24.0,
        help="how long a fall of the quality may go unseen (default: 24)",
    )
    parser.add_argument("--strict", action="store_true", help="let warnings fail the check too")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print it for machines")
    shown.add_argument("--markdown", action="store_true", help="print it as Markdown")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help=f"write {JSON_FILE} and {MARKDOWN_FILE} there"
    )


def run(options: Namespace) -> ExitCode:
    """Gather, judge and tell; 1 when an item failed, or with --strict is a warning."""
    readiness = readiness_of(gather(options, at=time.time()))
    if options.out:
        document, markdown = as_json(readiness_document(readiness)), readiness_markdown(readiness)
        write_files(options.out, {JSON_FILE: document, MARKDOWN_FILE: markdown})
    _tell(readiness, options)
    grave = [Standing.FAILED, *([Standing.WARNING] if options.strict else [])]
    return ExitCode.FAIL if any(map(readiness.counted, grave)) else ExitCode.OK


def _tell(readiness: Readiness, options: Namespace) -> None:
    if options.json:
        print_json(as_json(readiness_document(readiness)))
    elif options.markdown:
        print_lines([readiness_markdown(readiness).rstrip("\n")])
    else:
        console = PipeConsole(highlight=False, markup=False)
        to_standard_output(lambda: show_readiness(readiness, console))


def _add_places(parser: ArgumentParser) -> None:
    places = parser.add_argument_group("where to look")
    for name, what in (
        ("--prompts", "the folder of prompts (default: prompts)"),
        ("--policy", "the policy (default: that of the prompts, or else the defaults)"),
        ("--logs", "the folder of the call log (default: $EVALGATE_LOG, or else logs)"),
        ("--scores", "the folder of scores (default: scores, where it is there)"),
        ("--incidents", f"the folder of incidents (default: {INCIDENTS})"),
        ("--monitor", f"where the monitor remembers alerts (default: {MONITOR_FOLDER})"),
    ):
        default = Path("prompts") if name == "--prompts" else None
        places.add_argument(name, metavar="PATH", type=Path, default=default, help=what)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise ArgumentTypeError(f"expected a number above 0, got `{text}`")
    return number
