"""`evalgate view`: serves a folder of reports to this machine, with an index, and opens it."""

import os
import sys
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from evalgate.adapters.git import GitRepository
from evalgate.adapters.report_server import ReportServer
from evalgate.adapters.reports_folder import look_over
from evalgate.cli import adapters
from evalgate.cli.complaint import say
from evalgate.cli.port import port_number
from evalgate.cli.printing import print_lines
from evalgate.errors import ExitCode, RepositoryError, UsageError
from evalgate.model.report_folder import PAGE, SELFTEST_PAGE
from evalgate.reporting.visible import safe_line

REPORTS = "reports"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        type=Path,
        nargs="?",
        help="a folder of reports, or of one run (default: the repository's reports/)",
    )
    parser.add_argument(
        "--port", metavar="N", type=port_number, default=0, help="default: any free one"
    )
    parser.add_argument(
        "--no-open", action="store_true", help="print the address and open no browser"
    )


def run(options: Namespace) -> ExitCode:
    """Serve until interrupted; nothing but this machine can connect."""
    folder = options.folder or _default_folder()
    root = _resolved(folder)
    with ReportServer(root, lambda: _index(root, folder), port=options.port) as server:
        address = server.address + _first_page(root)
        try:
            print_lines([f"Reports of {safe_line(str(folder))}: {address}", "Ctrl-C ends it."])
            if not options.no_open and has_screen(os.environ, sys.platform):
                # Apart, since some browsers are waited for, and they wait for the first page.
                Thread(target=webbrowser.open, args=(address,), daemon=True).start()
            server.serve_forever()
        except KeyboardInterrupt:
            say("evalgate: the reports are served no more")
    return ExitCode.OK


def has_screen(variables: Mapping[str, str], platform: str) -> bool:
    """Whether a browser can be opened where somebody sees it.

    Args:
        variables: of the environment; who names a BROWSER wants it opened.
        platform: as `sys.platform` has it.
    """
    if variables.get("BROWSER"):
        return True
    if variables.get("SSH_CONNECTION") or variables.get("SSH_TTY"):
        return False
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return platform == "darwin" or any(variables.get(name) for name in screens)


def _default_folder() -> Path:
    try:
        folder = GitRepository(Path.cwd()).root / REPORTS
    except RepositoryError:  # outside of a repository `evalgate demo` writes beside itself
        folder = Path(REPORTS)
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _resolved(folder: Path) -> Path:
    try:
        root = folder.resolve(strict=True)
        if root.is_dir():
            return root
        why = "is no folder"
    except (OSError, ValueError):
        why = "is not there"
    raise UsageError(
        f"{folder} {why}: name a folder of reports, or make one with `evalgate gate` or"
        " `evalgate demo`"
    )


def _first_page(root: Path) -> str:
    """Return what a folder opens with: its own report when it is one run's, else the index."""
    return next((name for name in (PAGE, SELFTEST_PAGE) if (root / name).is_file()), "")


def _index(root: Path, folder: Path) -> str:
    return adapters.index_page(look_over(root), folder=str(folder))
