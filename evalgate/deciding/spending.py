"""Looks at growing evidence: how much error each may spend, and the p-value that it must meet.

Looks are planned: each has a share of the final information, and the error that may be spent up to
it is fixed in advance (Lan and DeMets, Biometrika 70 (1983) 659). Test statistics at different
looks share data, so a look may use more than what is newly spent; how much more follows from their
joint normal distribution, integrated look by look (Armitage, McPherson and Rowe, J. R. Stat. Soc. A
132 (1969) 235) on the grid of Jennison and Turnbull (Group Sequential Methods with Applications to
Clinical Trials, 2000, section 19.2).
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evalgate.deciding.quantiles import normal_quantile, normal_tail

_FINENESS = 16
_CLOSE_FINENESS = 1.5
"""Fineness times the deviation of a step: a narrow step must not fall between the places."""

_FARTHEST = 8.0
"""In standard deviations; what lies beyond weighs less than 1e-14."""

_CLOSEST = 0.999
_PRECISION = 1e-9

_Mass = tuple[float, float]
"""A standard normal statistic, and the probability that stands for its surroundings."""


def spend_linear(fraction: float, alpha: float) -> float:
    """Return the error that may be spent up to a look: the same share of alpha as of information.

    Source: Kim and DeMets, Biometrika 74 (1987) 149, the family alpha·t^ρ with ρ = 1.

    Args:
        fraction: share of the final information, from 0; above 1 it counts as 1.
        alpha: the error to be spent over all looks.
    """
    return alpha * min(1.0, fraction)


def nominal_levels(fractions: Sequence[float], spent: Sequence[float]) -> tuple[float, ...]:
    """Return the one-sided p-value that each look must reach for its claim.

    With these cuts a claim that is false is made up to look k with a probability of `spent[k]`. A
    level lies between what is newly spent at its look and all that was spent up to it; a look that
    spends nothing new has level 0. Looks less than 0.1 % of the information apart are taken to
    be that far apart, which errs on the safe side (Slepian, Bell System Tech. J. 41 (1962) 463).

    Args:
        fractions: share of the final information at each look, above 0 and increasing; only their
            ratios matter.
        spent: the error spent up to and including each look, not decreasing, below 1.

    Raises:
        ValueError: the two differ in length, or do not increase as they should.
    """
    _check(fractions, spent)
    if not spent:
        return ()
    steps = [_Step(min(earlier / later, _CLOSEST)) for earlier, later in pairwise(fractions)]
    levels = [spent[0]]
    going_on: list[_Mass] = []
    for place, step in enumerate(steps):
        grid = _grid(_cut(levels[-1]), step.fineness)
        going_on = steps[place - 1].carry(going_on, grid) if place else _first_look(grid)
        before, now = spent[place : place + 2]
        levels.append(_level(step, going_on, new=now - before, most=now))
    return tuple(levels)


@dataclass(frozen=True, slots=True)
class _Step:
    """From one look to the next: the share of the next look's information that is there already."""

    share: float

    @property
    def fineness(self) -> int:
        """How fine the grid must be from which the step is taken."""
        return max(_FINENESS, math.ceil(_CLOSE_FINENESS / math.sqrt(1 - self.share)))

    def crossing(self, going_on: Sequence[_Mass], cut: float) -> float:
        """Return the probability to have come this far and then to reach the cut."""
        old, new = self._scales()
        aim = new * cut
        return math.fsum([mass * normal_tail(aim - old * z) for z, mass in going_on])

    def carry(self, going_on: Sequence[_Mass], grid: Sequence[_Mass]) -> list[_Mass]:
        """Return the distribution of the next statistic over a grid below its cut."""
        old, new = self._scales()
        places = [old * z for z, _ in going_on]
        scale = new / math.sqrt(2 * math.pi)
        row = [(place, scale * mass) for place, (_, mass) in zip(places, going_on, strict=True)]
        carried = []
        for z, weight in grid:
            aim = new * z
            near = slice(
                bisect_left(places, aim - _FARTHEST), bisect_right(places, aim + _FARTHEST)
            )
            density = sum([mass * math.exp(-0.5 * (aim - u) * (aim - u)) for u, mass in row[near]])
            carried.append((z, weight * density))
        return carried

    def _scales(self) -> tuple[float, float]:
        """Return how far the old and the new statistic reach, in deviations of the step."""
        deviation = math.sqrt(1 - self.share)
        return math.sqrt(self.share) / deviation, 1 / deviation


def _level(step: _Step, going_on: Sequence[_Mass], *, new: float, most: float) -> float:
    """Find the p-value that crosses with the newly spent probability, by bisection of the cut."""
    if new <= 0:
        return 0.0
    low, high = _cut(most), _cut(new)
    while high - low > _PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if step.crossing(going_on, middle) > new else (low, middle)
    return min(most, max(new, normal_tail(high)))


def _first_look(grid: Sequence[_Mass]) -> list[_Mass]:
    scale = 1 / math.sqrt(2 * math.pi)
    return [(z, weight * scale * math.exp(-0.5 * z * z)) for z, weight in grid]


def _grid(cut: float, fineness: int) -> list[_Mass]:
    """Return places below the cut with Simpson's weights: dense in the middle, sparse far out."""
    marks = [z for z in _marks(fineness) if z < cut]
    ends = [*marks, cut] if math.isfinite(cut) else marks
    weights: dict[float, float] = {}
    for left, right in pairwise(ends):
        sixth = (right - left) / 6
        for z, share in ((left, sixth), ((left + right) / 2, 4 * sixth), (right, sixth)):
            weights[z] = weights.get(z, 0.0) + share
    return list(weights.items())


def _marks(r: int) -> list[float]:
    """Return the 6r − 1 places of Jennison and Turnbull, for a drift of 0."""
    tail = [3 + 4 * math.log(r / step) for step in range(1, r)]
    middle = [-3 + 3 * step / (2 * r) for step in range(4 * r + 1)]
    return [*(-z for z in tail), *middle, *reversed(tail)]


def _cut(level: float) -> float:
    return -normal_quantile(level) if level > 0 else math.inf


def _check(fractions: Sequence[float], spent: Sequence[float]) -> None:
    if len(fractions) != len(spent):
        message = (
            f"there are {len(fractions)} information fractions but {len(spent)} errors to spend"
        )
        raise ValueError(message)
    rising = all(left < right for left, right in pairwise((0.0, *fractions)))
    if not rising:
        raise ValueError("information fractions must be above 0 and increase from look to look")
    steady = all(left <= right for left, right in pairwise((0.0, *spent)))
    if not steady or (spent and spent[-1] >= 1):
        raise ValueError("spent errors must start at 0 or above, never decrease, and stay below 1")
