"""Puts observations into series: of each stream the scores of its uniform sample, by time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from operator import attrgetter
from types import MappingProxyType

from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum

DIMENSIONS: Sequence[str] = ("version", "route", "feature", "provider", "model")
"""What a stream can be narrowed to, what is nearest to a cause first."""

_OF: Mapping[str, Callable[[Observation], str]] = MappingProxyType(
    {name: attrgetter(name) for name in DIMENSIONS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The scores of a stream in the order in which the answers were given.

    `sums` has one item more than `outcomes`: the sum of all before each.
    """

    stream: Stream
    scores: Sequence[Observation]
    times: Sequence[float]
    outcomes: Sequence[float]
    sums: Sequence[float]

    def __len__(self) -> int:
        """Return the number of scores."""
        return len(self.outcomes)

    def after(self, instant: float) -> int:
        """Return the index of the first score that was answered later than an instant."""
        return bisect_right(self.times, instant)

    def mean(self, first: int, last: int) -> float:
        """Return the mean of the scores from an index up to another, which is left out."""
        return (self.sums[last] - self.sums[first]) / (last - first)


@dataclass(slots=True, kw_only=True)
class Gathered:
    """All that was observed of a prompt by a criterion: its whole, its slices, and what has none.

    `raised` are scores that were not chosen uniformly, `unscored` answers without an outcome.
    """

    whole: Series
    slices: Mapping[Stream, Series]
    raised: Sequence[Observation]
    unscored: Sequence[Observation]


@dataclass(slots=True)
class _Group:
    uniform: list[Observation] = field(default_factory=list)
    raised: list[Observation] = field(default_factory=list)
    unscored: list[Observation] = field(default_factory=list)


def gather(observations: Iterable[Observation], *, at: float) -> tuple[Gathered, ...]:
    """Return what was observed up to an instant, by prompt and criterion.

    The order of the observations does not matter.
    """
    groups: defaultdict[tuple[str, str], _Group] = defaultdict(_Group)
    for each in observations:
        if each.ts > at or each.stratum is Stratum.CACHED:
            continue
        group = groups[each.prompt, each.criterion]
        if each.outcome is None:
            group.unscored.append(each)
        elif each.stratum is Stratum.UNIFORM:
            group.uniform.append(each)
        else:
            group.raised.append(each)
    return tuple(
        _gathered(Stream(prompt=key[0], criterion=key[1]), groups[key]) for key in sorted(groups)
    )


def series_of(stream: Stream, scores: Iterable[Observation]) -> Series:
    """Return scores as a series; those without an outcome are left out."""
    ordered = sorted(scores, key=attrgetter("ts", "request_id"))
    outcomes = [each.outcome for each in ordered if each.outcome is not None]
    return Series(
        stream=stream,
        scores=ordered,
        times=[each.ts for each in ordered],
        outcomes=outcomes,
        sums=list(accumulate(outcomes, initial=0.0)),
    )


def value_of(score: Observation, dimension: str) -> str:
    """Return what an observation says of a dimension."""
    return _OF[dimension](score)


def _gathered(whole: Stream, group: _Group) -> Gathered:
    series = series_of(whole, group.uniform)
    parts: dict[tuple[str, str], list[Observation]] = {}
    for dimension in DIMENSIONS:
        read = _OF[dimension]
        for score in series.scores:
            value = read(score)
            if value:
                parts.setdefault((dimension, value), []).append(score)
    slices = {}
    for (dimension, value), scores in parts.items():
        stream = narrowed(whole, dimension, value)
        slices[stream] = series_of(stream, scores)
    return Gathered(whole=series, slices=slices, raised=group.raised, unscored=group.unscored)


def narrowed(stream: Stream, dimension: str, value: str) -> Stream:
    """Return a stream narrowed to one value of a dimension."""
    return replace(stream, **{dimension: value})


def names_of(stream: Stream) -> Mapping[str, str]:
    """Return what a stream is narrowed to, by dimension."""
    return {name: value for name in DIMENSIONS if (value := getattr(stream, name))}
