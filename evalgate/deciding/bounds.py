"""Bounds on the change of the pass rate, from differences per case or, for a suite, per trial.

Each bound is one-sided: it fails to cover the true change with a probability of about `alpha`.
Artificial half cases at −1 and +1 keep it honest where losses are rare: a plain t interval
collapses to zero width when no case changed. The half-case idea is that of Agresti and Min
(Statistics in Medicine 24, 2005) and Bonett and Price (J. Educ. Behav. Stat. 37, 2012), scaled
here for fractional differences. Clustered errors follow Miller (arXiv 2411.00640).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.deciding.quantiles import beta_quantile, normal_quantile, student_quantile

POWER = 0.8
"""The chance with which `smallest_detectable_drop` is to be noticed."""

_HALF_CASE = 0.5
_AT_BOTH_ENDS = (-1.0, 1.0)
_AT_LOSS = (-1.0,)
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Candidate mean minus baseline mean of one case, in −1..1, and the cluster it belongs to."""

    value: float
    cluster: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Differences added up by independent unit: a cluster, a case that names none, or a trial.

    `totals` are the sums of the units' differences and `sizes` their weights: the number of cases
    of a cluster, 1 for a case, about 1 for a trial.
    """

    totals: tuple[float, ...]
    sizes: tuple[float, ...]
    clustered: bool

    @property
    def units(self) -> int:
        """The number of independent units."""
        return len(self.sizes)

    @property
    def mean(self) -> float:
        """The mean difference per case; 0 for an empty sample."""
        return math.fsum(self.totals) / math.fsum(self.sizes) if self.sizes else 0.0


def sample(differences: Sequence[Difference]) -> Sample:
    """Add differences up by independent unit; their order does not matter."""
    clusters: dict[str, list[float]] = {}
    alone: list[float] = []
    for difference in differences:
        if difference.cluster is None:
            alone.append(difference.value)
        else:
            clusters.setdefault(difference.cluster, []).append(difference.value)
    groups = clusters.values()
    return Sample(
        totals=(*alone, *(math.fsum(group) for group in groups)),
        sizes=(*(1.0 for _ in alone), *(float(len(group)) for group in groups)),
        clustered=bool(clusters),
    )


def suite_sample(cases: Sequence[Sequence[float]]) -> Sample:
    """Take every trial as a unit, for a claim about exactly these cases.

    Given the cases, trials are independent. Their spread here includes that between cases, which a
    fixed suite does not have, so the bounds err on the safe side. Losses with unequal probabilities
    spread less than a binomial, too (Hoeffding, Ann. Math. Stat. 27, 1956), so the guard holds.
    Trials are weighted so that every case weighs the same.

    Args:
        cases: for each case the differences of its trials, in −1..1.
    """
    told = [case for case in cases if case]
    usual = sum(len(case) for case in told) / len(told) if told else 1.0
    return Sample(
        totals=tuple(usual / len(case) * change for case in told for change in case),
        sizes=tuple(usual / len(case) for case in told for _ in case),
        clustered=False,
    )


def lower_bound(of: Sample, alpha: float, *, copies: float = 1.0) -> float:
    """Return the least plausible change, in −1..1; −1 when fewer than two units say anything.

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
        copies: answer for a sample in which every unit occurs this many times.
    """
    degrees = of.units * copies - 1
    if degrees <= 0:
        return -1.0
    centre, error = mean_and_error(of, _AT_LOSS, copies=copies)
    return max(-1.0, centre - student_quantile(1 - alpha, degrees) * error)


def upper_bound(of: Sample, alpha: float) -> float:
    """Return the largest plausible change, in −1..1; +1 when fewer than two units say anything.

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
    """
    if of.units <= 1:
        return 1.0
    centre, error = mean_and_error(of, _AT_BOTH_ENDS)
    return min(1.0, centre + student_quantile(1 - alpha, of.units - 1) * error)


def rare_loss_bound(of: Sample, alpha: float, *, copies: float = 1.0) -> float:
    """Return the largest plausible share of units that are lost outright, wins set against them.

    A unit counts as lost at a mean of −½ or below and as won at +½ or above. The bound is the
    upper one of Clopper and Pearson (Biometrika 26, 1934): Beta(1 − alpha; x + 1, n − x).

    Args:
        of: the differences.
        alpha: one-sided error rate, strictly between 0 and 0.5.
        copies: answer for a sample in which every unit occurs this many times.
    """
    # Rounding may only add a loss: sums of thirds need not meet one half exactly.
    means = [total / size for total, size in zip(of.totals, of.sizes, strict=True)]
    lost = sum(mean <= -0.5 + _ROUNDING for mean in means)
    won = sum(mean >= 0.5 for mean in means)
    net = max(0, lost - won) * copies
    kept = of.units * copies - net
    return beta_quantile(1 - alpha, net + 1, kept) if kept > 0 else 1.0


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
    if of.units <= 1:
        return None
    _, error = mean_and_error(of, _AT_BOTH_ENDS)
    reach = student_quantile(1 - alpha, of.units - 1) + normal_quantile(POWER)
    per_unit = reach**2 / of.units
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
    cases = math.fsum(of.sizes) * copies + _HALF_CASE * len(halves)
    mean = (math.fsum(of.totals) * copies + _HALF_CASE * sum(halves)) / cases
    units = zip(of.totals, of.sizes, strict=True)
    squares = math.fsum((total - size * mean) ** 2 for total, size in units) * copies
    squares += _HALF_CASE * sum((value - mean) ** 2 for value in halves)
    weight = of.units * copies + _HALF_CASE * len(halves)
    correction = weight / (weight - 1) if of.clustered else 1.0
    return mean, math.sqrt(correction * squares) / cases
