"""Prints how often the alarms of production are wrong, and how late, where the truth is known.

Usage: python -m benchmarks.alarms [--runs N] [--only TABLE…] [--write]

`--write` puts the tables into `docs/alarms.md`, between its markers.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.tables import Row, Table, share, simulate
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.episodes import drifts, falls
from evalgate.monitoring.alarms.freezing import moments_of
from evalgate.monitoring.alarms.series import Series
from evalgate.monitoring.alarms.watching import Terms, Watch, watches_of

PAGE = Path(__file__).parent.parent / "docs" / "alarms.md"
SCORES = 10_000
LONGEST = 20_000
WHOLE = Stream(prompt="p", criterion="c")


@dataclass(frozen=True, slots=True)
class Normal:
    """Grades around a mean."""

    mean: float
    sd: float

    def __call__(self, draws: Random, fall: float) -> float:
        """Draw a score whose mean is lower by a fall."""
        return min(1.0, max(0.0, draws.gauss(self.mean - fall, self.sd)))


@dataclass(frozen=True, slots=True)
class Skewed:
    """Grades of which most are high: a Beta distribution with this mean and deviation."""

    mean: float
    sd: float

    def __call__(self, draws: Random, fall: float) -> float:
        """Draw a score whose mean is lower by a fall."""
        mean = self.mean - fall
        size = mean * (1 - mean) / self.sd**2 - 1
        return draws.betavariate(mean * size, (1 - mean) * size)


@dataclass(frozen=True, slots=True)
class Broken:
    """Good grades, and now and then an answer that is no good at all."""

    share: float

    def __call__(self, draws: Random, fall: float) -> float:
        """Draw a score whose mean is lower by a fall."""
        share = self.share + fall / 0.87
        return 0.0 if draws.random() < share else min(1.0, draws.gauss(0.87, 0.05))


@dataclass(frozen=True, slots=True)
class Passing:
    """Passes and failures."""

    rate: float

    def __call__(self, draws: Random, fall: float) -> float:
        """Draw a score whose mean is lower by a fall."""
        return float(draws.random() < self.rate - fall)


KINDS: Mapping[str, Normal | Skewed | Broken | Passing] = {
    "grades, deviation .11": Normal(0.8, 0.11),
    "grades, deviation .25": Skewed(0.8, 0.25),
    "grades, 2 % broken": Broken(0.02),
    "passes, 90 %": Passing(0.9),
    "passes, 97 %": Passing(0.97),
    "passes, 60 %": Passing(0.6),
}


def watch_of(scores: Sequence[float], criteria: int) -> Watch:
    """Return how a prompt is watched whose baseline is of these scores."""
    mean, sd, skew, alike = moments_of(scores)
    baseline = QualityBaseline(
        prompt="p",
        criterion="c",
        mean=mean,
        sd=sd,
        skew=skew,
        n=len(scores),
        is_binary=all(each in (0.0, 1.0) for each in scores),
        autocorrelation=alike,
        frozen=-1.0,
        until=-1.0,
    )
    return watches_of(WHOLE, [baseline], Terms(rules=AlarmRules(), criteria=criteria))[0]


def first_alarms(
    kind: str, size: int, fall: float, seed: int
) -> tuple[int, int | None, int | None]:
    """Return the window, and after how many scores page and ticket came, None for never."""
    draw, draws = KINDS[kind], Random(f"{kind} {size} {fall} {seed}")  # noqa: S311
    watch = watch_of([draw(draws, 0.0) for _ in range(size)], criteria=1)
    before = watch.window if fall else 0
    after = min(LONGEST, 12 * watch.window) if fall else SCORES
    outcomes = [draw(draws, 0.0 if place < before else fall) for place in range(before + after)]
    sums = [0.0]
    for each in outcomes:
        sums.append(sums[-1] + each)
    series = Series(
        stream=WHOLE, scores=(), times=range(len(outcomes)), outcomes=outcomes, sums=sums
    )
    page = next(falls(watch, series, rules_drop=0.05, steady=len(outcomes)), None)
    ticket = next(drifts(watch, series), None)
    return (
        watch.window,
        None if page is None else max(0, page.first + 1 - before),
        None if ticket is None else max(0, ticket.first + 1 - before),
    )


def _false_rows(runs: int, pool: Executor) -> Iterator[Row]:
    for kind in KINDS:
        for size in (500, 2_000):
            play = partial(first_alarms, kind, size, 0.0)
            found = list(pool.map(play, range(runs), chunksize=20))
            yield (
                kind,
                f"{size:,}",
                f"{median(window for window, _, _ in found):,.0f}",
                share(sum(page is not None for _, page, _ in found), runs),
                share(sum(ticket is not None for _, _, ticket in found), runs),
            )


def _delay_rows(runs: int, pool: Executor) -> Iterator[Row]:
    for kind in KINDS:
        for fall in (0.03, 0.05, 0.1):
            play = partial(first_alarms, kind, 2_000, fall)
            found = list(pool.map(play, range(runs), chunksize=20))
            yield (
                kind,
                f"{100 * fall:g}",
                _typical([page for _, page, _ in found]),
                _typical([ticket for _, _, ticket in found]),
            )


def _typical(found: Sequence[int | None]) -> str:
    """Return the middle of some delays, and what nine in ten are at most; a dash for never."""
    ordered = sorted(math.inf if each is None else each for each in found)
    middle, most = ordered[len(ordered) // 2], ordered[math.ceil(0.9 * len(ordered)) - 1]
    return f"{_number(middle)} ({_number(most)})"


def _number(value: float) -> str:
    return "–" if value == math.inf else f"{value:,.0f}"


TABLES: Mapping[str, Table] = {
    "false-alarms": Table(
        header=("scores", "in the baseline", "window", "a page, %", "a ticket, %"),
        rows=_false_rows,
        runs=200,
        of="streams",
    ),
    "delays": Table(
        header=("scores", "points lost", "until the page", "until the ticket"),
        rows=_delay_rows,
        runs=60,
        of="streams",
    ),
}


if __name__ == "__main__":
    simulate(TABLES, PAGE, __doc__)
