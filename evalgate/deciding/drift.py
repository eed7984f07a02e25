"""placeholder."""

from collections.abc import Iterable, Sequence
import math

DRIFTED = 100.0


def drift_evidence(cases: Iterable[tuple[Sequence[float], Sequence[float]]]) -> float:
    """Return."""
    logs = [0.0] * 4
    for past, fresh in cases:
        for y in fresh:
            t = sum(past) + y
            q = t / (len(past) + 1)
            for i, psi in enumerate((1 / 16, 1 / 4, 4.0, 16.0)):
                if 0 < q < 1:
                    one = psi * q / (psi * q + 1 - q)
                    logs[i] += math.log((one if y else 1 - one) / (q if y else 1 - q))
    return sum(math.exp(min(700.0, x)) for x in logs) / 4
