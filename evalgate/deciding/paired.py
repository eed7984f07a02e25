"""Tests and an interval for pairs that each passed or failed once in either arm."""

import math

from evalgate.deciding.quantiles import incomplete_beta, normal_quantile, solve

_COUNTABLE = 200
"""Up to so many flips the outcomes are counted, so that p-values have no rounding of their own."""


def mcnemar_exact(lost: int, won: int) -> float:
    """Return the two-sided p-value of no change, from the pairs that changed sides.

    Source: McNemar, Psychometrika 12 (1947) 153, with the binomial instead of its approximation.

    Args:
        lost: pairs that passed at the baseline and fail now.
        won: pairs that failed at the baseline and pass now.
    """
    return min(1.0, 2 * _at_most(min(lost, won), lost + won))


def mcnemar_mid_p(lost: int, won: int) -> float:
    """Return the two-sided p-value that counts half of what is as likely as the observation.

    It is less timid than the exact one and rarely above its level.
    Source: Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13 (2013) 91. Without
    any change of sides it is 1.

    Args:
        lost: pairs that passed at the baseline and fail now.
        won: pairs that failed at the baseline and pass now.
    """
    flips = lost + won
    if not flips:
        return 1.0
    observed = _exactly(min(lost, won), flips)
    if lost == won:
        return 1 - observed / 2
    return 2 * _at_most(min(lost, won), flips) - observed


def tango_interval(
    lost: int, won: int, *, pairs: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the score interval of the change of the pass rate, which is (won − lost) / pairs.

    Source: Tango, Statistics in Medicine 17 (1998) 891. Without pairs it is −1..1.

    Args:
        lost: pairs that passed at the baseline and fail now.
        won: pairs that failed at the baseline and pass now.
        pairs: all pairs, those that did not change sides among them.
        confidence: strictly between 0 and 1.
    """
    if pairs <= 0:
        return -1.0, 1.0
    reach = normal_quantile((1 + confidence) / 2)
    high = _highest_change(lost, won, pairs=pairs, reach=reach)
    return -_highest_change(won, lost, pairs=pairs, reach=reach), high


def tango_score(lost: int, won: int, *, pairs: int, change: float) -> float:
    """Return the standard normal statistic against a true change of this size.

    It is above 0 when the observed change is the larger. The variance is that under the constrained
    maximum of the likelihood.
    Source: Tango, Statistics in Medicine 17 (1998) 891, with Δ for `change`.

    Args:
        lost: pairs that passed at the baseline and fail now.
        won: pairs that failed at the baseline and pass now.
        pairs: all pairs, at least 1.
        change: the hypothesis, in −1..1.
    """
    excess = won - lost - pairs * change
    linear = (2 * pairs - won + lost) * change - won - lost
    constant = -lost * change * (1 - change)
    root = math.sqrt(max(0.0, linear**2 - 8 * pairs * constant))
    # Of the two ways to write the root, the one that subtracts nothing from a number like itself.
    share = (root - linear) / (4 * pairs) if linear <= 0 else -2 * constant / (root + linear)
    variance = pairs * (2 * share + change * (1 - change))
    if variance <= 0:
        return math.copysign(math.inf, excess) if excess else 0.0
    return excess / math.sqrt(variance)


def _highest_change(lost: int, won: int, *, pairs: int, reach: float) -> float:
    def shortfall(change: float) -> float:
        return -tango_score(lost, won, pairs=pairs, change=change)

    return solve(shortfall, lambda _: 0.0, reach, between=((won - lost) / pairs, 1.0))


def _at_most(wins: int, flips: int) -> float:
    """Return the chance of at most so many heads in so many throws of a fair coin."""
    if flips <= _COUNTABLE:
        return sum(math.comb(flips, each) for each in range(wins + 1)) / (1 << flips)
    return incomplete_beta(0.5, flips - wins, wins + 1)


def _exactly(wins: int, flips: int) -> float:
    if flips <= _COUNTABLE:
        return math.comb(flips, wins) / (1 << flips)
    ways = math.lgamma(flips + 1) - math.lgamma(wins + 1) - math.lgamma(flips - wins + 1)
    return math.exp(ways - flips * math.log(2))
