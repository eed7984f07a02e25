"""How many calls there are, and after how long it is noticed that they break a service level."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf

from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation
from evalgate.model.traffic import Minute
from evalgate.monitoring.alarms.burning import (
    DAY,
    FEWEST_BAD,
    HOUR,
    MINUTE,
    Pair,
    counted_of,
    multiple_of,
)
from evalgate.monitoring.alarms.series import gather
from evalgate.monitoring.alarms.trends import PACE_DAYS

BAD_SHARES: Sequence[float] = (1.0, 0.1, 0.01)
"""The shares of bad calls whose delay is told."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The calls of a prompt in an hour, and which share of them is scored."""

    prompt: str
    per_hour: float
    scored: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The calls of prompts, and for service levels the calls in an hour that they are about."""

    prompts: tuple[Flow, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)

    def of(self, prompts: Container[str]) -> "Flows":
        """Return it without other prompts than these; service levels stay as they are."""
        return replace(self, prompts=tuple(each for each in self.prompts if each.prompt in prompts))


def flows_of(
    minutes: Sequence[Minute],
    observations: Sequence[Observation],
    objectives: Iterable[Objective],
    *,
    at: float,
) -> Flows:
    """Return the calls of the last days by prompt and by service level.

    Args:
        minutes: of the call log, in any order.
        observations: the scores of production.
        objectives: the service levels; those of quality count no calls.
        at: nothing later is known, in seconds since 1970.
    """
    calls: defaultdict[str, list[Minute]] = defaultdict(list)
    for each in minutes:
        if at - PACE_DAYS * DAY <= each.start <= at:
            calls[each.place.prompt].append(each)
    scored = _scored(observations, at=at)
    found = [
        Flow(
            prompt=prompt,
            per_hour=_hourly(sum(each.tally.calls for each in own), _first(own), at=at),
            scored=_share(own, *scored.get(prompt, (0, at))),
        )
        for prompt, own in sorted(calls.items())
    ]
    levels = {
        each.name: calls_per_hour(each, minutes, at=at)
        for each in objectives
        if each.level is not Level.QUALITY
    }
    return Flows(prompts=tuple(found), levels=levels)


def planned(per_hour: float, objectives: Iterable[Objective]) -> Flows:
    """Return the calls of a prompt that are planned; of its features nothing is known then."""
    return Flows(
        levels={
            each.name: per_hour
            for each in objectives
            if each.level is not Level.QUALITY and each.prompt and not each.feature
        }
    )


def calls_per_hour(objective: Objective, minutes: Iterable[Minute], *, at: float) -> float:
    """Return how many calls that a service level counts came an hour in the last days."""
    counted = counted_of(objective, minutes, at=at)
    recent = [end for end in counted.ends if end > at - PACE_DAYS * DAY]
    total, _ = counted.between(at - PACE_DAYS * DAY, at)
    return _hourly(total, recent[0] - MINUTE, at=at) if recent else 0.0


def notice_delay(
    pair: Pair, objective: Objective, *, hourly: float, bad: float, fewest: int
) -> float | None:
    """Return after how many seconds a pair of windows alarms; None for never.

    Args:
        pair: the windows.
        objective: the service level, which was kept until now.
        hourly: the calls that it counts, evenly spread.
        bad: the share of them that is bad from now on.
        fewest: calls that the long window has at least.
    """
    window = hourly * pair.long / HOUR
    if window < fewest:
        return None
    needed = multiple_of(pair, objective) * (1 - objective.target) * window
    seconds = max(needed, FEWEST_BAD) / (bad * hourly) * HOUR
    # Full minutes are looked at.
    seconds = ceil(seconds / MINUTE - _ROUNDING) * MINUTE
    return seconds if seconds <= pair.long + _ROUNDING else None


def _scored(observations: Iterable[Observation], *, at: float) -> Mapping[str, tuple[int, float]]:
    """Return for each prompt how many answers of the last days are scored, and since when."""
    found: dict[str, tuple[int, float]] = {}
    for each in gather(observations, at=at):
        series = each.whole
        first = series.after(at - PACE_DAYS * DAY)
        n, since = len(series) - first, series.times[first] if first < len(series) else at
        known = found.get(series.stream.prompt, (0, inf))
        found[series.stream.prompt] = max(known[0], n), min(known[1], since)
    return found


def _share(calls: Iterable[Minute], scored: int, since: float) -> float:
    """Return which share of the calls since the first score is scored."""
    total = sum(each.tally.calls for each in calls if each.start + each.seconds > since)
    return min(1.0, scored / total) if total else 0.0


def _hourly(calls: int, first: float, *, at: float) -> float:
    """Return the calls of an hour; of less than one there is no telling what a full one has."""
    return calls / max(HOUR, at - first) * HOUR


def _first(minutes: Iterable[Minute]) -> float:
    return min(each.start for each in minutes)
