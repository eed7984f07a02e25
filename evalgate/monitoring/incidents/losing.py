"""What was lost by an alarm's own measure: failed calls, late ones, low scores; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from evalgate.model.alarm import Alarm, Signal
from evalgate.model.incident import IncidentClass
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.incidents.comparing import Lost

FEWEST = 10
"""Scores before an instant, and since, that tell which criterion fell."""


def level_of(alarm: Alarm, objectives: Sequence[Objective]) -> Level | None:
    """Return which promise a burning budget is about; None of an alarm about scores."""
    if alarm.signal is not Signal.BURN:
        return None
    named = (each for each in objectives if each.name == alarm.stream.criterion)
    found = next(named, None)
    return Level.AVAILABILITY if found is None else found.level


def objective_of(alarm: Alarm, objectives: Sequence[Objective]) -> Objective | None:
    """Return the objective whose budget burns, where it is known."""
    if alarm.signal is not Signal.BURN:
        return None
    return next((each for each in objectives if each.name == alarm.stream.criterion), None)


_CLASSES: Mapping[Level | str, IncidentClass] = {
    Level.AVAILABILITY: IncidentClass.OUTAGE,
    Level.LATENCY: IncidentClass.LATENCY,
    Level.FORMAT: IncidentClass.FORMAT,
    Level.QUALITY: IncidentClass.QUALITY,
    "format": IncidentClass.FORMAT,
    "safety": IncidentClass.SAFETY,
    "privacy": IncidentClass.PRIVACY,
    "cost": IncidentClass.COST,
}


def class_of(alarm: Alarm, objectives: Sequence[Objective] = ()) -> IncidentClass:
    """Return what an alarm by itself says is wrong."""
    if alarm.signal is Signal.JUDGE:
        return IncidentClass.JUDGE_DRIFT
    level = level_of(alarm, objectives)
    if level is not None:
        return _CLASSES[level]
    if alarm.signal is Signal.SILENCE:
        return IncidentClass.OUTAGE
    return _CLASSES.get(alarm.stream.criterion, IncidentClass.QUALITY)


def lost_by(
    alarm: Alarm,
    observations: Sequence[Observation],
    *,
    minutes: Sequence[Minute],
    objectives: Sequence[Objective],
) -> Iterator[Lost]:
    """Yield what was lost by an alarm's own measure: of its prompt, before and after."""
    level, prompt = level_of(alarm, objectives), alarm.stream.prompt
    objective = objective_of(alarm, objectives)
    if level is not None and level is not Level.QUALITY:
        threshold = objective.threshold if objective else 0.0
        yield from calls_lost(minutes, level, threshold=threshold, prompt=prompt)
        return
    criterion = objective.criterion if objective else alarm.stream.criterion
    yield from scores_lost(observations, prompt=prompt, criterion=criterion)


def scores_lost(
    observations: Sequence[Observation], *, prompt: str, criterion: str
) -> Iterator[Lost]:
    """Yield what answers lack by a criterion; only the uniform sample speaks for all."""
    for each in observations:
        if each.outcome is None or each.stratum is not Stratum.UNIFORM:
            continue
        if each.prompt != prompt or each.criterion != criterion:
            continue
        yield Lost(ts=each.ts, loss=1.0 - each.outcome, names=_names(each))


def fallen_most(observations: Sequence[Observation], *, prompt: str, began: float) -> str:
    """Return the criterion whose scores fell the most at an instant; empty where none fell.

    Args:
        observations: the scores of production.
        prompt: which one is looked at.
        began: seconds since 1970.
    """
    names = sorted({each.criterion for each in observations if each.prompt == prompt})
    rises = {
        name: _rise(scores_lost(observations, prompt=prompt, criterion=name), began)
        for name in names
    }
    worst = max(names, key=lambda name: rises[name], default="")
    return worst if worst and rises[worst] > 0 else ""


def _rise(lost: Iterable[Lost], began: float) -> float:
    """Return by how much more was lost since an instant; 0 of too few scores."""
    before: list[float] = []
    since: list[float] = []
    for each in lost:
        (since if each.ts >= began else before).append(each.loss)
    if min(len(before), len(since)) < FEWEST:
        return 0.0
    return fmean(since) - fmean(before)


def calls_lost(
    minutes: Sequence[Minute], level: Level, *, threshold: float = 0.0, prompt: str = ""
) -> Iterator[Lost]:
    """Yield which calls broke a promise, and which did not."""
    for minute in minutes:
        if prompt and minute.place.prompt != prompt:
            continue
        calls = _counted(minute.tally, level)
        bad = min(_bad(minute.tally, level, threshold), calls)
        names = _place_names(minute.place)
        if bad:
            yield Lost(ts=minute.start, loss=1.0, names=names, times=bad)
        if calls > bad:
            yield Lost(ts=minute.start, loss=0.0, names=names, times=calls - bad)


def errors_lost(minutes: Sequence[Minute], *, prompt: str = "") -> Iterator[Lost]:
    """Yield which calls had no answer, or less than was asked for."""
    return calls_lost(minutes, Level.AVAILABILITY, prompt=prompt)


def refusals_lost(minutes: Sequence[Minute], *, prompt: str = "") -> Iterator[Lost]:
    """Yield which calls were refused."""
    for minute in minutes:
        if not prompt or minute.place.prompt == prompt:
            tally, names = minute.tally, _place_names(minute.place)
            if tally.refused:
                yield Lost(ts=minute.start, loss=1.0, names=names, times=tally.refused)
            if tally.calls > tally.refused:
                rest = tally.calls - tally.refused
                yield Lost(ts=minute.start, loss=0.0, names=names, times=rest)


def _counted(tally: Tally, level: Level) -> int:
    if level is Level.LATENCY:
        return tally.calls - tally.cached
    return tally.calls - tally.failed if level is Level.FORMAT else tally.calls


def _bad(tally: Tally, level: Level, threshold: float) -> int:
    match level:
        case Level.LATENCY:
            return tally.late.get(int(threshold), 0)
        case Level.FORMAT:
            return tally.malformed
        case _:
            return tally.failed + tally.degraded


def names_of(stream: Stream) -> Mapping[str, str]:
    """Return what a stream is narrowed to, by dimension."""
    every = {
        "version": stream.version,
        "feature": stream.feature,
        "route": stream.route,
        "provider": stream.provider,
        "model": stream.model,
    }
    return {dimension: name for dimension, name in every.items() if name}


def _names(each: Observation) -> Mapping[str, str]:
    return {
        "version": each.version,
        "feature": each.feature,
        "route": each.route,
        "provider": each.provider,
        "model": each.model,
    }


def _place_names(place: Place) -> Mapping[str, str]:
    return {
        "version": place.version,
        "feature": place.feature,
        "route": place.route,
        "provider": place.provider,
        "model": place.model,
    }
