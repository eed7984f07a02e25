"""An exact test of one-trial pass/fail data: are more cases lost than won?"""

import math

_NEGLIGIBLE = 1e-18


def mcnemar_mid_p(lost: int, won: int) -> float:
    """Return the two-sided mid-p value of McNemar's test.

    Source: Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91, 2013.

    Args:
        lost: cases that passed before and fail now.
        won: cases that failed before and pass now.
    """
    fewer, changed = min(lost, won), lost + won
    if lost == won:
        return 1.0
    log_chance = (
        math.lgamma(changed + 1) - math.lgamma(fewer + 1) - math.lgamma(changed - fewer + 1)
    )
    chance = at = math.exp(log_chance - changed * math.log(2))
    below = 0.0
    while fewer > 0 and chance > _NEGLIGIBLE * at:
        chance *= fewer / (changed - fewer + 1)
        fewer -= 1
        below += chance
    return min(1.0, 2 * below + at)
