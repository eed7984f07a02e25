"""Trials as files from anywhere tell them, and what comparing two such files comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.trial import Arm, TrialStatus
from evalgate.model.verdict import PromptVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a trial is of, as far as the file says it; every part may be empty."""

    prompt: str = ""
    version: str = ""
    version_hash: str = ""
    evalset: str = ""


NOWHERE = Origin()
"""The origin of trials of which nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTrial:
    """What a line of a file says about a trial, as far as a comparison needs it.

    `line` is where it stands, from 1, and `trial` its index, from 0. `outcome` is in 0..1, and None
    unless the trial is graded; `error_kind` says why, where the line does. `arm` is None where the
    line names none. `confirmation` marks a trial that was run to confirm a loss, `check` one
    of a baseline that was run to check its record. `weight` is None where the line gives none.
    """

    line: int
    case: str
    trial: int
    status: TrialStatus
    outcome: float | None
    error_kind: str = ""
    arm: Arm | None = None
    origin: Origin = NOWHERE
    confirmation: bool = False
    check: bool = False
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """The cases that passed before and fail now, the other way round, and how likely by chance.

    `score_interval` holds the change of the pass rate with 95 %, after Tango: a cross-check.
    """

    lost: int
    won: int
    mid_p: float
    score_interval: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileComparison:
    """What was decided about two files of trials.

    `files` are their paths, baseline first. `error_kinds` counts why trials have no grade.
    `paired` is there when every case has one trial per arm, passed or failed, and weighs the same.
    """

    files: tuple[str, str]
    verdict: PromptVerdict
    error_kinds: Mapping[str, int] = field(default_factory=dict)
    paired: PairedCounts | None = None
    notes: tuple[str, ...] = ()
