"""Whether units fell on two arms as configured, valid however often it is looked at."""

import math

from evalgate.deciding.logarithms import log_beta, number_of

SKEWED = 0.001
"""The p-value from which on the split is not what was configured."""

_PRIOR = 100.0
"""How much the alternative holds to the configured share, in units."""


def split_p_value(canary: int, stable: int, *, share: float) -> float:
    """Return the p-value of "each unit was the canary's with this chance", from 0 to 1.

    One over the Bayes factor of a beta-binomial against the binomial: a martingale, so that the
    value holds at all times at once. Source: Lindon and Malek, arXiv 2011.03567, section 2.

    Args:
        canary: units of the canary's arm.
        stable: units of the other one.
        share: the configured share of the canary, strictly between 0 and 1.
    """
    first, last = _PRIOR * share, _PRIOR * (1 - share)
    log_evidence = (
        log_beta(first + canary, last + stable)
        - log_beta(first, last)
        - canary * math.log(share)
        - stable * math.log1p(-share)
    )
    return min(1.0, number_of(-log_evidence))
