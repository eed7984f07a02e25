"""The trials of earlier runs of the same change, with which a run may go on."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from itertools import chain
from pathlib import Path

from evalgate.adapters.records import EarlierTrials
from evalgate.adapters.trial_file import TrialFile
from evalgate.errors import UsageError
from evalgate.gate.outside import Outside
from evalgate.model.report_folder import TRIALS


def add_evidence_argument(parser: ArgumentParser) -> None:
    """Declare the folders of earlier runs."""
    parser.add_argument(
        "--evidence",
        metavar="DIR",
        type=Path,
        action="append",
        help="go on with the trials of an earlier run of the same change, in place of drawing anew",
    )


def evidence_words(options: Namespace) -> tuple[str, ...]:
    """Return the words that name the earlier runs again."""
    folders: list[Path] = options.evidence or []
    return tuple(chain.from_iterable(("--evidence", str(folder)) for folder in folders))


def with_evidence(world: Outside, options: Namespace) -> Outside:
    """Return the world with the trials of the earlier runs that the command line names.

    Raises:
        UsageError: when a folder holds no trials.
        ConfigurationError: when a line of them is none.
    """
    files = [folder / TRIALS for folder in options.evidence or ()]
    for file in files:
        if not file.is_file():
            raise UsageError(f"--evidence: there is no {file}: name the folder of an earlier run")
    if not files:
        return world
    earlier = chain.from_iterable(TrialFile(file).read() for file in files)
    return replace(world, evidence=EarlierTrials(earlier))
