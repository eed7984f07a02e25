"""Finds what fell: the whole of a prompt, or the part of its answers that explains it best.

Either all answers are taken to have moved, or those of one slice alone. The slice is named where
that makes what was seen much likelier.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.level_shift import FEWEST, Level, change_point, gain_of
from evalgate.deciding.mixture import Parts, parts_of
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.alarms.series import DIMENSIONS, Series, names_of, narrowed, value_of
from evalgate.monitoring.alarms.watching import Watch

MOST_BEFORE = 3_000
"""Scores that are looked back at, at most."""

MUCH_LIKELIER = 3.0
"""The logarithm of how much likelier a slice must make what was seen than the whole does."""

NEARLY = 0.05
"""The share of a slice that is none: it was not there before, or is all that is there now."""

MIX_OF = "feature"
"""What is asked for is told by the feature; a route or a version is of our own choosing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What fell, and since when, in seconds since 1970.

    `mix` is what other questions have to do with it, None where that cannot be told.
    """

    stream: Stream
    began: float
    mix: Parts | None = None


def explain(watch: Watch, series: Series, last: int, *, whole: Series) -> Explained:
    """Return what explains a fall best.

    Args:
        watch: the one that noticed it.
        series: what it watches.
        last: the index of the score that it was noticed with.
        whole: the scores of the whole prompt by that criterion.
    """
    began, seen = change_of(watch, series, last), series.times[last]
    before, after = _around(whole, began=began, seen=seen)
    found = _slices(watch, before, after)
    stream, best = _best(watch, found, _level(before, watch), _level(after, watch))
    if best is not None:
        stream = _fully_named(best, found, after)
    if stream != watch.stream:
        part = [each for each in (*before, *after) if _is_of(each, stream)]
        began = _began(part, otherwise=began)
    return Explained(
        stream=stream,
        began=began,
        mix=mixture(before, after),
    )


def change_of(watch: Watch, series: Series, last: int) -> float:
    """Return when the first answer was given that was low, of those that the watch is about."""
    begin = max(series.after(watch.begin), last + 1 - MOST_BEFORE)
    # All of them may be low: the scores of the baseline show how it was before.
    known = max(bisect_left(series.times, watch.baseline.since), begin - MOST_BEFORE)
    known = min(known, begin)
    outcomes = series.outcomes[known : last + 1]
    return series.times[known + change_point(outcomes, least=begin - known)]


def mixture(before: Sequence[Observation], after: Sequence[Observation]) -> Parts | None:
    """Return what other questions add to a difference; None where that cannot be told."""
    if len(before) < FEWEST or len(after) < FEWEST:
        return None
    return parts_of(_levels(before, MIX_OF), _levels(after, MIX_OF))


def _around(
    whole: Series, *, began: float, seen: float
) -> tuple[Sequence[Observation], Sequence[Observation]]:
    """Return the scores of a prompt before and after a change, no later than it was seen."""
    change, end = whole.after(began), whole.after(seen)
    while change > 0 and whole.times[change - 1] >= began:
        change -= 1
    begin = max(0, change - MOST_BEFORE)
    return whole.scores[begin:change], whole.scores[change:end]


@dataclass(frozen=True, slots=True)
class _Slice:
    stream: Stream
    gain: float
    share: float
    is_new: bool


def _slices(
    watch: Watch, before: Sequence[Observation], after: Sequence[Observation]
) -> list[_Slice]:
    """Return how well each slice explains the fall alone."""
    found = []
    old_whole = _level(before, watch)
    for dimension in DIMENSIONS:
        old, new = _levels(before, dimension), _levels(after, dimension)
        for value in sorted(new):
            is_new = old.get(value, Level(0, 0.0)).n <= NEARLY * len(before)
            known = old_whole if is_new else old[value]
            is_all = not is_new and new[value].n >= (1 - NEARLY) * len(after)
            if value and new[value].n >= FEWEST and not is_all:
                gain = gain_of(known, new[value], watch.spread.sd)
                share = new[value].n / len(after)
                stream = narrowed(
                    Stream(prompt=watch.stream.prompt, criterion=watch.stream.criterion),
                    dimension,
                    value,
                )
                found.append(_Slice(stream, gain, share, is_new))
    return found


def _best(
    watch: Watch, found: Sequence[_Slice], before: Level, after: Level
) -> tuple[Stream, _Slice | None]:
    """Return the stream that explains the fall best, and what is known of it as a slice."""
    whole = Stream(prompt=watch.stream.prompt, criterion=watch.stream.criterion)
    best = max(found, key=lambda each: each.gain, default=None)
    if best is not None and best.gain > gain_of(before, after, watch.spread.sd) + MUCH_LIKELIER:
        return best.stream, best
    # What came new and is all that is there now says the same as the whole, and says more.
    new = next((each for each in found if each.is_new and each.share >= 1 - NEARLY), None)
    return (whole, None) if new is None else (new.stream, new)


def _fully_named(chosen: _Slice, found: Iterable[_Slice], after: Sequence[Observation]) -> Stream:
    """Return the stream of a slice with all names that mean the same answers."""
    stream = chosen.stream
    ours = sum(_is_of(each, chosen.stream) for each in after)
    for other in found:
        both = sum(_is_of(each, chosen.stream) and _is_of(each, other.stream) for each in after)
        many = other.share * len(after)
        if other.is_new is chosen.is_new and both >= (1 - NEARLY) * max(ours, many):
            stream = replace(stream, **names_of(other.stream))
    return stream


def _levels(scores: Sequence[Observation], dimension: str) -> Mapping[str, Level]:
    totals: dict[str, tuple[int, float]] = {}
    for each in scores:
        value = value_of(each, dimension)
        n, total = totals.get(value, (0, 0.0))
        totals[value] = (n + 1, total + (each.outcome or 0.0))
    return {value: Level(n, total / n) for value, (n, total) in totals.items()}


def _level(scores: Sequence[Observation], watch: Watch) -> Level:
    """Return the level of some scores; that of the baseline where there are too few."""
    if len(scores) < FEWEST:
        return Level(watch.baseline.n, watch.baseline.mean)
    return Level(len(scores), sum(each.outcome or 0.0 for each in scores) / len(scores))


def _is_of(score: Observation, stream: Stream) -> bool:
    return all(value_of(score, name) == value for name, value in names_of(stream).items())


def _began(scores: Sequence[Observation], *, otherwise: float) -> float:
    if len(scores) < 2 * FEWEST:
        return otherwise
    return scores[change_point([each.outcome or 0.0 for each in scores])].ts
