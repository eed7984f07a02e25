"""What calls take and cost, as expected and at most, and how such figures are added up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evalgate.running.size import Forecast

NOTHING = Forecast(expected=0, most=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """US dollars as expected and at most; None when a model has no known price."""

    expected: float | None = 0.0
    most: float | None = 0.0

    def plus(self, other: "Cost") -> "Cost":
        """Return both together; what is unknown on either side is unknown."""
        return Cost(expected=_sum(self.expected, other.expected), most=_sum(self.most, other.most))

    def times(self, expected: float, most: float) -> "Cost":
        """Return a multiple of either figure."""
        return Cost(
            expected=None if self.expected is None else self.expected * expected,
            most=None if self.most is None else self.most * most,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A number of calls and their tokens."""

    calls: Forecast = NOTHING
    input_tokens: Forecast = NOTHING
    output_tokens: Forecast = NOTHING

    def plus(self, other: "Load") -> "Load":
        """Return both together."""
        return Load(
            calls=self.calls.plus(other.calls),
            input_tokens=self.input_tokens.plus(other.input_tokens),
            output_tokens=self.output_tokens.plus(other.output_tokens),
        )

    def times(self, expected: float, most: float) -> "Load":
        """Return a multiple of either figure, rounded up."""
        return Load(
            calls=_times(self.calls, expected, most),
            input_tokens=_times(self.input_tokens, expected, most),
            output_tokens=_times(self.output_tokens, expected, most),
        )

    def share(self, part: float) -> "Load":
        """Return a part of the load, between 0 and 1, rounded up."""
        return self.times(part, part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What calls take and cost."""

    load: Load = Load()
    cost: Cost = Cost()

    def plus(self, other: "Spending") -> "Spending":
        """Return both together."""
        return Spending(load=self.load.plus(other.load), cost=self.cost.plus(other.cost))

    def times(self, expected: float, most: float) -> "Spending":
        """Return a multiple of what is expected, and one of what is at most."""
        return Spending(load=self.load.times(expected, most), cost=self.cost.times(expected, most))


def _times(whole: Forecast, expected: float, most: float) -> Forecast:
    # What is whole but for rounding is not rounded up to the next number.
    return Forecast(
        expected=math.ceil(round(whole.expected * expected, 6)),
        most=math.ceil(round(whole.most * most, 6)),
    )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def added(parts: Iterable[Spending]) -> Spending:
    """Return spendings together."""
    total = Spending()
    for part in parts:
        total = total.plus(part)
    return total
