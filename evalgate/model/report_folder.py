"""What lies in a folder of reports, as it was found: folders, their files, documents, faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.errors import Problem
from evalgate.model.document import Document

VERDICT, PLAN, TRIALS = "verdict.json", "plan.json", "trials.jsonl"
PAGE, SELFTEST, SELFTEST_PAGE = "report.html", "selftest.json", "selftest.html"
CALIBRATIONS = "calibrations"
"""The folder in which every JSON file is a calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFolder:
    """One folder: its path below the one that is looked over, `""` for that one itself.

    `files` are the names that can be shown, in order. `documents` are those of the known names
    that are there, each parsed or with what is wrong with it. `changed` says when the newest
    document was written, in seconds since 1970, UTC. `trials` counts the lines of a run that has
    no verdict.
    """

    path: str
    files: tuple[str, ...]
    documents: Mapping[str, Document | Problem] = field(default_factory=dict)
    changed: int
    trials: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReports:
    """All folders that hold something to show, and what could not be looked into."""

    folders: tuple[FoundFolder, ...] = ()
    problems: tuple[Problem, ...] = ()
