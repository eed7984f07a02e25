"""Makes baselines of the scores of a time that was good, and compares them with those before."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from evalgate.deciding.moving_window import smallest_baseline
from evalgate.model.observation import Observation, Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.series import Series, gather, series_of

SLICES: Sequence[str] = ("feature", "route")
"""What has baselines of its own beside the whole prompt; a version is held to its prompt's."""

_ROUNDING = 1e-5
"""What a figure in a file may lack."""

_MILLISECONDS = 2e-3
"""What an instant in a file may lack, in seconds."""

_CLEARLY = 2.0
"""Standard errors from which on neighbouring scores are taken to be alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which scores a baseline is made of: those of a version from one instant up to another.

    An empty version stands for any. Times are in seconds since 1970.
    """

    since: float
    until: float
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """Who freezes, when and why, and how many scores a baseline has at least.

    `fewest` is None where that follows from `max_drop` and the spread of the scores.
    """

    at: float
    by: str
    reason: str
    max_drop: float
    fewest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """A stream with too few scores for a baseline."""

    stream: Stream
    n: int
    needed: int


@dataclass(slots=True, kw_only=True)
class Frozen:
    """What came of freezing."""

    baselines: list[QualityBaseline] = field(default_factory=list)
    too_few: list[TooFew] = field(default_factory=list)

    @property
    def closest(self) -> TooFew | None:
        """The stream that lacks the smallest part of its scores; None where none lacks any."""
        return max(self.too_few, key=lambda each: each.n / each.needed, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A baseline beside the one that it takes the place of; None where it is the first."""

    before: QualityBaseline | None
    after: QualityBaseline

    @property
    def lowers(self) -> bool:
        """Whether less is asked for than before."""
        return self.before is not None and self.after.mean < self.before.mean - _ROUNDING

    @property
    def is_none(self) -> bool:
        """Whether the same scores hold already, whoever froze them when, for whatever reason."""
        return self._is_of_same_scores and not self._is_earlier

    @property
    def reaches_back(self) -> bool:
        """Whether the same scores are to hold from an earlier instant on."""
        return self._is_of_same_scores and self._is_earlier

    @property
    def _is_earlier(self) -> bool:
        before = self.before
        return before is not None and before.holds_from - self.after.holds_from > _MILLISECONDS

    @property
    def _is_of_same_scores(self) -> bool:
        """Whether both are of the same scores."""
        before, after = self.before, self.after
        if before is None or abs(before.since - after.since) > _MILLISECONDS:
            return False
        figures = zip(_figures(before), _figures(after), strict=True)
        return _names(before) == _names(after) and all(
            abs(one - other) <= _ROUNDING for one, other in figures
        )


def freeze(
    observations: Iterable[Observation], periods: Mapping[str, Period], freezing: Freezing
) -> Frozen:
    """Return the baselines of prompts by each of their criteria, as a whole and by slice.

    Args:
        observations: in any order; only those of the uniform sample with an outcome count.
        periods: for each prompt which scores are taken.
        freezing: who does it, and why.
    """
    chosen = (each for each in observations if _is_in(each, periods.get(each.prompt)))
    frozen = Frozen()
    for gathered in gather(chosen, at=freezing.at):
        period = periods[gathered.whole.stream.prompt]
        whole = _of_one_judge(gathered.whole)
        needed = freezing.fewest or smallest_baseline(whole.outcomes, freezing.max_drop)
        if len(whole) < needed:
            frozen.too_few.append(TooFew(stream=whole.stream, n=len(whole), needed=needed))
            continue
        frozen.baselines.append(_baseline(whole, period, freezing))
        for series in _slices(whole):
            if len(series) >= needed:
                frozen.baselines.append(_baseline(series, period, freezing))
            else:
                few = TooFew(stream=series.stream, n=len(series), needed=needed)
                frozen.too_few.append(few)
    return frozen


def standing(baselines: Iterable[QualityBaseline]) -> tuple[QualityBaseline, ...]:
    """Return the baselines that still hold for some time, those of a stream in its order.

    One that was frozen later, and holds from as early or earlier, takes the place of another.

    Args:
        baselines: all that were ever frozen, of one instant the last one last.
    """
    held: dict[Stream, list[QualityBaseline]] = {}
    for each in sorted(baselines, key=lambda each: each.frozen):
        ours = held.setdefault(stream_of(each), [])
        while ours and ours[-1].holds_from >= each.holds_from:
            ours.pop()
        ours.append(each)
    return tuple(each for ours in held.values() for each in ours)


def latest(baselines: Iterable[QualityBaseline]) -> Mapping[Stream, QualityBaseline]:
    """Return for each stream the baseline that holds now."""
    return {stream_of(each): each for each in standing(baselines)}


def differences(
    before: Iterable[QualityBaseline], after: Iterable[QualityBaseline]
) -> tuple[Difference, ...]:
    """Return each new baseline beside the one that held."""
    held = latest(before)
    return tuple(Difference(before=held.get(stream_of(each)), after=each) for each in after)


def stream_of(baseline: QualityBaseline) -> Stream:
    """Return what a baseline is of."""
    return Stream(
        prompt=baseline.prompt,
        criterion=baseline.criterion,
        feature=baseline.feature,
        route=baseline.route,
    )


def moments_of(outcomes: Sequence[float]) -> tuple[float, float, float, float]:
    """Return mean, deviation, skewness, and how alike neighbours are, of two scores or more."""
    n = len(outcomes)
    mean = math.fsum(outcomes) / n
    centred = [each - mean for each in outcomes]
    squares = math.fsum(each * each for each in centred)
    sd = math.sqrt(squares / (n - 1))
    if squares <= 0:
        return mean, 0.0, 0.0, 0.0
    skew = math.fsum(each**3 for each in centred) / n / (squares / n) ** 1.5
    alike = math.fsum(one * other for one, other in pairwise(centred)) / squares
    return mean, sd, skew, alike if alike > _CLEARLY / math.sqrt(n) else 0.0


def _figures(of: QualityBaseline) -> tuple[float, ...]:
    return of.mean, of.sd, of.skew, of.autocorrelation


def _names(of: QualityBaseline) -> tuple[object, ...]:
    """Return what two baselines of one stream have in common where they are of the same scores."""
    return of.n, of.is_binary, of.version, of.judge


def _is_in(score: Observation, period: Period | None) -> bool:
    return (
        period is not None
        and period.since <= score.ts <= period.until
        and period.version in ("", score.version)
    )


def _of_one_judge(series: Series) -> Series:
    """Return the scores of the judge who scored last: two judges have no mean in common."""
    judges = {each.judge for each in series.scores}
    if len(judges) < 2:
        return series
    last = series.scores[-1].judge
    return series_of(series.stream, [each for each in series.scores if each.judge == last])


def _slices(whole: Series) -> Iterator[Series]:
    """Yield the slices of a prompt, where a dimension has several."""
    stream = whole.stream
    for name in SLICES:
        parts: dict[str, list[Observation]] = {}
        for each in whole.scores:
            parts.setdefault(each.feature if name == "feature" else each.route, []).append(each)
        for value in sorted(parts) if len(parts) > 1 else ():
            if value:
                narrow = Stream(prompt=stream.prompt, criterion=stream.criterion, **{name: value})
                yield series_of(narrow, parts[value])


def _baseline(series: Series, period: Period, freezing: Freezing) -> QualityBaseline:
    mean, sd, skew, alike = moments_of(series.outcomes)
    return QualityBaseline(
        prompt=series.stream.prompt,
        criterion=series.stream.criterion,
        feature=series.stream.feature,
        route=series.stream.route,
        mean=mean,
        sd=sd,
        skew=skew,
        n=len(series),
        is_binary=all(each in (0.0, 1.0) for each in series.outcomes),
        autocorrelation=alike,
        since=series.times[0],
        until=period.until,
        frozen=freezing.at,
        by=freezing.by,
        reason=freezing.reason,
        version=period.version,
        judge=series.scores[-1].judge,
    )
