"""How long a window of scores must be, so that its mean seldom falls where nothing has changed.

A window of the last n scores is looked at after each one, so 10,000 scores are thousands of looks
that share most of what they see. Its mean falls by d somewhere among them with a chance of about

    1 − (1 − F) exp(−(scores − n) · d · f · ν)

where F is the chance that one window falls so far, f the density of its sum there, and d · f · ν
how often a new fall begins per score. For passes and failures f is the binomial probability and ν
is 1, which is the clumping rate of Arratia, Gordon and Waterman (Annals of Statistics 18, 1990,
539). Graded scores are taken for a shifted gamma distribution with the baseline's own deviation and
skewness, whose sums have a density in closed form; ν(√2 d / sd) corrects for looks at whole scores
(Siegmund, Sequential Analysis, 1985, 4.38; in the closed form of Siegmund and Yakir, The Statistics
of Gene Mapping, 2007, 112). Neighbours that are alike say less: n scores count as
n (1 − r) / (1 + r). The baseline is a sample itself, so the chance is averaged over where the true
mean may lie.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from evalgate.deciding.quantiles import beta_quantile, incomplete_beta, normal_tail
from evalgate.model.quality_baseline import QualityBaseline

SCORES = 10_000
"""The number of scores that a promise about false alarms is for."""

LONGEST = 5_000
"""The longest window that is thought of."""

MOST_STRETCHED = 3
"""How many times as long as with a baseline that is known for sure a window may be."""

LEAST_SD = 0.02
"""Graded scores that never differed are not taken to be sure for ever."""

FEWEST_FROZEN = 200
"""Scores that a baseline is made of at least."""

_ERRORS_IN_DROP = 4.0
_SURE = 1e9
_MOST_ALIKE = 0.9
_FARTHEST = 4.5
_STEPS = 36
_BISECTIONS = 30
_NORMAL_BELOW = 1e-3
"""The skewness from which on a gamma distribution is told from a normal one."""

_CERTAIN_BELOW = 1.0
"""Deviations of a window's mean: a fall that is smaller comes about in any long stretch."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Promise:
    """That false alarms are rare: at most with this `chance` while so many `scores` come."""

    chance: float
    scores: int = SCORES


@dataclass(frozen=True, slots=True)
class Spread:
    """How scores vary around the mean of a baseline, and how well that mean is known.

    `lost` is one minus the mean, `skew` that of what is lost, `n` the scores of the baseline by
    what they are worth, and `worth` what a score is worth beside its neighbours.
    """

    lost: float
    sd: float
    skew: float
    n: float
    is_binary: bool
    worth: float


def spread_of(baseline: QualityBaseline) -> Spread:
    """Return how the scores of a baseline vary."""
    alike = min(_MOST_ALIKE, max(0.0, baseline.autocorrelation))
    worth = (1 - alike) / (1 + alike)
    return Spread(
        lost=1 - baseline.mean,
        sd=max(LEAST_SD, baseline.sd * (1 + _error_of_sd(baseline))),
        skew=max(0.0, -baseline.skew),
        n=max(2.0, baseline.n * worth),
        is_binary=baseline.is_binary,
        worth=worth,
    )


def _error_of_sd(baseline: QualityBaseline) -> float:
    """Return the standard error of a deviation, as a share of it; passes have none of their own.

    Where a few scores are very bad, the deviation rests on those few. The kurtosis is taken to be
    that of a gamma distribution with the baseline's skewness.
    """
    if baseline.is_binary:
        return 0.0
    return math.sqrt((2 + 1.5 * baseline.skew**2) / (4 * max(2, baseline.n)))


def false_alarm_chance(of: Spread, window: int, drop: float, *, scores: int = SCORES) -> float:
    """Return the chance that the mean of a window falls by so much although nothing has changed.

    Args:
        of: how the scores vary.
        window: the number of scores in it.
        drop: how far below the baseline's mean, as a fraction, above 0.
        scores: how many come; there is a look after each one.
    """
    line = of.lost + drop
    if of.is_binary:
        line = math.ceil(window * line - _ROUNDING) / window
    if line > 1:
        return 0.0
    n, looks = window * of.worth, max(0, scores - window) * of.worth
    return math.fsum(
        weight * _chance(of, lost, line, n=n, looks=looks) for lost, weight in beliefs(of)
    )


@lru_cache(maxsize=1024)
def window_and_drop(
    of: Spread, drop: float, *, promise: Promise, fewest: int, window: int | None = None
) -> tuple[int, float]:
    """Return the window to look at, and how far its mean must fall to be an alarm.

    That is `drop` at least. It is more where the window is given and too short for it, or where the
    baseline is of so few scores that no window of a sensible length would do.

    Args:
        of: how the scores vary.
        drop: how far below the baseline's mean, as a fraction, above 0.
        promise: how rare false alarms are.
        fewest: scores that a window has at least.
        window: the number of scores; None for the shortest that does.
    """
    if window is None:
        known = replace(of, n=_SURE)
        sure = window_for(known, drop, promise=promise, fewest=fewest) or LONGEST
        longest = min(LONGEST, MOST_STRETCHED * sure)
        fitting = window_for(of, drop, promise=promise, fewest=fewest)
        if fitting is not None and fitting <= longest:
            return fitting, drop
        window = longest
    return window, max(drop, least_drop(of, window, promise))


