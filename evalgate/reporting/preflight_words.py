"""Says what a comparison can decide, before its first trial and beside its verdict."""

from evalgate.model.preflight import Preflight
from evalgate.reporting.numbers import count, percent, points


def preflight_sentence(foreseen: Preflight) -> str:
    """Say what is compared, what it can show, and how a change without harm fares."""
    parts = [
        _claim(foreseen),
        *_finds(foreseen),
        f"a change that does no harm {_passes(foreseen.chance_of_pass)}",
    ]
    if foreseen.recorded:
        parts.append(
            f"record of {count(foreseen.recorded, 'trial')}: about "
            f"{_trials(foreseen.trials_per_case)} per case expected, "
            f"{foreseen.most_trials_per_case:.1f} at most".replace(".0 at", " at")
        )
    return "; ".join(parts)


def supposed(foreseen: Preflight) -> str:
    """Say what the figures suppose of the prompt, and where that comes from."""
    source = "from the record" if foreseen.is_known else "nothing is on record"
    return (
        f"a pass rate of {percent(round(foreseen.rate, 3))}, trials of a case that correlate by "
        f"{foreseen.correlation:.2g} ({source}), and a tenth of the cases answered anew"
    )


def _claim(foreseen: Preflight) -> str:
    units = count(foreseen.units, foreseen.unit)
    what = f"the traffic, from {units}"
    if foreseen.estimand == "suite":
        what = f"exactly {count(foreseen.cases, 'case')}, from {units}"
    limit = f"{points(foreseen.max_drop)} points"
    if foreseen.needed_units is None:
        return f"{what}, none of which can prove a limit of {limit}"
    needed = f"{foreseen.needed_units:,}"
    if not foreseen.is_possible:
        return f"{what}, too few for a limit of {limit}, which takes {needed}"
    return f"{what} ({needed} needed for {limit})"


def _finds(foreseen: Preflight) -> list[str]:
    drop = foreseen.smallest_detectable_drop
    if drop is None:
        return []
    return [f"finds drops of {points(drop)} points or more 4 times in 5"]


def _passes(chance: float) -> str:
    """Write a chance as a whole number in a hundred; only what cannot be is never."""
    if chance == 0:
        return "never passes"
    times = min(99, max(1, round(100 * chance)))
    return "passes about once in 100" if times == 1 else f"passes about {times} times in 100"


def _trials(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return f"{text} {'trial' if text == '1' else 'trials'}"
