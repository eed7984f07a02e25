"""Places an interval of differences on a horizontal scale, in percent of the drawing's width.

Percentages let the drawing grow with the page while its letters keep their size.
"""

from dataclasses import dataclass

from evalgate.model.verdict import Estimate
from evalgate.reporting.numbers import signed_points
from evalgate.reporting.sentences import span

_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
_MOST_TICKS = 7
_MARGIN = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A position on the scale and what is written there."""

    x: float
    label: str

    @property
    def anchor(self) -> str:
        """The side on which a label beside the mark has room."""
        return "start" if self.x < 50 else "end"

    @property
    def label_x(self) -> float:
        """Where a label beside the mark starts or ends."""
        return round(self.x + (0.8 if self.x < 50 else -0.8), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalChart:
    """All that is drawn: the scale, the two lines of reference, and the interval.

    `words` is the text for those who do not see the drawing.
    """

    ticks: tuple[Mark, ...]
    zero: Mark
    limit: Mark
    low: Mark
    high: Mark
    estimate: Mark
    words: str


def interval_chart(delta: Estimate, max_drop: float) -> IntervalChart:
    """Lay out the chart of one difference.

    Args:
        delta: the difference of pass rates and its bounds, as fractions.
        max_drop: the limit, as a fraction; it is drawn at its negative.
    """
    least = min(delta.low, -max_drop, 0.0)
    most = max(delta.high, 0.0, max_drop / 2)
    step = _step(most - least)

    def mark(value: float, label: str = "") -> Mark:
        inner = (value - least) / (most - least) * (100 - 2 * _MARGIN)
        return Mark(x=round(_MARGIN + inner, 2), label=label)

    def named(value: float) -> Mark:
        return mark(value, signed_points(value, apart_from=(-max_drop, 0.0)))

    first, last = int(-(-least // step)), int(most // step)
    return IntervalChart(
        ticks=tuple(mark(i * step, signed_points(i * step)) for i in range(first, last + 1)),
        zero=mark(0.0, "no change"),
        limit=mark(-max_drop, f"limit {signed_points(-max_drop)}"),
        low=named(delta.low),
        high=named(delta.high),
        estimate=named(delta.estimate),
        words=(
            f"The change is estimated at {signed_points(delta.estimate)} points; the pass rate is"
            f" {span(delta, max_drop)}. The limit is {signed_points(-max_drop)} points."
        ),
    )


def _step(width: float) -> float:
    """Return the smallest round distance that gives few enough ticks."""
    return next((step for step in _STEPS if width / step < _MOST_TICKS), _STEPS[-1])
