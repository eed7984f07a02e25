"""The figures of a judge that people look at, each with its interval."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalgate.deciding.agreement import Confusion

CONFIDENCE = 0.95
"""Of the intervals that people look at."""

ALPHA = 0.05
"""The one-sided error rate of the lower limit of J, where no policy says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with its interval, where that is known."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How well a judge agrees with people: its J by so many labels, and the lower limit of it."""

    labels: int = 0
    youden: float | None = None
    low: float = -1.0


def confusion(verdicts: Iterable[tuple[bool, bool]]) -> Confusion:
    """Count what people and the judge said, people first."""
    table = Counter(verdicts)
    return Confusion(
        true_pass=table[True, True],
        false_fail=table[True, False],
        false_pass=table[False, True],
        true_fail=table[False, False],
    )


def agreement_of(counts: Confusion, alpha: float = ALPHA) -> Agreement:
    """Return the agreement that counts show, with a lower limit at a one-sided error rate."""
    low = counts.youden_low(alpha)
    return Agreement(labels=counts.labels, youden=counts.youden, low=-1.0 if low is None else low)


def measures(counts: Confusion) -> Mapping[str, Measure | None]:
    """Return the figures by name; None where there are no answers that one is about."""
    return {
        "sensitivity": _measure(counts.sensitivity, counts.sensitivity_interval(CONFIDENCE)),
        "specificity": _measure(counts.specificity, counts.specificity_interval(CONFIDENCE)),
        "kappa": _measure(counts.kappa, counts.kappa_interval(CONFIDENCE)),
        "youden": _measure(counts.youden, _youden_interval(counts)),
    }


def _youden_interval(counts: Confusion) -> tuple[float, float] | None:
    """Return both limits of J; the upper one is the lower one of a judge who says the opposite."""
    opposite = Confusion(
        true_pass=counts.false_fail,
        false_fail=counts.true_pass,
        false_pass=counts.true_fail,
        true_fail=counts.false_pass,
    )
    tail = (1 - CONFIDENCE) / 2
    low, low_of_opposite = counts.youden_low(tail), opposite.youden_low(tail)
    return None if low is None or low_of_opposite is None else (low, -low_of_opposite)


def _measure(value: float | None, limits: tuple[float, float] | None) -> Measure | None:
    if value is None:
        return None
    low, high = limits or (None, None)
    return Measure(value=value, low=low, high=high)
