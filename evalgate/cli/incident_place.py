"""Where incidents lie, who changes them, and how they are read and written on the command line."""

import os
import shlex
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evalgate.adapters.git_user import git_user
from evalgate.adapters.incidents import PLACE, IncidentFolder, StoredIncident
from evalgate.cli.console import PipeConsole
from evalgate.cli.prompt_place import repository_of
from evalgate.errors import UsageError
from evalgate.monitoring.incidents.following import Signed
from evalgate.monitoring.places import named
from evalgate.rollout.hand_move import read_signature
from evalgate.rollout.overriding import instant

_PIPED = 200
"""The width of what no terminal shows."""


def add_place_arguments(parser: ArgumentParser) -> None:
    """Declare where incidents lie."""
    parser.add_argument(
        "--incidents",
        metavar="DIR",
        type=Path,
        help="the folder of incidents (default: reports/incidents in the repository)",
    )


def add_id_argument(parser: ArgumentParser) -> None:
    """Declare which incident is meant, and where it lies."""
    parser.add_argument("id", metavar="ID", help="of the incident; its beginning or end will do")
    add_place_arguments(parser)


def add_by_argument(parser: ArgumentParser) -> None:
    """Declare who it is."""
    parser.add_argument(
        "--by", metavar="NAME", default="", help="who (default: git's user.name, or $USER)"
    )


def folder_of(options: Namespace) -> IncidentFolder:
    """Return the folder of incidents: as named, else in the repository around the work."""
    here = Path.cwd()
    root = repository_of(here) or here
    usual = PLACE if root == here.resolve() else root / PLACE
    return IncidentFolder(path=options.incidents or usual)


def found(options: Namespace) -> StoredIncident:
    """Return the incident that is meant.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    return folder_of(options).find(options.id)


def signed(options: Namespace) -> Signed:
    """Return who changes an incident now.

    Raises:
        UsageError: the name is too long.
    """
    login = os.environ.get("LOGNAME") or os.environ.get("USER") or ""
    by = options.by or git_user(Path.cwd()) or login
    now = time.time()
    read = read_signature(at=instant(now), by=by, why="", is_named=bool(options.by))
    return Signed(at=now, by=read.by or "somebody")


def own_command(options: Namespace, *words: str) -> str:
    """Return a command about incidents that lie where the options say, ready to be copied."""
    place = named("--incidents", str(options.incidents or ""))
    return shlex.join(("evalgate", "incident", *words, *place))


def seen_from(root: Path, path: Path) -> str:
    """Return a path as git names it, from the root of a work tree.

    Raises:
        UsageError: it lies somewhere else.
    """
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise UsageError(f"{path} lies outside of the repository {root}") from None


def wide_console() -> PipeConsole:
    """Return a console for tables, which is wide where no terminal shows it."""
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED
    return console
