"""Bounds on one pass rate, for the traffic that the cases were drawn from."""

from collections.abc import Iterable

from evalgate.deciding.bounds import Difference, Sample, sample
from evalgate.deciding.intervals import clopper_pearson
from evalgate.deciding.quantiles import student_quantile
from evalgate.model.comparison import CasePair, mean
from evalgate.model.trial import Arm

_HALF = 0.5


def rate_bounds(of: Sample, alpha: float) -> tuple[float, float]:
    """Return the least and the largest plausible rate; 0..1 for an empty sample.

    The unit is the cluster, or the case that names none. It is the exact binomial interval for an
    effective number of units, so it never has zero width: Korn and Graubard (Survey Methodology 24,
    1998, 193). Where every unit passed or failed outright and they weigh the same, it is that of
    Clopper and Pearson for the number of units.

    Args:
        of: each case's mean outcome in 0..1 as its `value`.
        alpha: error rate of either bound alone, strictly between 0 and 0.5.
    """
    if of.units == 0:
        return 0.0, 1.0
    rate, number = min(1.0, max(0.0, of.mean)), effective_units(of, alpha)
    return clopper_pearson(rate * number, number, confidence=1 - 2 * alpha)


def arm_bounds(pairs: Iterable[CasePair], arm: Arm, alpha: float) -> tuple[float, float] | None:
    """Return the bounds on the pass rate of one arm, for the traffic; None without outcomes.

    Args:
        pairs: the cases.
        arm: whose rate.
        alpha: error rate of either bound alone.
    """
    told = [
        Difference(value=mean(outcomes), cluster=pair.cluster, weight=pair.weight)
        for pair in pairs
        if (outcomes := pair.baseline if arm is Arm.BASELINE else pair.candidate)
    ]
    found = sample(told)
    return rate_bounds(found, alpha) if found.units else None


def effective_units(of: Sample, alpha: float) -> float:
    """Return how many units that pass or fail outright would tell the rate as well.

    It is rate × (1 − rate) / variance, less the one unit that is added to both: a half that passed
    and a half that failed, of the size of the unit that a case is in on average. What is gained by
    units that lie closer together than such is known from their spread alone, so it shrinks by the
    square of a ratio of Student's quantiles, as Korn and Graubard do for degrees of freedom.

    Args:
        of: at least one unit with values in 0..1.
        alpha: error rate of either bound alone, strictly between 0 and 0.5.
    """
    usual = of.size_squares / of.size
    sure = of.size / usual
    size = of.size + usual
    rate = (of.total + _HALF * usual) / size
    spread = of.squares - 2 * rate * of.cross + rate**2 * of.size_squares
    halves = _HALF * usual**2 * (rate**2 + (1 - rate) ** 2)
    number = rate * (1 - rate) * size**2 / (max(0.0, spread) + halves) - 1
    if number <= sure:
        return number
    known = student_quantile(1 - alpha, max(1.0, sure - 1))
    ratio = student_quantile(1 - alpha, max(1.0, number - 1)) / known
    return max(sure, number * ratio**2)
