"""How many cases a drop of a given size takes to be noticed, and the reverse, before any trial.

Source: Miller, Adding Error Bars to Evals (arXiv 2411.00640), the section on power, for paired
differences.
"""

import math
from dataclasses import dataclass

from evalgate.deciding.bounds import POWER
from evalgate.deciding.quantiles import normal_quantile

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How much the difference of one case varies, for reasons that trials do and do not shrink.

    `between` is the variance of the true change from case to case, `within` that of the difference
    of one trial of either arm within a case: the sum of the variances of both. `trials` is the
    number of trials per case and arm; infinity stands for true rates.
    """

    between: float
    within: float
    trials: float

    @property
    def variance(self) -> float:
        """The variance of the mean difference of a case."""
        return self.between + self.within / self.trials


def cases_needed(
    drop: float, spread: Spread, *, alpha: float, power: float = POWER, two_sided: bool = False
) -> int:
    """Return how many cases make a true drop significant with a probability of `power`.

    Args:
        drop: the true drop, as a fraction above 0.
        spread: how much cases vary.
        alpha: error rate of the test.
        power: the chance with which the drop is to be noticed, strictly between 0 and 1.
        two_sided: whether the test looks for gains too and halves alpha.
    """
    reach = _reach(alpha, power, two_sided=two_sided)
    cases = reach**2 * spread.variance / drop**2
    return max(1, math.ceil(cases * (1 - _ROUNDING)))


def detectable_drop(
    cases: float, spread: Spread, *, alpha: float, power: float = POWER, two_sided: bool = False
) -> float:
    """Return the true drop, as a fraction, that so many cases notice with a chance of `power`.

    It is not cut off at 1: where it is larger, no drop is noticed so often.

    Args:
        cases: how many there are, above 0.
        spread: how much cases vary.
        alpha: error rate of the test.
        power: the chance with which the drop is to be noticed, strictly between 0 and 1.
        two_sided: whether the test looks for gains too and halves alpha.
    """
    return _reach(alpha, power, two_sided=two_sided) * math.sqrt(spread.variance / cases)


def _reach(alpha: float, power: float, *, two_sided: bool) -> float:
    """Return the distance, in standard errors, between no drop and one that is noticed so often."""
    return normal_quantile(1 - (alpha / 2 if two_sided else alpha)) + normal_quantile(power)
