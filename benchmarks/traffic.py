"""Simulated production traffic on two versions whose true rates are known, with its scores."""

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.model.call import Arm
from evalgate.model.exposure import Exposure, Score

HOUR = 3600.0
STABLE, CANARY = ("v1", "1" * 64), ("v2", "2" * 64)
"""Version and hash of either arm."""

_LATENCY, _COST = (7.0, 0.5), (-6.0, 0.4)
"""Mean and deviation of the logarithms: 1.1 s and 0.25 cents in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true of two versions, and of those who use them.

    `units` is how many begin in an hour, each with so many `calls`, an hour apart on average.
    `falling_short` is the stable version's share of answers below the mark, `drop` what the canary
    adds to it; `alike` is by how much outcomes of one unit correlate. `swing` moves that share up
    and down in both arms over the day, 0..1, and the traffic with it. `failing` and `refusing` are
    shares of the calls by arm, stable first. The canary takes `slower` times as long and costs
    `dearer` times as much. Each arm gets as many scores as the smaller one has answers, at most
    `scored` in an hour; a share `unscored` of them never comes.
    """

    units: float = 300.0
    calls: int = 1
    falling_short: float = 0.1
    drop: float = 0.0
    alike: float = 0.0
    swing: float = 0.0
    failing: tuple[float, float] = (0.005, 0.005)
    refusing: tuple[float, float] = (0.002, 0.002)
    slower: float = 1.0
    dearer: float = 1.0
    scored: float = 100.0
    unscored: float = 0.0


@dataclass(frozen=True, slots=True)
class _Visit:
    """A call to come: when, of whom, where its unit stands in the split, how often it fails."""

    at: float
    unit: str
    bucket: float
    chance: float


class Traffic:
    """The calls and scores so far, in order of time."""

    def __init__(self, world: World, rng: random.Random) -> None:
        """Begin with none at instant 0."""
        self._world, self._rng = world, rng
        self._until = 0.0
        self._units = 0
        self._coming: list[_Visit] = []
        self._times: list[float] = []
        self._exposures: list[Exposure] = []
        self._chosen: list[Exposure] = []
        self._scored: tuple[list[float], list[float]] = ([], [])
        self._score_times: list[float] = []
        self._scores: list[Score] = []

    def go_on(self, until: float, *, percent: float) -> None:
        """Let the time pass until an instant, in seconds, while the canary has its share."""
        visits = sorted([*self._coming, *self._arrivals(until)], key=lambda visit: visit.at)
        due = bisect_right(visits, until, key=lambda visit: visit.at)
        self._coming = visits[due:]
        share = percent / 100
        chances = self._sampling(share)
        for visit in visits[:due]:
            self._call(visit, is_canary=visit.bucket < share, chances=chances)
        self._until = until

    def exposures(self, at: float) -> Sequence[Exposure]:
        """Return the calls until an instant."""
        return self._exposures[: bisect_right(self._times, at)]

    def outcomes(self, since: float, until: float) -> Iterator[tuple[Exposure, float | None]]:
        """Yield the calls between two instants that were chosen for scoring, and how they did."""
        first, last = (bisect_right(self._score_times, at) for at in (since, until))
        for call, score in zip(self._chosen[first:last], self._scores[first:last], strict=True):
            yield call, score.outcome

    def scores(self, at: float) -> Sequence[Score]:
        """Return the scores until an instant; one without an outcome is among them."""
        return self._scores[: bisect_right(self._score_times, at)]

    def scored(self, since: float) -> int:
        """Return how many scored calls the arm with fewer of them has had since an instant."""
        return min(len(times) - bisect_right(times, since) for times in self._scored)

    def _arrivals(self, until: float) -> Iterator[_Visit]:
        world, rng, at = self._world, self._rng, self._until
        most = world.units * (1 + world.swing) / HOUR
        while (at := at + rng.expovariate(most)) <= until:
            if world.swing and rng.random() * (1 + world.swing) > self._level(at):
                continue
            self._units += 1
            unit, bucket, chance = f"u{self._units}", rng.random(), self._chance()
            when = at
            for _ in range(world.calls):
                yield _Visit(when, unit, bucket, chance)
                when += rng.expovariate(1 / HOUR)

    def _level(self, at: float) -> float:
        """Return the height of the day, of which the mean is 1."""
        return 1 + self._world.swing * math.sin(2 * math.pi * at / (24 * HOUR))

    def _chance(self) -> float:
        """Draw how often the answers of a unit fall short."""
        mean, alike = self._world.falling_short, self._world.alike
        if not alike:
            return mean
        weight = 1 / alike - 1
        return self._rng.betavariate(mean * weight, (1 - mean) * weight)

    def _sampling(self, share: float) -> tuple[float, float]:
        """Return the chance of being scored by arm, stable first."""
        calls = self._world.units * self._world.calls
        each = min(self._world.scored, calls * min(share, 1 - share))
        return each / (calls * (1 - share)), each / (calls * share)

    def _call(self, visit: _Visit, *, is_canary: bool, chances: tuple[float, float]) -> None:
        world, rng = self._world, self._rng
        number = f"r{len(self._exposures)}"
        failed, refused = (
            rng.random() < shares[is_canary] for shares in (world.failing, world.refusing)
        )
        sampled = None if failed or rng.random() >= chances[is_canary] else chances[is_canary]
        version, digest = CANARY if is_canary else STABLE
        self._times.append(visit.at)
        call = Exposure(
            ts=visit.at,
            request_id=number,
            unit=visit.unit,
            arm=Arm.CANARY if is_canary else Arm.STABLE,
            version=version,
            hash=digest,
            failed=failed,
            refused=refused and not failed,
            latency_ms=int(rng.lognormvariate(*_LATENCY) * (world.slower if is_canary else 1)),
            cost_usd=rng.lognormvariate(*_COST) * (world.dearer if is_canary else 1),
            sampled=sampled,
        )
        self._exposures.append(call)
        if sampled is not None:
            self._chosen.append(call)
            short = visit.chance * self._level(visit.at) + (world.drop if is_canary else 0)
            self._score(visit.at, number, short=refused or rng.random() < short)
            self._scored[is_canary].append(visit.at)

    def _score(self, at: float, request_id: str, *, short: bool) -> None:
        is_missing = self._world.unscored and self._rng.random() < self._world.unscored
        outcome = None if is_missing else float(not short)
        self._score_times.append(at)
        self._scores.append(Score(request_id=request_id, outcome=outcome))
