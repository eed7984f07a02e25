"""Says which streams are watched, against which baseline, and how far each may fall.

The chance of a false page is one for a whole prompt: within 10,000 of its scored answers, by all
criteria and slices together. Half of it is for the prompt as a whole, half for its slices, and each
half is shared by the criteria and the dimensions. The slices of one dimension share its part by
their size, for they share the answers, too.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evalgate.deciding.cumulative_sum import Tuning, tuned
from evalgate.deciding.moving_window import (
    SCORES,
    Promise,
    Spread,
    least_drop,
    spread_of,
    window_and_drop,
)
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import standing

WHOLE = 0.5
"""The share of the false alarms that a prompt as a whole may cause, its slices the rest."""

DRIFTS = 0.1
"""The chance of a false ticket about a drift within 10,000 scored answers of a prompt."""

FOREVER = float("inf")

_SMALLEST_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A stream that is held to a baseline, for the answers after `begin` and up to `end`.

    An alarm is a mean of `window` scores of at most `limit`. `floor` is the like for `told_floor`,
    which is the policy's; None without one. `tuning` is of the cumulative sum, None where there is
    none. `promise` says how rare false pages are.
    """

    stream: Stream
    baseline: QualityBaseline
    spread: Spread
    begin: float
    end: float
    window: int
    drop: float
    floor: float | None
    told_floor: float
    tuning: Tuning | None
    promise: Promise

    @property
    def is_of_floor(self) -> bool:
        """Whether nothing is frozen, so that the floor is all that the stream is held to."""
        return not self.baseline.frozen

    @property
    def limit(self) -> float:
        """The mean from which on downwards a window alarms about a fall."""
        return self.baseline.mean - self.drop

    @property
    def line(self) -> float:
        """The mean from which on downwards a window alarms about anything."""
        return self.limit if self.floor is None else max(self.limit, self.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the streams of a prompt by one criterion have in common.

    `criteria` is how many of the prompt's are held to a baseline, `floor` the least mean that is
    good enough, None for any.
    """

    rules: AlarmRules
    criteria: int = 1
    floor: float | None = None

    @property
    def chance_of_whole(self) -> float:
        """The chance of a false page about the prompt as a whole."""
        share = WHOLE if self.rules.slices else 1.0
        return self.rules.false_alarms * share / max(1, self.criteria)

    @property
    def chance_of_dimension(self) -> float:
        """The chance of a false page about any slice of one dimension."""
        parts = max(1, self.criteria) * max(1, len(self.rules.slices))
        return self.rules.false_alarms * (1 - WHOLE) / parts

    @property
    def chance_of_drift(self) -> float:
        """The chance of a false ticket about a drift."""
        return DRIFTS / max(1, self.criteria)


def watches_of(
    stream: Stream, baselines: Sequence[QualityBaseline], terms: Terms
) -> tuple[Watch, ...]:
    """Return how a stream is watched, one after another for each baseline that was ever frozen.

    Args:
        stream: of a whole prompt, or of a slice of one.
        baselines: of any stream; those that this one is held to are chosen here.
        terms: what holds for all streams of the prompt by that criterion.
    """
    ours = standing(_of_stream(stream, baselines))
    ends = [*(each.holds_from for each in ours[1:]), FOREVER][: len(ours)]
    return tuple(
        _watch(stream, baseline, end=end, share=_share(baseline, baselines), terms=terms)
        for baseline, end in zip(ours, ends, strict=True)
    )


def floor_alone(stream: Stream, floor: float) -> QualityBaseline:
    """Return what a stream is held to that has a floor and no baseline.

    Its mean is the floor, and its scores are taken to vary as much as they can around that.
    """
    return QualityBaseline(
        prompt=stream.prompt,
        criterion=stream.criterion,
        mean=floor,
        sd=math.sqrt(floor * (1 - floor)),
        n=10**9,
        is_binary=True,
        frozen=0.0,
    )


def criteria_of(prompt: str, baselines: Iterable[QualityBaseline]) -> int:
    """Return how many criteria of a prompt have a baseline."""
    return len({each.criterion for each in baselines if each.prompt == prompt})


def is_whole(stream: Stream) -> bool:
    """Return whether a stream is of all answers of a prompt."""
    return stream == Stream(prompt=stream.prompt, criterion=stream.criterion)


def _watch(
    stream: Stream, baseline: QualityBaseline, *, end: float, share: float, terms: Terms
) -> Watch:
    rules, spread = terms.rules, spread_of(baseline)
    promise = Promise(terms.chance_of_whole)
    if not is_whole(stream):
        promise = Promise(terms.chance_of_dimension * share, round(SCORES * share))
    window, drop = window_and_drop(
        spread, rules.max_drop, promise=promise, fewest=rules.fewest, window=rules.window
    )
    tuning = None
    if is_whole(stream) and baseline.frozen:
        tuning = tuned(spread, rules.max_drop, chance=terms.chance_of_drift)
    line = None
    if terms.floor is not None:
        # Above the floor it must be clear that the mean fell, else that it is under the floor.
        surely = max(baseline.mean, terms.floor) - least_drop(spread, window, promise)
        line = min(terms.floor, surely)
    return Watch(
        stream=stream,
        baseline=baseline,
        spread=spread,
        begin=baseline.holds_from,
        end=end,
        window=window,
        drop=drop,
        told_floor=terms.floor or 0.0,
        floor=line,
        tuning=tuning,
        promise=promise,
    )


def _of_stream(stream: Stream, baselines: Iterable[QualityBaseline]) -> Iterator[QualityBaseline]:
    """Yield what a stream is held to; a version is held to what its whole prompt is."""
    for each in baselines:
        mine = (each.prompt, each.criterion) == (stream.prompt, stream.criterion)
        if mine and (each.feature, each.route) == (stream.feature, stream.route):
            yield each


def _share(baseline: QualityBaseline, every: Iterable[QualityBaseline]) -> float:
    """Return which share of its prompt's scores a baseline is of."""
    if not baseline.feature and not baseline.route:
        return 1.0
    whole = [
        each.n
        for each in every
        if (each.prompt, each.criterion) == (baseline.prompt, baseline.criterion)
        and not each.feature
        and not each.route
    ]
    return min(1.0, max(_SMALLEST_SHARE, baseline.n / max(whole))) if whole else 1.0