@lru_cache(maxsize=4096)
def least_drop(of: Spread, window: int, promise: Promise) -> float:
    """Return the smallest drop below the baseline that a window shows as seldom as promised."""

    def holds(drop: float) -> bool:
        chance = false_alarm_chance(of, window, drop, scores=promise.scores)
        return chance <= promise.chance

    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@lru_cache(maxsize=4096)
def window_for(of: Spread, drop: float, *, promise: Promise, fewest: int) -> int | None:
    """Return the shortest window whose mean falls by so much as seldom as promised.

    None when no window does, since the baseline itself is not known well enough.

    Args:
        of: how the scores vary.
        drop: how far below the baseline's mean, as a fraction, above 0.
        promise: how rare false alarms are.
        fewest: scores that a window has at least.
    """

    def holds(window: int) -> bool:
        chance = false_alarm_chance(of, window, drop, scores=promise.scores)
        return chance <= promise.chance

    high = fewest
    while not holds(high):
        if high >= LONGEST:
            return None
        high = min(LONGEST, high * 2)
    return first_that(holds, max(fewest, high // 2), high)


def smallest_baseline(scores: Sequence[float], drop: float) -> int:
    """Return of how many scores a baseline should be for such a drop.

    Its standard error is then a quarter of the drop or less, so that a page still is about a fall.

    Args:
        scores: some of the stream; the more, the better.
        drop: what pages, as a fraction.
    """
    mean = math.fsum(scores) / max(1, len(scores))
    squares = math.fsum((score - mean) ** 2 for score in scores)
    sd = max(LEAST_SD, math.sqrt(squares / max(1, len(scores) - 1)))
    return max(FEWEST_FROZEN, math.ceil((_ERRORS_IN_DROP * sd / drop) ** 2))


def first_that(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the least whole number that holds, where every larger one does and `high` is one."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return high


@lru_cache(maxsize=256)
def beliefs(of: Spread) -> tuple[tuple[float, float], ...]:
    """Return where the true share that is lost may lie, with weights that add up to 1."""
    step = 2 * _FARTHEST / _STEPS
    places = [-_FARTHEST + step * each for each in range(_STEPS + 1)]
    weights = [math.exp(-0.5 * place * place) for place in places]
    whole = math.fsum(weights)
    return tuple(
        (_believed(of, place), weight / whole)
        for place, weight in zip(places, weights, strict=True)
    )


def _believed(of: Spread, place: float) -> float:
    """Return the share that is lost, so many standard errors above the baseline's."""
    if not of.is_binary:
        return of.lost + place * of.sd / math.sqrt(of.n)
    failed = of.lost * of.n
    return beta_quantile(1 - normal_tail(place), failed + 0.5, of.n - failed + 0.5)


def _chance(of: Spread, lost: float, line: float, *, n: float, looks: float) -> float:
    """Return the chance of a false alarm where the share that is lost is known."""
    gap = line - lost
    sd = math.sqrt(lost * (1 - lost)) if of.is_binary else of.sd
    if gap <= 0 or gap * math.sqrt(n) <= _CERTAIN_BELOW * sd:
        return 1.0
    if of.is_binary:
        density, tail = _binomial(line * n, n, lost)
        rate = gap * density
    else:
        density = _density(gap * n, n, sd=sd, skew=of.skew)
        tilt = gap / sd**2 / (1 + gap * of.skew / (2 * sd))
        tail = min(1.0, density / tilt)
        rate = gap * density * _whole_scores(math.sqrt(2) * gap / sd)
    return 1 - (1 - tail) * math.exp(-rate * looks)


def _binomial(failed: float, of: float, rate: float) -> tuple[float, float]:
    """Return the probability of so many failures, and that of so many or more."""
    rest = of - failed
    log_ways = math.lgamma(of + 1) - math.lgamma(failed + 1) - math.lgamma(rest + 1)
    exactly = math.exp(log_ways + failed * math.log(rate) + rest * math.log1p(-rate))
    return exactly, incomplete_beta(rate, failed, rest + 1)


def _density(total: float, n: float, *, sd: float, skew: float) -> float:
    """Return the density of the sum of n centred losses, as that of a shifted gamma variable."""
    if skew < _NORMAL_BELOW:
        return math.exp(-(total**2) / (2 * n * sd**2)) / (sd * math.sqrt(2 * math.pi * n))
    shape, scale = 4 / skew**2 * n, sd * skew / 2
    place = total / scale + shape
    log = (shape - 1) * math.log(place) - place - math.lgamma(shape) - math.log(scale)
    return math.exp(log)


def _whole_scores(x: float) -> float:
    """Return Siegmund's ν: how much rarer a bound is crossed where looks are steps apart."""
    half = x / 2
    below = 1 - normal_tail(half)
    normal = math.exp(-0.5 * half * half) / math.sqrt(2 * math.pi)
    return (below - 0.5) / half / (half * below + normal)
