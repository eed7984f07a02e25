"""Prints how rollouts end in simulated production where the truth about a version is known.

Usage: python -m benchmarks.rollouts [--runs N] [--only TABLE…] [--write]

`--write` puts the tables into `docs/rollout-statistics.md`, between its markers.
"""

import gc
import math
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks.courses import HELD, PROMOTED, ROLLED_BACK, Ending, ending, quality_alone
from benchmarks.tables import Row, markdown, put
from benchmarks.traffic import World
from evalgate.deciding.intervals import clopper_pearson

PAGE = Path(__file__).parent.parent / "docs" / "rollout-statistics.md"


def _quality_rows(runs: int, pool: Executor) -> Iterator[Row]:
    cells = [
        *product((0.02, 0.1, 0.3), (0.0, 0.05), (0.5,)),
        *product((0.1,), (0.0, 0.05), (0.05,)),
    ]
    for falling_short, drop, share in cells:
        play = partial(_quality_of, falling_short, drop, share)
        endings = list(pool.map(play, range(runs), chunksize=10))
        arms = "both arms alike" if share == 0.5 else "all, at 5 %"
        units = [each.units for each in endings]
        yield (
            *(f"{100 * value:g}" for value in (falling_short, drop)),
            arms,
            *_shares(endings),
            _typical(units, "{:,.0f}"),
        )


def _quality_of(falling_short: float, drop: float, share: float, seed: int) -> Ending:
    return quality_alone(falling_short, drop, share=share, seed=seed)


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
    return tuple(_share(found[how], runs) for how in (PROMOTED, ROLLED_BACK, HELD))


def _share(part: int, of: int) -> str:
    low, high = clopper_pearson(part, of)
    return f"{100 * part / of:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def _typical(values: Sequence[float], form: str) -> str:
    """Return the middle of some values, and what nine in ten are at most."""
    ordered = sorted(values)
    most = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return f"{form.format(median(ordered))} ({form.format(most)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the page: its header, its rows, and how many rollouts each has by itself."""

    header: Row
    rows: Callable[[int, Executor], Iterator[Row]]
    runs: int


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
    ),
    "quality": Table(
        header=("falls short", "drop", "scored", *_ENDS, "open", "canary's scored units"),
        rows=_quality_rows,
        runs=100,
    ),
}


def table(name: str, runs: int | None, pool: Executor) -> str:
    """Return one table in Markdown; its rows are told as they come."""
    of = TABLES[name]
    runs = runs or of.runs
    rows: list[Row] = []
    for row in of.rows(runs, pool):
        rows.append(row)
        print("  " + "  ".join(row), file=sys.stderr, flush=True)
    return markdown(of.header, rows, note=f"{runs:,} rollouts of each row.")


def main() -> None:
    """Simulate, print, and write when asked."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="rollouts of each row; each table has its own")
    parser.add_argument("--only", nargs="*", choices=TABLES, default=list(TABLES))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    # The calls of a rollout hold no cycles, and looking for some takes a seventh of the time.
    with ProcessPoolExecutor(initializer=gc.disable) as pool:
        for name in options.only:
            text = table(name, options.runs, pool)
            print(f"\n{name}, shares in percent\n\n{text}", flush=True)
            if options.write:
                put(PAGE, name, text)


if __name__ == "__main__":
    main()
