"""What a selftest found out: how a policy decides about changes whose effect is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.verdict import Verdict


class Source(StrEnum):
    """Where the trials of a selftest come from: drawn, split from a record, or fresh and paid."""

    SIMULATED = "simulated"
    CACHED = "cached"
    PAID = "paid"


class Spread(StrEnum):
    """How a drop is planted: nowhere, in few cases that break, or a little in every case."""

    NONE = "none"
    BROKEN = "broken"
    DIFFUSE = "diffuse"


class Soundness(StrEnum):
    """What a policy's error rates on a set say of it.

    `unsound` blocks changes of nothing more often than alpha, `weak` passes drops of `max_drop`
    more often than that; `untested` had no trials to tell from.
    """

    SOUND = "sound"
    WEAK = "weak"
    UNSOUND = "unsound"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How many gates were played with one true drop, how they ended, and what they called.

    `drop` is a fraction; `calls` are answers per case, of both arms, on average.
    """

    drop: float
    spread: Spread
    runs: int
    ended: Mapping[Verdict, int]
    calls: float

    def share(self, *verdicts: Verdict) -> float:
        """Return the share of the runs that ended in one of the verdicts."""
        return self.number(*verdicts) / self.runs

    def number(self, *verdicts: Verdict) -> int:
        """Return how many runs ended in one of the verdicts."""
        return sum(self.ended.get(verdict, 0) for verdict in verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRate:
    """How often a verdict was wrong, with the bounds of an exact interval at 99 %."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTest:
    """What the policy does on one eval set.

    `cases` are those that took part, `recorded` how many of the set's are on record, with
    `recorded_trials` in all. `missed_regression` is that of the spread that hides a drop of
    `max_drop` best; None where nothing was planted. `verdict` is that of the real gate on a paid
    comparison of the version with itself.
    """

    prompt: str
    version: str
    evalset: str
    cases: int
    recorded: int
    recorded_trials: int
    max_drop: float
    alpha: float
    soundness: Soundness
    courses: tuple[Course, ...] = ()
    false_block: ErrorRate | None = None
    missed_regression: ErrorRate | None = None
    remarks: tuple[str, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selftest:
    """A selftest of a policy on its sets; `runs` were played where nothing changed.

    `simulated` tells that the answers of a paid one came from the simulator.
    """

    source: Source
    policy: str
    seed: int
    runs: int
    sets: tuple[SetTest, ...]
    simulated: bool = False

    @property
    def soundness(self) -> Soundness:
        """The worst of the sets; something unsound counts before something untested."""
        found = {each.soundness for each in self.sets}
        worst_first = (Soundness.UNSOUND, Soundness.WEAK, Soundness.UNTESTED)
        return next((each for each in worst_first if each in found), Soundness.SOUND)
