"""Finds and assesses rollouts by the names of their prompts, for a process that goes on."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from evalgate.cli import by_hand
from evalgate.cli.evidence_options import add_evidence_arguments
from evalgate.cli.prompt_place import find_folder
from evalgate.cli.rollout_evidence import assess, evident
from evalgate.errors import UsageError
from evalgate.model.rollout import RolloutReport
from evalgate.prompts.library import LIVE
from evalgate.rollout.course import rollout_of
from evalgate.rollout.replaying import as_of
from evalgate.runtime.versions.prompt_names import is_prompt_name

_NOBODY = "-"
"""A name of no prompt: it finds the folder that any prompt is looked for in."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare where the prompts and the evidence are."""
    add_evidence_arguments(parser)
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        help="the folder of prompts (default: what the policy names, or else prompts)",
    )


class ServedRollouts:
    """The rollouts of the prompts that a command line names; everything is read anew each time."""

    def __init__(self, options: Namespace) -> None:
        """Look whether there is anything to tell of.

        Raises:
            UsageError: when there is not.
        """
        self._options = options
        folder = find_folder(_NOBODY, options.folder, here=Path.cwd())
        if not folder.is_dir():
            raise UsageError(f"folder: there is no {folder}: name that of the prompts by --folder")
        if not options.calls:
            raise UsageError(
                "calls: name the call log by --calls PATH: without it nothing is known"
            )

    def is_prompt(self, name: str) -> bool:
        """Return whether there is a prompt of a name, with a live pointer.

        Raises:
            UsageError: when several roots have one.
        """
        if not is_prompt_name(name):
            return False
        folder = find_folder(name, self._options.folder, here=Path.cwd())
        return (folder / name / LIVE).is_file()

    def report_of(self, name: str, now: float) -> RolloutReport | None:
        """Return how the latest rollout of a prompt stands; None when there was none.

        Args:
            name: of the prompt.
            now: in seconds since 1970.

        Raises:
            EvalgateError: when that cannot be told.
        """
        found = by_hand.deployed(Namespace(prompt=name, folder=self._options.folder))
        if rollout_of(as_of(found.prompt, now)) is None:
            return None
        return assess(found.prompt, evident(self._options, found.folder), now=now).report
