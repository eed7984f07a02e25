"""Prepares a history for a rule that is tried out on it: what is frozen, and what is made worse."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import Freezing, Frozen, Period, freeze, standing
from evalgate.monitoring.alarms.series import value_of
from evalgate.monitoring.alarms.simulating import lowered

FIRST_PART = 1 / 3
"""The share of a history that is frozen, where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A fall that is put into a history: from an instant on, by a fraction, where names match.

    `names` are values of dimensions such as `feature`; empty ones stand for all.
    """

    since: float
    by: float
    criterion: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def with_drop(
    observations: Sequence[Observation], drop: Drop, draws: Random
) -> tuple[Observation, ...]:
    """Return a history in which scores fell."""
    falling: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(observations):
        if each.outcome is not None and _falls(each, drop):
            falling[each.prompt, each.criterion].append(place)
    changed = list(observations)
    for places in falling.values():
        scores = [observations[place].outcome or 0.0 for place in places]
        for place, outcome in zip(places, lowered(scores, drop.by, draws), strict=True):
            changed[place] = replace(changed[place], outcome=outcome)
    return tuple(changed)


def frozen_then(
    observations: Sequence[Observation], *, until: float | None, max_drop: float
) -> Frozen:
    """Return what would have been frozen of the beginning of a history, and what lacks scores.

    Args:
        observations: in the order of time, one at least.
        until: in seconds since 1970; None for the first third of the scores.
        max_drop: what is to page, as a fraction.
    """
    if until is None:
        until = observations[int(len(observations) * FIRST_PART)].ts
    periods = {each.prompt: Period(since=0.0, until=until) for each in observations}
    freezing = Freezing(at=until, by="", reason="", max_drop=max_drop)
    return freeze(observations, periods, freezing)


def holding(baselines: Iterable[QualityBaseline], *, before: float) -> tuple[QualityBaseline, ...]:
    """Return the baselines that answers before an instant are held to, as if frozen at once."""
    return tuple(
        replace(each, frozen=each.holds_from)
        for each in standing(baselines)
        if each.holds_from < before
    )


def _falls(score: Observation, drop: Drop) -> bool:
    return (
        score.ts >= drop.since
        and drop.criterion in ("", score.criterion)
        and all(value_of(score, name) == value for name, value in drop.names.items())
    )


def span_of(observations: Iterable[Observation]) -> tuple[float, float]:
    """Return when the first and the last of some answers were given."""
    times = [each.ts for each in observations]
    return min(times), max(times)
