"""placeholder"""

import math
from collections.abc import Sequence
from statistics import NormalDist


def nominal_levels(fractions: Sequence[float], spent: Sequence[float]) -> tuple[float, ...]:
    """Return levels."""
    normal = NormalDist()
    increments = [b - a for a, b in zip([0.0, *spent], spent, strict=False)]
    levels = []
    grid: list[tuple[float, float]] = [(0.0, 1.0)]
    before = 0.0
    for t, inc in zip(fractions, increments, strict=True):
        s = math.sqrt(t - before)

        def crossing(
            z: float, grid: list[tuple[float, float]] = grid, t: float = t, s: float = s
        ) -> float:
            return sum(w * normal.cdf((b - z * math.sqrt(t)) / s) for b, w in grid)

        lo, hi = 0.0, 8.0
        for _ in range(50):
            mid = (lo + hi) / 2
            lo, hi = (mid, hi) if crossing(mid) > inc else (lo, mid)
        z = (lo + hi) / 2
        levels.append(1 - normal.cdf(z))
        top, bottom = z * math.sqrt(t), -6 * math.sqrt(t)
        n = 120
        h = (top - bottom) / n
        new = []
        for i in range(n + 1):
            b = bottom + i * h
            w = h / 3 * (1 if i in (0, n) else 4 if i % 2 else 2)
            new.append(
                (
                    b,
                    w
                    * sum(
                        ww * math.exp(-(((b - bb) / s) ** 2) / 2) / (s * 2.5066282746310002)
                        for bb, ww in grid
                    ),
                )
            )
        grid, before = new, t
    return tuple(levels)
