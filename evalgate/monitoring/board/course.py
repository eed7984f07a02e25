"""How scores went over the time that is shown, in stretches of equal length."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from evalgate.model.alarm_report import TrendPoint
from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms.figures import limits
from evalgate.monitoring.board.traffic_view import beat_length

_WIDER = 2
"""How many stretches of the traffic are one of the scores, of which there are fewer."""

Score = tuple[float, float]
"""When the answer was given, and the outcome."""


def courses(
    observations: Iterable[Observation], *, since: float, at: float
) -> Mapping[Stream, tuple[TrendPoint, ...]]:
    """Return the course of each prompt by each criterion, from its uniform sample alone.

    Args:
        observations: of the time that is shown.
        since: where it begins, in seconds since 1970.
        at: where it ends.
    """
    scores: dict[Stream, list[Score]] = {}
    for each in observations:
        if each.outcome is not None and each.stratum is Stratum.UNIFORM:
            stream = Stream(prompt=each.prompt, criterion=each.criterion)
            scores.setdefault(stream, []).append((each.ts, each.outcome))
    length = _WIDER * beat_length(at - since)
    return {stream: tuple(_points(sorted(found), length)) for stream, found in scores.items()}


def _points(scores: Sequence[Score], length: float) -> Iterator[TrendPoint]:
    sd = _deviation([outcome for _, outcome in scores])
    is_binary = all(outcome in (0.0, 1.0) for _, outcome in scores)
    stretches: dict[float, list[float]] = {}
    for ts, outcome in scores:
        stretches.setdefault(ts // length * length, []).append(outcome)
    for start, outcomes in stretches.items():
        mean = fmean(outcomes)
        low, high = limits(mean, len(outcomes), sd=sd, is_binary=is_binary)
        yield TrendPoint(
            start=start, end=start + length, n=len(outcomes), mean=mean, low=low, high=high
        )


def _deviation(outcomes: Sequence[float]) -> float:
    if len(outcomes) < 2:
        return 0.5  # the most that scores from 0 to 1 can vary
    mean = fmean(outcomes)
    return math.sqrt(math.fsum((each - mean) ** 2 for each in outcomes) / (len(outcomes) - 1))
