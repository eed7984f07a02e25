"""Draws a course as one line of characters."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-=*#"
GAP = " "


def sparkline(
    values: Sequence[float | None],
    *,
    least: float | None = None,
    most: float | None = None,
    pens: str = BLOCKS,
) -> str:
    """Return one character a value; a blank where there is none.

    Args:
        values: in their order.
        least: what the lowest character stands for; the least value where it is None.
        most: the same for the highest one.
        pens: the characters, the lowest first.
    """
    known = [each for each in values if each is not None]
    if not known:
        return GAP * len(values)
    low = min(known) if least is None else least
    high = max(known) if most is None else most
    return "".join(
        GAP if each is None else pens[_level(each, low, high, len(pens))] for each in values
    )


def _level(value: float, low: float, high: float, levels: int) -> int:
    if high <= low:
        return levels // 2
    share = (value - low) / (high - low)
    return min(levels - 1, max(0, int(share * levels)))


def thinned(values: Sequence[float | None], width: int) -> list[float | None]:
    """Return at most so many values, each the mean of neighbours."""
    if len(values) <= width:
        return list(values)
    found: list[float | None] = []
    for number in range(width):
        start, end = number * len(values) // width, (number + 1) * len(values) // width
        known = [each for each in values[start:end] if each is not None]
        found.append(sum(known) / len(known) if known else None)
    return found
