"""How likely a look is to pass a change that does no harm, before its first trial.

The sum that the bounds look at is taken to be normal, with the variances that
`evalgate.deciding.harmless` supposes; the bounds take those to be known. Outright losses less wins
are taken to be normal given that sum. Tests hold the results against simulation.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from evalgate.deciding.bounds import Sample, degrees_of_freedom, mean_and_error
from evalgate.deciding.harmless import Outright
from evalgate.deciding.quantiles import beta_quantile, normal_quantile, student_quantile

_PATHS = 512
_STEP_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_MOST_LOOKS = len(_STEP_PRIMES) - 2
_ROUNDING = 1e-9
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What one look can be expected to see.

    `sample` is the sample with no change at all, `level` the error rate of a claim. The total
    varies by `kept` and by `fresh`, two variances: of what later looks see too, and of what
    further trials replace. Totals lie `grain` apart. `outright` is that of one unit; without one
    the guard looks at the total itself.
    """

    sample: Sample
    level: float
    kept: float
    fresh: float
    rounds: int = 1
    grain: float = 0.0
    outright: Outright | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a comparison can be expected to go: how often it passes, and how often a look is met."""

    passes: float
    reached: tuple[float, ...]


def course(looks: Sequence[Expected], max_drop: float) -> Course:
    """Follow equally likely courses of a comparison until a look decides.

    Args:
        looks: what each look can be expected to see, the first one first; of very many, all but
            the last of those beyond the tenth are passed over.
        max_drop: the limit, as a fraction.
    """
    told = [*looks[: _MOST_LOOKS - 1], *looks[_MOST_LOOKS - 1 :][-1:]]
    marks = [_Marks.of(look, max_drop) for look in told]
    passed, reached = 0, [0] * len(told)
    for luck, guard, steps in _paths():
        for index, (mark, total) in enumerate(zip(marks, _totals(told, luck, steps), strict=True)):
            reached[index] += 1
            passes = total > mark.passes_above and guard < mark.guard_chance(total)
            passed += passes
            if passes or total < mark.fails_below:
                break
    shares = [number / _PATHS for number in reached]
    rest = [shares[-1]] * (len(looks) - len(told))
    return Course(passes=passed / _PATHS, reached=(*shares[:-1], *rest, shares[-1]))


def most_losses(units: float, max_drop: float, level: float) -> float:
    """Return the number of outright losses, less wins, below which the guard holds; −1 if none.

    Args:
        units: how many there are.
        max_drop: the limit, as a fraction.
        level: error rate of the guard.
    """
    low, high = -1.0, units
    while high - low > _ROUNDING * units:
        middle = (low + high) / 2
        kept = units - max(0.0, middle)
        holds = kept > 0 and beta_quantile(1 - level, max(0.0, middle) + 1, kept) < max_drop
        low, high = (middle, high) if holds else (low, middle)
    return low


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """Which totals fail, which pass, and how likely the guard holds at a total."""

    fails_below: float
    passes_above: float
    losses: float
    mean: float
    slope: float
    deviation: float

    @classmethod
    def of(cls, look: Expected, max_drop: float) -> "_Marks":
        of, outright = look.sample, look.outright
        variance = look.kept + look.fresh
        above = _on_grain(-_reach(of, look.level, (-1.0,), claim=max_drop), look.grain)
        # A total of no losses at all is a gain of none.
        below = _reach(of, look.level, (-1.0, 1.0), claim=0.0)
        losses = most_losses(of.effective, max_drop, look.level)
        if outright is None or losses < 0:
            above = max(above, -losses) if losses >= 0 else math.inf
            return cls(
                fails_below=-below, passes_above=above, losses=0, mean=-1, slope=0, deviation=0
            )
        covariance = of.units * outright.covariance
        spread = of.units * outright.variance
        unexplained = spread - covariance**2 / variance if variance > 0 else spread
        return cls(
            fails_below=-below,
            passes_above=above,
            losses=math.floor(losses + _ROUNDING) + 0.5,
            mean=of.units * outright.mean,
            slope=covariance / variance if variance > 0 else 0.0,
            deviation=math.sqrt(max(0.0, unexplained)),
        )

    def guard_chance(self, total: float) -> float:
        room = self.losses - self.mean - self.slope * total
        if self.deviation <= _ROUNDING:
            return 1.0 if room > 0 else 0.0
        return _NORMAL.cdf(room / self.deviation)


def _reach(of: Sample, level: float, halves: tuple[float, ...], *, claim: float) -> float:
    """Return how far a total may lie from none before a bound moves past a claim."""
    centre, error = mean_and_error(of, halves)
    quantile = student_quantile(1 - level, degrees_of_freedom(of, halves))
    return (claim + centre - quantile * error) * (of.size + len(halves) / 2) * (1 if claim else -1)


def _on_grain(total: float, grain: float) -> float:
    """Move a mark to the middle between two totals that can occur."""
    return (math.floor(total / grain + _ROUNDING) + 0.5) * grain if grain else total


def _totals(looks: Sequence[Expected], luck: float, steps: Sequence[float]) -> Iterator[float]:
    """Yield the total of each look in one course; what is fresh averages over the rounds."""
    walked, before = 0.0, 0
    for look, step in zip(looks, steps, strict=False):
        walked += step * math.sqrt(max(0, look.rounds - before))
        before = look.rounds
        # The mean of so many rounds has a variance of `fresh`.
        yield luck * math.sqrt(look.kept) + walked / math.sqrt(look.rounds) * math.sqrt(look.fresh)


def _paths() -> Iterator[tuple[float, float, tuple[float, ...]]]:
    """Yield evenly spread courses: luck that stays, that of the guard, and that of each look."""
    roots = [math.sqrt(prime) % 1 for prime in _STEP_PRIMES]
    for index in range(1, _PATHS + 1):
        spread = [(0.5 + index * root) % 1 for root in roots]
        luck, guard, *steps = spread
        yield (
            normal_quantile(_inside(luck)),
            guard,
            tuple(normal_quantile(_inside(step)) for step in steps),
        )


def _inside(share: float) -> float:
    return min(1 - 1e-6, max(1e-6, share))
