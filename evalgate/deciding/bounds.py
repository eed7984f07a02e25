"""Bounds on the change of the pass rate, from the differences of independent units.

Each bound is one-sided: it fails to cover the true change with a probability of about `alpha`.
Artificial half cases at −1 and +1 keep it honest where losses are rare: a plain t interval
collapses to zero width when no case changed. The half-case idea is that of Agresti and Min
(Statistics in Medicine 24, 2005) and Bonett and Price (J. Educ. Behav. Stat. 37, 2012), scaled
here for fractional differences. Clustered errors follow Miller (arXiv 2411.00640).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.deciding.quantiles import (
    beta_quantile,
    normal_quantile,
    student_quantile,
    student_tail,
)

POWER = 0.8
"""The chance with which `smallest_detectable_drop` is to be noticed."""

_HALF_CASE = 0.5
_AT_BOTH_ENDS = (-1.0, 1.0)
_AT_LOSS = (-1.0,)
_ROUNDING = 1e-12

_Unit = tuple[float, float, float]
"""Size, total, and the total that the guard looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Candidate mean minus baseline mean of one case, in −1..1, its cluster, and its weight.

    `guarded` is what the guard against rare losses looks at, where that is another number.
    """

    value: float
    cluster: str | None = None
    weight: float = 1.0
    guarded: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Differences added up by independent unit: a cluster, a case that names none, or a trial.

    A unit has a size, the weight of its cases, and a total, that of their differences; the fields
    are sums over the units. `squares` are those of the totals, `cross` the products of total and
    size. `lost` and `won` count the units with a mean of −½ or below and of +½ or above, out of
    `effective` ones: `units`, or fewer when cases weigh unequally (Kish, Survey Sampling, 1965,
    section 11.7).
    `noise_degrees` are the degrees of freedom of `squares` where these are not known from the
    spread between units.
    """

    units: int
    effective: float
    size: float
    size_squares: float
    squares: float
    total: float = 0.0
    cross: float = 0.0
    lost: float = 0.0
    won: float = 0.0
    clustered: bool = False
    noise_degrees: float | None = None

    @property
    def mean(self) -> float:
        """The mean difference per case; 0 for an empty sample."""
        return self.total / self.size if self.size else 0.0


def sample(differences: Sequence[Difference]) -> Sample:
    """Add differences up by independent unit; their order does not matter.

    Weights are scaled so that their mean is 1; a case of weight 0 does not count.
    """
    heaviest = max((each.weight for each in differences), default=0.0)
    weights = [each.weight / heaviest for each in differences if each.weight > 0]
    scale = len(weights) / math.fsum(weights) if weights else 1.0
    clusters: dict[str, list[_Unit]] = {}
    units: list[_Unit] = []
    for each in differences:
        if each.weight <= 0:
            continue
        weight = each.weight / heaviest * scale
        guarded = each.value if each.guarded is None else each.guarded
        unit = (weight, weight * each.value, weight * guarded)
        if each.cluster is None:
            units.append(unit)
        else:
            clusters.setdefault(each.cluster, []).append(unit)
    units += [_joined(parts) for parts in clusters.values()]
    return _added_up(units, clustered=bool(clusters))


def lower_bound(of: Sample, alpha: float, *, copies: float = 1.0) -> float:
    """Return the least plausible change, in −1..1; −1 when fewer than two units say anything.

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
        copies: answer for a sample in which every unit occurs this many times.
    """
    if of.effective * copies <= 1:
        return -1.0
    centre, error = mean_and_error(of, _AT_LOSS, copies=copies)
    degrees = degrees_of_freedom(of, _AT_LOSS, copies=copies)
    return max(-1.0, centre - student_quantile(1 - alpha, degrees) * error)


