"""Two-sided intervals for one pass rate, for display and for rates with few labels."""

import math

from evalgate.deciding.quantiles import beta_quantile, normal_quantile


def wilson(passed: float, of: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a pass rate, which covers it about as often as it says.

    Source: Wilson, J. Am. Stat. Assoc. 22 (1927) 209; Newcombe, Statistics in Medicine 17 (1998)
    857, method 3. Without trials it is the whole range 0..1.

    Args:
        passed: passed trials, 0..`of`; a sum of scores will do.
        of: trials, not necessarily whole.
        confidence: strictly between 0 and 1.
    """
    if of <= 0:
        return 0.0, 1.0
    square = normal_quantile((1 + confidence) / 2) ** 2
    centre = passed + square / 2
    reach = math.sqrt(square * (passed * (1 - passed / of) + square / 4))
    low = (centre - reach) / (of + square) if passed > 0 else 0.0
    high = (centre + reach) / (of + square) if passed < of else 1.0
    return max(0.0, low), min(1.0, high)


def clopper_pearson(passed: float, of: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a pass rate, which covers it at least as often as it says.

    Either limit alone is a one-sided one at (1 + confidence) / 2.
    Source: Clopper and Pearson, Biometrika 26 (1934) 404. Without trials it is 0..1.

    Args:
        passed: passed trials, 0..`of`; between whole numbers the limits are interpolated.
        of: trials.
        confidence: strictly between 0 and 1.
    """
    tail = (1 - confidence) / 2
    low = beta_quantile(tail, passed, of - passed + 1) if 0 < passed <= of else 0.0
    high = beta_quantile(1 - tail, passed + 1, of - passed) if passed < of else 1.0
    return low, high
