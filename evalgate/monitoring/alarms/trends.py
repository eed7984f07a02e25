"""The figures of streams over time: means and their limits, and what is missing to watch them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from shlex import quote

from evalgate.deciding.moving_window import Spread, spread_of
from evalgate.model.alarm_report import Missing, Trend, TrendPoint, Unwatched
from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.figures import limits
from evalgate.monitoring.alarms.series import Series
from evalgate.monitoring.alarms.watching import Watch
from evalgate.reporting.instants import about, utc
from evalgate.reporting.numbers import count

HOUR, DAY = 3_600.0, 86_400.0
STRETCHES: Sequence[tuple[float, float]] = ((2 * DAY, HOUR), (14 * DAY, 6 * HOUR))
"""Up to how long a history is shown in stretches of which length; a longer one in days."""

PACE_DAYS = 7
RECENT = 100
"""Scores that are looked at where no window is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What belongs to a stream beside its series. `watch` is the latest, None without any."""

    watch: Watch | None
    raised: Sequence[Observation] = ()
    unscored: int = 0


def trend_of(series: Series, shown: Shown, *, at: float, since: float) -> Trend:
    """Return how a stream went.

    Args:
        series: its scores.
        shown: what else is known of it.
        at: nothing later is known, in seconds since 1970.
        since: when the history that is looked at began.
    """
    watch = shown.watch
    n = min(watch.window if watch else RECENT, len(series))
    mean = series.mean(len(series) - n, len(series)) if n else None
    low, high = _limits(series, len(series) - n, len(series), watch) if n else (None, None)
    is_frozen = watch is not None and not watch.is_of_floor
    return Trend(
        stream=series.stream,
        n=len(series),
        unscored=shown.unscored,
        in_window=n,
        window=watch.window if watch else 0,
        mean=mean,
        low=low,
        high=high,
        baseline=watch.baseline.mean if watch and is_frozen else None,
        limit=watch.line if watch else None,
        floor=watch.told_floor if watch and watch.floor is not None else None,
        weighted=_weighted((*series.scores, *shown.raised)),
        per_hour=per_hour(series, at=at),
        last=series.times[-1] if n else None,
        points=tuple(_points(series, watch, length=_length(at - since))),
    )


def per_hour(series: Series, *, at: float) -> float:
    """Return how many scores came an hour in the last days, or since the first one."""
    if not len(series):
        return 0.0
    since = max(at - PACE_DAYS * DAY, min(series.times[0], at - HOUR))
    return (len(series) - series.after(since - 1e-6)) / max(HOUR, at - since) * HOUR


def lacking(series: Series, watch: Watch, *, at: float) -> Unwatched | None:
    """Return what a watched stream lacks before it can raise an alarm."""
    missing = watch.window - (len(series) - series.after(watch.begin))
    if missing <= 0:
        return None
    until = _until(missing, series, at=at)
    return Unwatched(
        stream=series.stream,
        why=Missing.WINDOW,
        lacking=missing,
        until=until,
        message=(
            f"{wording.called(series.stream)} is watched over {count(watch.window, 'score')}, of "
            f"which {missing:,} are still to come{_by_when(until, at=at)}"
        ),
    )


def unfrozen(series: Series, *, fewest: int, at: float) -> Unwatched:
    """Return what a stream lacks that nothing is frozen of."""
    missing = max(0, fewest - len(series))
    until = _until(missing, series, at=at) if missing else None
    said = f"{wording.called(series.stream)} has no baseline: "
    if missing:
        said += f"{count(missing, 'score')} more are needed{_by_when(until, at=at)}, and then "
    return Unwatched(
        stream=series.stream,
        why=Missing.SCORES if missing else Missing.BASELINE,
        lacking=missing,
        until=until,
        message=f"{said}`evalgate monitor freeze --prompt {quote(series.stream.prompt)}`",
    )


def weakly_known(watch: Watch, max_drop: float) -> str | None:
    """Return a sentence where a baseline is of too few scores for the drop that is to page."""
    if watch.is_of_floor or watch.drop <= max_drop + 1e-4:
        return None
    return (
        f"{wording.called(watch.stream)} pages at a fall of {100 * watch.drop:.1f} points over "
        f"{count(watch.window, 'score')}, not of {100 * max_drop:g}: its baseline is of "
        f"{count(watch.baseline.n, 'score')}, or its window is too short, to tell less from chance"
    )


def _until(missing: int, series: Series, *, at: float) -> float | None:
    pace = per_hour(series, at=at)
    return at + missing / pace * HOUR if pace > 0 else None


def _by_when(until: float | None, *, at: float) -> str:
    if until is None:
        return ""
    return f", at this traffic in {about(until - at)} ({utc(until)})"


def _limits(series: Series, first: int, last: int, watch: Watch | None) -> tuple[float, float]:
    spread = watch.spread if watch else _spread(series, first, last)
    mean = series.mean(first, last)
    is_binary = spread.is_binary and _is_binary(series.outcomes[first:last])
    return limits(mean, last - first, sd=spread.sd, is_binary=is_binary, worth=spread.worth)


def _spread(series: Series, first: int, last: int) -> Spread:
    """Return how the scores of a stretch vary by themselves."""
    scores = series.outcomes[first:last]
    mean = series.mean(first, last)
    squares = math.fsum((each - mean) ** 2 for each in scores)
    return spread_of(
        QualityBaseline(
            prompt="",
            criterion="",
            mean=mean,
            sd=math.sqrt(squares / max(1, len(scores) - 1)),
            n=len(scores),
            is_binary=_is_binary(scores),
            frozen=0.0,
        )
    )


def _is_binary(scores: Iterable[float]) -> bool:
    return all(each in (0.0, 1.0) for each in scores)


def _weighted(scores: Sequence[Observation]) -> float | None:
    """Return the mean with each score weighted by one over its chance."""
    told = [(1 / each.probability, each.outcome) for each in scores if each.outcome is not None]
    weights = math.fsum(weight for weight, _ in told)
    return math.fsum(weight * outcome for weight, outcome in told) / weights if told else None


def _length(span: float) -> float:
    return next((length for most, length in STRETCHES if span <= most), DAY)


def _points(series: Series, watch: Watch | None, *, length: float) -> Iterable[TrendPoint]:
    first = 0
    while first < len(series):
        start = series.times[first] // length * length
        last = series.after(start + length - 1e-6)
        last = max(first + 1, last)
        low, high = _limits(series, first, last, watch)
        yield TrendPoint(
            start=start,
            end=start + length,
            n=last - first,
            mean=series.mean(first, last),
            low=low,
            high=high,
        )
        first = last
