"""Prints how rollouts end in simulated production where the truth about a version is known.

Usage: python -m benchmarks.rollouts [--runs N] [--only TABLE…] [--write]

`--write` puts the tables into `docs/rollout-statistics.md`, between its markers.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks.courses import HELD, PROMOTED, ROLLED_BACK, Ending, ending, quality_alone
from benchmarks.tables import Row, Table, share, simulate
from benchmarks.traffic import World

PAGE = Path(__file__).parent.parent / "docs" / "rollout-statistics.md"


def _quality_rows(runs: int, pool: Executor) -> Iterator[Row]:
    cells = [
        *product((0.02, 0.1, 0.3), (0.0, 0.05), (0.5,)),
        *product((0.1,), (0.0, 0.05), (0.05,)),
    ]
    for falling_short, drop, scored in cells:
        play = partial(_quality_of, falling_short, drop, scored)
        endings = list(pool.map(play, range(runs), chunksize=10))
        arms = "both arms alike" if scored == 0.5 else "all, at 5 %"
        units = [each.units for each in endings]
        yield (
            *(f"{100 * value:g}" for value in (falling_short, drop)),
            arms,
            *_shares(endings),
            _typical(units, "{:,.0f}"),
        )


def _quality_of(falling_short: float, drop: float, canary: float, seed: int) -> Ending:
    return quality_alone(falling_short, drop, share=canary, seed=seed)


_SAME = World()
WORLDS: Mapping[str, World] = {
    "unchanged": _SAME,
    "5 points lost": replace(_SAME, drop=0.05),
    "10 points lost": replace(_SAME, drop=0.1),
    "three times as slow": replace(_SAME, slower=3.0),
    "twice as dear": replace(_SAME, dearer=2.0),
    "2 points lost": replace(_SAME, drop=0.02),
    "errors 3 %, not 0.5": replace(_SAME, failing=(0.005, 0.03)),
    "refusals 5 %, not 0.2": replace(_SAME, refusing=(0.002, 0.05)),
}


def worlds() -> Iterator[tuple[str, World]]:
    """Yield the worlds of the table, and what each is called."""
    yield from WORLDS.items()


def _rollout_rows(runs: int, pool: Executor) -> Iterator[Row]:
    for name, world in worlds():
        yield rollout_row(name, world, list(pool.map(partial(ending, world), range(runs))))


def rollout_row(name: str, world: World, endings: Sequence[Ending]) -> Row:
    """Return the row of a world."""
    return (
        name,
        f"{world.units:,.0f}",
        *_shares(endings),
        _typical([each.hours for each in endings], "{:.1f}"),
        _typical([each.units for each in endings], "{:,.0f}"),
        _typical([each.scored for each in endings], "{:,.0f}"),
    )


def _shares(endings: Sequence[Ending]) -> Row:
    """Return how often each end came, in percent, with what it may be in truth."""
    found, runs = Counter(each.how for each in endings), len(endings)
    return tuple(share(found[how], runs) for how in (PROMOTED, ROLLED_BACK, HELD))


def _typical(values: Sequence[float], form: str) -> str:
    """Return the middle of some values, and what nine in ten are at most."""
    ordered = sorted(values)
    most = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return f"{form.format(median(ordered))} ({form.format(most)})"


_ENDS = (PROMOTED, ROLLED_BACK)
TABLES: Mapping[str, Table] = {
    "rollouts": Table(
        header=(
            "what is true",
            "units an hour",
            *_ENDS,
            HELD,
            "hours",
            "canary units",
            "scored answers",
        ),
        rows=_rollout_rows,
        runs=40,
        of="rollouts",
    ),
    "quality": Table(
        header=("falls short", "drop", "scored", *_ENDS, "open", "canary's scored units"),
        rows=_quality_rows,
        runs=100,
        of="rollouts",
    ),
}


if __name__ == "__main__":
    simulate(TABLES, PAGE, __doc__)
