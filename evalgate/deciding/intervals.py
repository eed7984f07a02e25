"""The two-sided interval of a rate with few observations."""

from evalgate.deciding.quantiles import beta_quantile


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