def upper_bound(of: Sample, alpha: float) -> float:
    """Return the largest plausible change, in −1..1; +1 when fewer than two units say anything.

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
    """
    if of.effective <= 1:
        return 1.0
    centre, error = mean_and_error(of, _AT_BOTH_ENDS)
    degrees = degrees_of_freedom(of, _AT_BOTH_ENDS)
    return min(1.0, centre + student_quantile(1 - alpha, degrees) * error)


def drop_statistic(of: Sample, *, beyond: float = 0.0) -> tuple[float, float] | None:
    """Return Student's t for a drop larger than `beyond`, and its degrees of freedom.

    The upper bound at alpha is below −`beyond` just when t exceeds the quantile at 1 − alpha. None
    when fewer than two units say anything.

    Args:
        of: the differences.
        beyond: the drop that has to be exceeded, as a fraction.
    """
    if of.effective <= 1:
        return None
    centre, error = mean_and_error(of, _AT_BOTH_ENDS)
    return -(centre + beyond) / error, degrees_of_freedom(of, _AT_BOTH_ENDS)


def drop_p_value(of: Sample, *, beyond: float = 0.0) -> float:
    """Return the smallest error rate at which the upper bound is below −`beyond`.

    So it is the chance that a sample which lost nothing looks as bad as this one; 1 when fewer
    than two units say anything.

    Args:
        of: the differences.
        beyond: the drop that has to be exceeded, as a fraction.
    """
    statistic = drop_statistic(of, beyond=beyond)
    return 1.0 if statistic is None else student_tail(*statistic)


def rare_loss_bound(of: Sample, alpha: float, *, copies: float = 1.0) -> float:
    """Return the largest plausible share of units that are lost outright, wins set against them.

    The bound is the upper one of Clopper and Pearson (Biometrika 26, 1934):
    Beta(1 − alpha; x + 1, n − x).

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
        copies: answer for a sample in which every unit occurs this many times.
    """
    net = max(0.0, of.lost - of.won) * copies
    kept = of.effective * copies - net
    return beta_quantile(1 - alpha, net + 1, kept) if kept > _ROUNDING else 1.0


def proves_limit(
    of: Sample, max_drop: float, alpha: float, *, copies: float = 1.0, unseen_loss: float = 0.0
) -> bool:
    """Tell whether a drop of `max_drop` or more is ruled out, on average and as rare losses.

    Args:
        of: the differences.
        max_drop: the limit, as a fraction.
        alpha: one-sided error rate, strictly between 0 and 0.5.
        copies: answer for a sample in which every unit occurs this many times.
        unseen_loss: a further drop, as a fraction, that the sample may hide.
    """
    return (
        lower_bound(of, alpha, copies=copies) - unseen_loss > -max_drop
        and rare_loss_bound(of, alpha, copies=copies) < max_drop
    )


def smallest_set(max_drop: float, alpha: float) -> int | None:
    """Return the number of units below which no result can prove the limit.

    Even without a single loss the guard stays at 1 − alpha^(1/n). None when no number suffices.

    Args:
        max_drop: the limit, as a fraction.
        alpha: one-sided error rate.
    """
    if max_drop <= 0:
        return None
    if max_drop >= 1:
        return 1
    return math.ceil(math.log(alpha) / math.log1p(-max_drop))


def smallest_detectable_drop(of: Sample, alpha: float, *, beyond: float = 0.0) -> float | None:
    """Return the smallest true drop that would be confirmed with a chance of 80 %.

    The claim is that of a failure: an upper bound below −`beyond`. Its error is taken to be the
    observed one plus what the drop itself adds when it comes from a share D of units that break:
    D (1 − D) per unit. (D − beyond)² = (t + z)² (error² + D (1 − D) / units) is solved for D.
    Source of (t + z): the power formula of Miller (arXiv 2411.00640). None below two units.

    Args:
        of: the differences.
        alpha: one-sided error rate of the claim, strictly between 0 and 0.5.
        beyond: the drop that has to be exceeded, as a fraction.
    """
    if of.effective <= 1:
        return None
    _, error = mean_and_error(of, _AT_BOTH_ENDS)
    degrees = degrees_of_freedom(of, _AT_BOTH_ENDS)
    reach = student_quantile(1 - alpha, degrees) + normal_quantile(POWER)
    per_unit = reach**2 / of.effective
    square, linear = 1 + per_unit, 2 * beyond + per_unit
    constant = beyond**2 - (reach * error) ** 2
    root = math.sqrt(max(0.0, linear**2 - 4 * square * constant))
    return min(1.0, (linear + root) / (2 * square))


