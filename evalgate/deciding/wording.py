"""Numbers and names as they stand in the sentence of a reason."""

import math
from collections.abc import Sequence

_MOST_NAMES = 5
_ROUNDING = 1e-9


def points(fraction: float) -> str:
    """Write the size of a fraction in percentage points: `4.5 points`, `1 point`.

    One decimal, or two below a tenth of a point, so that what is not zero does not read as zero.
    """
    value = abs(fraction) * 100
    if 0 < value < 0.05:
        return f"{max(value, 0.01):.2f} points"
    number = f"{value:.1f}".removesuffix(".0")
    return f"{number} {'point' if number == '1' else 'points'}"


def percent(fraction: float) -> str:
    """Write a rate in percent with one decimal; only exactly none and all read as 0% and 100%."""
    if 0 < fraction < 0.001:
        return "<0.1%"
    if 0.999 < fraction < 1:
        return ">99.9%"
    return _percent(fraction * 100)


def percent_below(fraction: float) -> str:
    """Write a rate that falls short of one, rounded down: 0.8996 is not yet `90%`."""
    return _percent(math.floor(fraction * 1000 + _ROUNDING) / 10)


def percent_above(fraction: float) -> str:
    """Write an upper bound of a rate, rounded up: 0.1001 is more than `10%`."""
    return _percent(math.ceil(fraction * 1000 - _ROUNDING) / 10)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 case`, `1,200 cases`."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """Write names in a row; after the fifth only how many more there are."""
    shown = list(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        shown.append(f"{len(names) - _MOST_NAMES:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def between(low: float, high: float) -> str:
    """Say in words where a change lies, from its bounds as fractions."""
    if high < 0:
        return f"the drop is between {_apart(-high, -low)}"
    if low > 0:
        return f"the gain is between {_apart(low, high)}"
    return f"the change is between a drop of {points(low)} and a gain of {points(high)}"


def _percent(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") + "%"


def _apart(small: float, large: float) -> str:
    """Write two sizes with the unit once: `4 and 11 points`."""
    return f"{points(small).split(' ', maxsplit=1)[0]} and {points(large)}"
