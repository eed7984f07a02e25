"""Replays the scores of a stream: when its window fell to the line, and when it had recovered."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalgate.monitoring.alarms.series import Series
from evalgate.monitoring.alarms.watching import FOREVER, Watch

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A stretch in which a stream is low. `first` and `last` are indices of its series.

    `first` is the score with which the alarm was due. `last` is the one with which it was over,
    None while it lasts, and `ended` when that was: also where a newer baseline took over. Of a
    drift the scores since it began are looked at, else those of the window.
    """

    watch: Watch
    series: Series
    first: int
    last: int | None
    ended: float | None
    is_drift: bool = False

    @property
    def end(self) -> int:
        """The index after the last score of the episode."""
        return len(self.series) if self.last is None else self.last + 1

    @property
    def line(self) -> float:
        """The mean from which on downwards it is one."""
        tuning = self.watch.tuning
        if self.is_drift and tuning is not None:
            return tuning.mean - tuning.slack * tuning.sd
        return self.watch.line

    def window(self, index: int, began: float) -> int:
        """Return how many scores up to an index are looked at."""
        if not self.is_drift:
            return self.watch.window
        return max(1, index + 1 - bisect_left(self.series.times, began))

    def observed(self, index: int, began: float) -> float:
        """Return the mean that is looked at when a score has come."""
        return self.series.mean(index + 1 - self.window(index, began), index + 1)

    def is_low(self, index: int, began: float, *, corrected: float = 0.0) -> bool:
        """Return whether that is at the line or under it, were all scores so much higher."""
        return self.observed(index, began) + corrected <= self.line + _ROUNDING


def falls(watch: Watch, series: Series, *, rules_drop: float, steady: int) -> Iterator[Episode]:
    """Yield the episodes in which the mean of the window is at the line or under it.

    One is over once the mean has stayed above the line by half of the drop for a while.

    Args:
        watch: how the stream is watched.
        series: its scores.
        rules_drop: what pages, as a fraction.
        steady: for how many scores in a row the mean must be back.
    """
    begin, stop = series.after(watch.begin), series.after(watch.end)
    n, sums = watch.window, series.sums
    line = watch.line * n + _ROUNDING
    back = (watch.line + rules_drop / 2) * n
    first: int | None = None
    above = 0
    for index in range(begin + n - 1, stop):
        total = sums[index + 1] - sums[index + 1 - n]
        if first is None:
            if total <= line:
                first, above = index, 0
            continue
        above = above + 1 if total >= back else 0
        if above >= steady:
            yield _episode(watch, series, first, last=index)
            first = None
    if first is not None:
        yield _unended(watch, series, first)


def drifts(watch: Watch, series: Series) -> Iterator[Episode]:
    """Yield the episodes in which the cumulative sum is at its limit, until it is back at 0."""
    tuning = watch.tuning
    if tuning is None:
        return
    begin, stop = series.after(watch.begin), series.after(watch.end)
    offset, sd, limit = tuning.mean - tuning.slack * tuning.sd, tuning.sd, tuning.limit
    level = 0.0
    first: int | None = None
    outcomes = series.outcomes
    for index in range(begin, stop):
        level += (offset - outcomes[index]) / sd
        if level <= 0.0:
            level = 0.0
            if first is not None:
                yield replace(_episode(watch, series, first, last=index), is_drift=True)
                first = None
        elif level >= limit:
            # What is above the limit would only make the end of it late.
            level = limit
            first = index if first is None else first
    if first is not None:
        yield replace(_unended(watch, series, first), is_drift=True)


def left_alone(episode: Episode, whole: Series, *, fewest: int) -> Episode:
    """Return an episode that is over where its slice has come to be served no more.

    A version that was rolled back gets no scores that could tell of its recovery.

    Args:
        episode: of any stream.
        whole: the scores of the whole prompt by that criterion.
        fewest: how many scores the slice would have had meanwhile, going by its share.
    """
    series = episode.series
    if episode.ended is not None or series.stream == whole.stream:
        return episode
    start, stop = bisect_left(whole.times, series.times[0]), whole.after(series.times[-1])
    missing = stop + math.ceil(fewest * (stop - start) / len(series)) - 1
    if missing >= len(whole):
        return episode
    return replace(episode, last=len(series) - 1, ended=whole.times[missing])


def _episode(watch: Watch, series: Series, first: int, *, last: int) -> Episode:
    return Episode(watch=watch, series=series, first=first, last=last, ended=series.times[last])


def _unended(watch: Watch, series: Series, first: int) -> Episode:
    """Return an episode that a newer baseline ended, or that lasts."""
    if watch.end == FOREVER:
        return Episode(watch=watch, series=series, first=first, last=None, ended=None)
    last = max(first, series.after(watch.end) - 1)
    return Episode(watch=watch, series=series, first=first, last=last, ended=watch.end)
