"""Chooses the scale on which intervals of differences stand side by side, in points."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.verdict import Estimate

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
_REACH = 3.0
_MARGIN = 0.04
_LEAST_MARGIN = 0.0001


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The points at both ends of a scale, and those that are written."""

    least: float
    most: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value stands: 0 at the least end, 1 at the other."""
        return (value - self.least) / (self.most - self.least)


def scale_of(whole: Estimate, parts: Sequence[Estimate], *, max_drop: float, ticks: int) -> Scale:
    """Return the scale for the interval of all cases, and for those of some of them.

    It shows no change, the limit, the whole interval and every estimate. Intervals of small parts
    may reach beyond it, so that they do not dwarf the whole.

    Args:
        whole: the difference over all cases, as fractions.
        parts: those of slices.
        max_drop: the limit, as a fraction.
        ticks: the most that are written.
    """
    reach = _REACH * max(abs(whole.low), abs(whole.high), max_drop)
    all_shown = [whole, *parts]
    least = min(-max_drop, *(max(each.low, min(each.estimate, -reach)) for each in all_shown))
    most = max(max_drop / 2, *(min(each.high, max(each.estimate, reach)) for each in all_shown))
    margin = max(_MARGIN * (most - least), _LEAST_MARGIN)
    least, most = 100 * (least - margin), 100 * (most + margin)
    step = next((each for each in _STEPS if (most - least) / each < ticks), _STEPS[-1])
    numbers = range(int(-(-least // step)), int(most // step) + 1)
    return Scale(least=least, most=most, ticks=tuple(round(i * step, 6) for i in numbers))
