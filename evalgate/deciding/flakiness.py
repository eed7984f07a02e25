"""Which cases are flaky: the baseline itself passes them on some trials and fails on others."""

from collections.abc import Mapping, Sequence

from evalgate.deciding.rates import passes
from evalgate.model.comparison import CasePair

FEWEST_TRIALS = 3
"""With fewer trials of the baseline nothing is said about a case."""

STEADY = 0.9
"""From this share of passing trials on a case passes steadily; from one minus it down, it fails."""

_ROUNDING = 1e-9


def passed_steadily(pair: CasePair) -> bool:
    """Tell whether the baseline passes nearly all trials of a case; true without a baseline."""
    return all(map(passes, pair.baseline)) or _share(pair.baseline) >= STEADY - _ROUNDING


def is_flaky(outcomes: Sequence[float]) -> bool:
    """Tell whether of at least three trials more than a tenth pass and more than a tenth fail."""
    if len(outcomes) < FEWEST_TRIALS:
        return False
    return 1 - STEADY + _ROUNDING < _share(outcomes) < STEADY - _ROUNDING


def flaky_cases(outcomes: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """Return the ids of the flaky cases, sorted, given the baseline's outcomes by case."""
    return tuple(sorted(case for case, told in outcomes.items() if is_flaky(told)))


def _share(outcomes: Sequence[float]) -> float:
    return sum(map(passes, outcomes)) / len(outcomes)
