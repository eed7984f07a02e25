"""Which cases are flaky: the baseline itself passes them on some trials and fails on others."""

from collections.abc import Iterable

from evalgate.deciding.rates import passes
from evalgate.model.comparison import CasePair

FEWEST_TRIALS = 3
"""With fewer trials of the baseline nothing is said about a case."""

STEADY = 0.9
"""From this share of passing trials on a case passes steadily; from one minus it down, it fails."""

_ROUNDING = 1e-9


def passed_steadily(pair: CasePair) -> bool:
    """Tell whether the baseline passes nearly all trials of a case; true without a baseline."""
    return all(map(passes, pair.baseline)) or _share(pair) >= STEADY - _ROUNDING


def is_flaky(pair: CasePair) -> bool:
    """Tell whether the baseline passes more than a tenth of its trials and fails more than one."""
    if len(pair.baseline) < FEWEST_TRIALS:
        return False
    return 1 - STEADY + _ROUNDING < _share(pair) < STEADY - _ROUNDING


def flaky_cases(pairs: Iterable[CasePair]) -> tuple[str, ...]:
    """Return the ids of the flaky cases, sorted."""
    return tuple(sorted(pair.case for pair in pairs if is_flaky(pair)))


def _share(pair: CasePair) -> float:
    return sum(map(passes, pair.baseline)) / len(pair.baseline)