def mean_and_error(
    of: Sample, halves: tuple[float, ...], *, copies: float = 1.0
) -> tuple[float, float]:
    """Return the mean difference per case and its standard error.

    With clusters, residuals are added up inside each of the G clusters before they are squared,
    and the square is corrected by G / (G − 1).

    Args:
        of: the differences.
        halves: values at which half a case each is added, as a unit of its own.
        copies: answer for a sample in which every unit occurs this many times.
    """
    cases = of.size * copies + _HALF_CASE * len(halves)
    mean = (of.total * copies + _HALF_CASE * sum(halves)) / cases
    squares = copies * (of.squares - 2 * mean * of.cross + mean**2 * of.size_squares)
    squares = max(0.0, squares) + _HALF_CASE * sum((value - mean) ** 2 for value in halves)
    weight = of.units * copies + _HALF_CASE * len(halves)
    correction = weight / (weight - 1) if of.clustered else 1.0
    return mean, math.sqrt(correction * squares) / cases


def degrees_of_freedom(of: Sample, halves: tuple[float, ...], *, copies: float = 1.0) -> float:
    """Return the degrees of freedom of the error of `mean_and_error`.

    Those of units are their number less one. Where the sample states those of its noise, the
    artificial half cases add to the squares without uncertainty of their own (Satterthwaite,
    Biometrics Bulletin 2, 1946).
    """
    most = max(of.effective * copies - 1, _ROUNDING)
    if of.noise_degrees is None or of.squares <= 0:
        return most
    noise = max(0.0, of.squares - of.cross**2 / of.size_squares)
    added = _HALF_CASE * len(halves) / copies
    share = (noise + added) / noise if noise > _ROUNDING else math.inf
    return min(most, max(1.0, of.noise_degrees * copies * share**2))


def _joined(parts: Sequence[_Unit]) -> _Unit:
    sizes, totals, guarded = zip(*parts, strict=True)
    return math.fsum(sizes), math.fsum(totals), math.fsum(guarded)


def _added_up(units: Sequence[_Unit], *, clustered: bool) -> Sample:
    size = math.fsum(size for size, _, _ in units)
    size_squares = math.fsum(size**2 for size, _, _ in units)
    # A cluster counts as one, however large it is; cases count by weight.
    worth = [1.0 if clustered else size for size, _, _ in units]
    effective = math.fsum(worth)
    if not clustered and units:
        effective = min(effective, size**2 / size_squares)
    scale = effective / math.fsum(worth) if units else 0.0
    outright = list(zip(units, worth, strict=True))
    return Sample(
        units=len(units),
        effective=effective,
        size=size,
        size_squares=size_squares,
        total=math.fsum(total for _, total, _ in units),
        squares=math.fsum(total**2 for _, total, _ in units),
        cross=math.fsum(total * size for size, total, _ in units),
        lost=scale * math.fsum(one for unit, one in outright if _is_lost(unit)),
        won=scale * math.fsum(one for unit, one in outright if _is_won(unit)),
        clustered=clustered,
    )


def _is_lost(unit: _Unit) -> bool:
    # Rounding may only add a loss: sums of thirds need not meet one half exactly.
    return unit[2] <= (_ROUNDING - 0.5) * unit[0]


def _is_won(unit: _Unit) -> bool:
    return unit[2] >= 0.5 * unit[0]
