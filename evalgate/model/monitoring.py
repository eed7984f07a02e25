"""The rules of the monitor: what is scored, what is an alarm, which service is promised."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.alert import SinkRules
from evalgate.model.document import Data


class Level(StrEnum):
    """What is promised of a share of the calls, or of the scores.

    `availability`: answered, and not degraded. `latency`: within `threshold` milliseconds.
    `format`: no smell of a broken format. `quality`: a score of at least `threshold`.
    """

    AVAILABILITY = "availability"
    LATENCY = "latency"
    FORMAT = "format"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A service level for 30 days: the share `target` of all that is counted is good.

    Empty names stand for all; `criterion` is that of `quality`.
    """

    name: str
    level: Level
    target: float
    threshold: float = 0.0
    prompt: str = ""
    feature: str = ""
    criterion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredBy:
    """A criterion of production: graders in the words of an eval set, or the built-in ones.

    `graders` is a list as eval sets have it; empty stands for the built-in rubric of that name, or
    for `format` the deterministic graders of the prompt's eval set. `prompts` are those that it is
    for; empty stands for all. `floor` is the least mean that is good enough, None for any.
    """

    name: str
    graders: tuple[Data, ...] = ()
    prompts: tuple[str, ...] = ()
    floor: float | None = None


BUILT_IN = ("relevance", "accuracy", "format", "safety")
"""The criteria that need no graders of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringRules:
    """How sampled answers of production are scored.

    `max_cost_usd_per_day` bounds what the judge may cost on a day of UTC. `key_variable` names the
    environment variable with the judge's own key. `anchors` is the file of answers that the judge
    scores every day, None for none.
    """

    criteria: tuple[ScoredBy, ...] = tuple(ScoredBy(name=name) for name in BUILT_IN)
    max_cost_usd_per_day: float = 5.0
    key_variable: str = "EVALGATE_JUDGE_KEY"
    concurrency: int = 4
    anchors: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRules:
    """When quality has fallen. Rates are fractions; the file states `max_drop` in points.

    `false_alarms` is the chance of a page within 10,000 scores of a quality that has not changed.
    `window` is the number of scores; None computes it from the baseline's own spread. `slices`
    names what a page may be about beside the whole prompt. An alarm that is over is told again
    `cooldown_minutes` after it was told the last time, at the earliest.
    """

    max_drop: float = 0.05
    false_alarms: float = 0.01
    window: int | None = None
    fewest: int = 30
    slices: tuple[str, ...] = ("version", "feature", "route")
    cooldown_minutes: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Whom an incident concerns: its owner, and how often each audience hears of it, in minutes."""

    owner: str = ""
    vendor: str = ""
    updates: Mapping[str, float] = field(
        default_factory=lambda: {"team": 30.0, "users": 120.0, "executives": 240.0}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRules:
    """The policy's section `monitor`."""

    scoring: ScoringRules = field(default_factory=ScoringRules)
    alarms: AlarmRules = field(default_factory=AlarmRules)
    objectives: tuple[Objective, ...] = ()
    alerts: tuple[SinkRules, ...] = ()
    incidents: Answering = field(default_factory=Answering)

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The latencies, in milliseconds, that objectives are about."""
        late = (each for each in self.objectives if each.level is Level.LATENCY)
        return tuple(int(each.threshold) for each in late)
