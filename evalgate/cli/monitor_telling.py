"""Tells a board: on the screen, for machines, or as a page in a file."""

import os
import sys
from pathlib import Path

from evalgate.adapters.run_folder import write_files
from evalgate.cli import adapters
from evalgate.cli.console import PipeConsole
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.model.board import Board
from evalgate.reporting.monitor_file import monitor_document
from evalgate.reporting.monitor_terminal import show_board

_PIPED = 130
"""The width of what no terminal shows."""


def tell(board: Board, *, is_json: bool = False) -> None:
    """Print a board."""
    if is_json:
        print_json(as_json(monitor_document(board)))
        return
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED
    to_standard_output(lambda: show_board(board, console))


def write_page(board: Board, file: Path | None) -> None:
    """Write the page of a board, whole or not at all; no file, no page.

    Raises:
        UsageError: it cannot be written.
        MissingExtraError: what it is drawn with is not installed.
    """
    if file is not None:
        write_files(file.parent, {file.name: adapters.monitor_page(board)})


def is_terminal() -> bool:
    """Return whether somebody sees what is drawn again and again."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
