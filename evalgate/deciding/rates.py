"""Pass rates over cases, what counts as passed, and which cases can be compared."""

import math
from collections.abc import Iterable

from evalgate.model.comparison import CaseKind, CasePair, mean
from evalgate.model.trial import Arm

_PASSED = 0.5
_ROUNDING = 1e-9


def passes(outcome: float) -> bool:
    """Tell whether an outcome, or the mean of several, counts as passed: from one half on."""
    return outcome >= _PASSED - _ROUNDING


def exceeds(part: int, budget: float, *, of: int) -> bool:
    """Tell whether a part of a number is more than a budget, which is a share of it."""
    return part > budget * of + _ROUNDING


def comparable(pairs: Iterable[CasePair]) -> tuple[CasePair, ...]:
    """Return the cases that are the same at base and head and were graded in both arms."""
    return tuple(
        pair for pair in pairs if pair.kind is CaseKind.SAME and pair.difference is not None
    )


def rate(pairs: Iterable[CasePair], arm: Arm) -> float | None:
    """Return the weighted mean of the cases' means in one arm; None without outcomes."""
    told = [(pair.weight, outcomes) for pair in pairs if (outcomes := _outcomes(pair, arm))]
    weights = math.fsum(weight for weight, _ in told)
    if weights <= 0:
        return None
    return math.fsum(weight * mean(outcomes) for weight, outcomes in told) / weights


def _outcomes(pair: CasePair, arm: Arm) -> tuple[float, ...]:
    return pair.baseline if arm is Arm.BASELINE else pair.candidate
