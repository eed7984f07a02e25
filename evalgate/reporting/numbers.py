"""Writes numbers the way a reader wants to see them. Rates and drops come as fractions."""

from collections.abc import Sequence

from evalgate.deciding import wording

MINUS = "−"
UNKNOWN = "unknown"


def points(fraction: float, *, apart_from: tuple[float, ...] = ()) -> str:
    """Write a difference of rates in percentage points, without a unit.

    Args:
        fraction: the difference, in −1..1.
        apart_from: fractions that this one must not look equal to unless it is; as many decimals
            are added as that takes, up to four. None at all is always among them.
    """
    return wording.points_alone(fraction, apart_from=apart_from).replace("-", MINUS)


def signed_points(fraction: float, *, apart_from: tuple[float, ...] = ()) -> str:
    """Write a difference of rates in points, with a plus when it is a gain."""
    text = points(fraction, apart_from=apart_from)
    return f"+{text}" if fraction > 0 and text != "0" else text


def percent(rate: float | None) -> str:
    """Write a rate, or a dash where there is none."""
    return "–" if rate is None else wording.percent(rate)


def money(usd: float | None) -> str:
    """Write US dollars, with more digits for small sums; an unknown cost is never zero."""
    if usd is None:
        return UNKNOWN
    if usd == 0:
        return "$0"
    if usd < 0.0001:
        return "<$0.0001"
    return f"${usd:,.4f}" if usd < 1 else f"${usd:,.2f}"


def milliseconds(value: int) -> str:
    """Write a duration given in milliseconds."""
    return f"{value} ms" if value < 1000 else f"{_rounded(value / 1000, 1)} s"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 case`, `5,000 cases`."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {word}"


def tally(outcomes: Sequence[float]) -> str:
    """Write the outcomes of one case's trials: `2 of 3 passed`, or the mean of its scores."""
    if not outcomes:
        return "not graded"
    if all(outcome in (0.0, 1.0) for outcome in outcomes):
        return f"{sum(outcomes):.0f} of {len(outcomes)} passed"
    return f"score {sum(outcomes) / len(outcomes):.2f}"


def _rounded(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
