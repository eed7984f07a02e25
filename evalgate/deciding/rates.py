"""Pass rates over cases, what counts as passed, and which cases can be compared."""

import math
from collections.abc import Iterable, Sequence

from evalgate.model.comparison import CaseKind, CasePair, mean

_PASSED = 0.5
_ROUNDING = 1e-9


def passes(outcome: float) -> bool:
    """Tell whether an outcome, or the mean of several, counts as passed: from one half on."""
    return outcome >= _PASSED - _ROUNDING


def comparable(pairs: Iterable[CasePair]) -> tuple[CasePair, ...]:
    """Return the cases that are the same at base and head and were graded in both arms."""
    return tuple(
        pair for pair in pairs if pair.kind is CaseKind.SAME and pair.difference is not None
    )


def rate(outcomes: Sequence[tuple[float, ...]]) -> float | None:
    """Return the mean of the cases' means, every case weighing the same; None without outcomes."""
    means = [mean(case) for case in outcomes if case]
    return math.fsum(means) / len(means) if means else None
