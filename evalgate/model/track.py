"""The track of a prompt: how its stable versions fared on an eval set, record by record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Turn(StrEnum):
    """What is different from the record before, so that two rates may not be alike in meaning.

    Cases are different when some came, went or were edited, graders when answers are graded
    otherwise: by other graders, another judge or another evalgate.
    """

    VERSION = "version"
    MODEL = "model"
    GRADERS = "graders"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPoint:
    """One state of a record: what a version was known to do on a set at a commit.

    `at` is when the commit was made, `YYYY-MM-DDTHH:MM:SSZ`; both are empty for a record that is
    not committed yet. `models` are those that answered.
    `rate` is the mean over the cases of their mean outcome, `low` and `high` its bounds, in 0..1.
    `outcomes` are those of each case's trials, and `turns` what differs from the point before.
    """

    at: str
    commit: str
    version: str
    version_hash: str
    models: tuple[str, ...]
    trials: int
    rate: float
    low: float
    high: float
    outcomes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    @property
    def cases(self) -> int:
        """How many cases have a graded trial."""
        return len(self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The points of one prompt on one eval set, oldest first."""

    prompt: str
    evalset: str
    points: tuple[TrackPoint, ...]
