"""Tells of a rollout: in the terminal, for machines, or as the files of a promotion report."""

import os
from argparse import Namespace
from pathlib import Path

from evalgate.adapters.run_folder import write_files
from evalgate.cli import adapters
from evalgate.cli.console import PipeConsole
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.model.rollout import RolloutReport
from evalgate.reporting.rollout_file import rollout_document
from evalgate.reporting.rollout_markdown import rollout_markdown
from evalgate.reporting.rollout_terminal import show_rollout

PAGE, SUMMARY, DOCUMENT = "report.html", "summary.md", "rollout.json"

_PIPED = 130
"""The width of what no terminal shows."""


def tell_report(report: RolloutReport, options: Namespace) -> None:
    """Print a report, and write its files where a folder is named for them."""
    write_report(report, options.out)
    if options.json:
        print_json(as_json(rollout_document(report)))
        return
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED
    to_standard_output(lambda: show_rollout(report, console))


def write_report(report: RolloutReport, folder: Path | None) -> None:
    """Write the files of a report; no folder, no files.

    Raises:
        UsageError: when they cannot be written.
        MissingExtraError: when what the page is drawn with is not installed.
    """
    if folder is not None:
        files = {
            PAGE: adapters.rollout_page(report),
            SUMMARY: rollout_markdown(report),
            DOCUMENT: as_json(rollout_document(report)),
        }
        write_files(folder, files)
