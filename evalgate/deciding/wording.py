"""Numbers and names as they stand in the sentence of a reason."""

import math
from collections.abc import Sequence

_MOST_NAMES = 5
_ROUNDING = 1e-9
_LEAST = "0.0001"


def points(fraction: float, *, apart_from: Sequence[float] = ()) -> str:
    """Write the size of a fraction in percentage points: `4.5 points`, `1 point`.

    Args:
        fraction: the difference; its sign is left out.
        apart_from: see `points_alone`.
    """
    number = points_alone(abs(fraction), apart_from=apart_from)
    return f"{number} {'point' if number == '1' else 'points'}"


def points_alone(fraction: float, *, apart_from: Sequence[float] = ()) -> str:
    """Write a fraction in percentage points, without a unit.

    Args:
        fraction: the difference, in −1..1.
        apart_from: fractions that this one must not look equal to unless it is; as many decimals
            are added as that takes, up to four. None at all is always among them.
    """
    others = (0.0, *apart_from)
    text = ""
    for decimals in range(1, 5):
        text = _shortest(fraction * 100, decimals)
        looks_equal = (_shortest(other * 100, decimals) == text for other in others)
        if not any(looks_equal) or any(abs(other - fraction) < _ROUNDING for other in others):
            return text
    return text if text != "0" else ("-" if fraction < 0 else "") + _LEAST


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


def between(low: float, high: float, *, apart_from: Sequence[float] = ()) -> str:
    """Say in words where a change lies, from its bounds as fractions.

    Args:
        low: the lower bound.
        high: the upper bound.
        apart_from: sizes that no bound must look equal to unless it is.
    """
    least, most = (points(end, apart_from=apart_from) for end in sorted((low, high), key=abs))
    if high < 0 or low > 0:
        word = "drop" if high < 0 else "gain"
        return f"the {word} is between {least.split(' ', maxsplit=1)[0]} and {most}"
    drop, gain = (points(end, apart_from=apart_from) for end in (low, high))
    return f"the change is between a drop of {drop} and a gain of {gain}"


def _percent(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") + "%"


def _shortest(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
