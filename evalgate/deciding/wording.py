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


def percent(fraction: float, *, up: bool = False) -> str:
    """Write a rate in percent with one decimal, rounded down: 0.8996 is not yet `90%`.

    Args:
        fraction: the rate.
        up: round up instead, for a rate that is an upper bound.
    """
    tenths = fraction * 1000
    whole = math.ceil(tenths - _ROUNDING) if up else math.floor(tenths + _ROUNDING)
    return f"{whole / 10:.1f}".removesuffix(".0") + "%"


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


def _apart(small: float, large: float) -> str:
    """Write two sizes with the unit once: `4 and 11 points`."""
    return f"{points(small).split(' ', maxsplit=1)[0]} and {points(large)}"
