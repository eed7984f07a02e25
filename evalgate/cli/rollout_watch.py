"""`evalgate rollout watch`: looks at a rollout again and again, and takes back what does harm."""

import signal
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from evalgate.cli import by_hand, on_host
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import now_of
from evalgate.cli.opened_incident import incident_folder, open_incident
from evalgate.cli.printing import print_lines
from evalgate.cli.rollout_evidence import Assessed, assess, evident
from evalgate.cli.rollout_moves import ahead, exit_code_of, signature_at
from evalgate.cli.rollout_telling import tell_report, write_report
from evalgate.errors import EvalgateError, ExitCode
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome, RolloutReport
from evalgate.reporting.rollout_words import headline
from evalgate.reporting.visible import safe_line
from evalgate.rollout.watching import following

EVERY = 60.0
"""Seconds between two looks."""


class _Stopped(Exception):  # noqa: N818 - no error: the process was asked to end
    """Ends the loop, and what it waits for."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    by_hand.add_arguments(parser)
    parser.add_argument("--once", action="store_true", help="look once: for a scheduled job")
    parser.add_argument(
        "--every",
        metavar="SECONDS",
        type=_seconds,
        default=EVERY,
        help="look so often (default: %(default)g)",
    )
    parser.add_argument(
        "--incidents",
        metavar="DIR",
        type=Path,
        help="where a rollback opens an incident (default: reports/incidents)",
    )


def watch(options: Namespace) -> ExitCode:
    """Look at a rollout until it is over, or once."""
    if options.once or options.as_of is not None:
        return _exit_code(_look(options))
    told = ""
    try:
        with _stopping():
            while True:
                report, told = _glance(options, told)
                if report is not None and report.rollout.phase.is_over:
                    return _exit_code(report)
                time.sleep(options.every)
    except _Stopped:
        notify("watch was asked to end; the rollout stays where it is")
        return ExitCode.OK


def _glance(options: Namespace, told: str) -> tuple[RolloutReport | None, str]:
    """Look once within a loop: what cannot be read now may be read later, and is told once."""
    try:
        report = _look(options, quiet=told)
    except EvalgateError as error:
        said = str(error)
        if said != told:
            notify(said)
        return None, said
    return report, headline(report)


def _look(options: Namespace, *, quiet: str = "") -> RolloutReport:
    """Look at a rollout, and do what follows by itself; return how it stands then.

    Raises:
        EvalgateError: when the evidence or the live pointer cannot be read, or somebody else moves
            it at this moment.
    """
    found = by_hand.deployed(options)
    assessed = assess(found.prompt, evident(options, found.folder), now=now_of(options))
    report = assessed.report
    move = following(found.prompt, report, signature_at(options))
    is_moving = move is not None and not move.is_done
    if headline(report) != quiet and not (options.json and is_moving):
        _tell(report, options)
    if move is None or move.is_done:
        return report
    write_report(report, options.out)
    remarks = [*on_host.outranking(options.prompt), *ahead(options)]
    by_hand.carry_out(found, move, options, remarks=remarks)
    if options.dry_run:
        return report
    if report.outlook.outcome is Outcome.ROLL_BACK:
        _open_incident(assessed, options, found.folder)
    return assess(
        by_hand.deployed(options).prompt, evident(options, found.folder), now=now_of(options)
    ).report


def _tell(report: RolloutReport, options: Namespace) -> None:
    if options.once or options.as_of is not None:
        tell_report(report, options)
    else:
        print_lines([f"{time.strftime('%H:%M:%S')}  {safe_line(headline(report))}"])


def _open_incident(assessed: Assessed, options: Namespace, prompts: Path) -> None:
    folder = incident_folder(options.incidents, prompts)
    notify(f"incident opened: {open_incident(assessed, folder, report=options.out)}")


def _exit_code(report: RolloutReport) -> ExitCode:
    """Return how a look ends: a rollout that was rolled back has failed."""
    if report.rollout.phase is Phase.ROLLED_BACK:
        return ExitCode.FAIL
    return exit_code_of(report)


@contextmanager
def _stopping() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise ArgumentTypeError(f"expected seconds from 0.1 to 86400, got `{text}`")
    return seconds
