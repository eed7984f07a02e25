"""Weighs what both arms did by one criterion: rates, evidence of harm and of none; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from operator import mul

from evalgate.deciding.concurrent import Block, Observation, blocks
from evalgate.deciding.confidence_sequence import half_width, rate_limits
from evalgate.deciding.event_share import EventShare
from evalgate.deciding.no_harm import NoHarm
from evalgate.deciding.stratified import Tally, stratified_rise
from evalgate.model.rollout import ArmRate, Criterion, CriterionEvidence, Snapshot
from evalgate.rollout.ceiling import Ceiling

MOST_SNAPSHOTS = 120
"""How many points of its course are kept of a criterion."""


_Point = tuple[float, float, float, int, float, float, float]
"""Instant, harm, proof, canary units, failure rate of both arms, rise, and its weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By what evidence is held.

    `max_rise` is by how much more of the canary's units may fail, 0..1. `hours` is for how long the
    present step was seen. `answered` is an instant that a person answers for: harm is shown by what
    came later.
    """

    max_rise: float
    hours: float = 0.0
    answered: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What a criterion weighs, and its harm after every block, as (instant, e-value)."""

    evidence: CriterionEvidence
    harm: tuple[tuple[float, float], ...]


def weighed(
    criterion: Criterion,
    steps: Sequence[Sequence[Observation]],
    *,
    terms: Terms,
    ceiling: Ceiling | None = None,
) -> Weighing:
    """Return what a criterion weighs.

    Args:
        criterion: by which units were observed.
        steps: the observations of each step, in order of time; the last step is the present one.
        terms: by what the evidence is held.
        ceiling: what a value is held to; None where values are failures in 0..1.
    """
    values = (each.value for step in steps for each in step)
    is_graded = ceiling is None and any(value not in (0.0, 1.0) for value in values)
    scales = _Scales(terms, ceiling, is_graded=is_graded)
    for step in steps:
        scales.begin_step()
        for block in blocks(step):
            scales.put(block)
    return Weighing(evidence=scales.evidence(criterion), harm=tuple(scales.harms))


class _Scales:
    """What was seen so far by one criterion, and what it shows."""

    def __init__(self, terms: Terms, ceiling: Ceiling | None, *, is_graded: bool) -> None:
        self._terms = terms
        self._ceiling = ceiling
        self._is_graded = is_graded
        self._tallies: list[Tally] = []
        self._harm, self._answered = EventShare(is_graded=is_graded), False
        self._highest = 1.0
        self._proof = NoHarm(terms.max_rise)
        self._course: list[_Point] = []
        self._growth = 0.0
        self.harms: list[tuple[float, float]] = []

    def begin_step(self) -> None:
        """Begin a step: its arms are compared by themselves, and its pace is what is told."""
        self._tallies.append(Tally())
        self._growth = 0.0

    def put(self, block: Block) -> None:
        """See a block; one that is open is counted and compares nothing."""
        if self._ceiling is not None:
            limit = self._ceiling.value
            self._ceiling.learn(block.stable)
            if limit is None:
                return
            block = _held_to(limit, block)
        self._tallies[-1].count(stable=block.stable, canary=block.canary)
        if block.is_closed:
            self._compare(block)

    def _compare(self, block: Block) -> None:
        self._growth += self._proof.growth(len(block.canary), len(block.stable))
        self._begin_anew(block.at)
        self._harm.add(block.canary, block.stable)
        self._proof.add(block.canary, block.stable)
        harm, arms = self._harm.evidence, (self._arm(0), self._arm(1))
        self._highest = max(self._highest, harm)
        units, failed = arms[0][0] + arms[1][0], arms[0][1] + arms[1][1]
        # A rate with two more units, one of which fails, has a variance that is never 0.
        rate = (failed + 1) / (units + 2)
        rise, weight = stratified_rise(self._tallies)
        self.harms.append((block.at, harm))
        self._course.append((block.at, harm, self._proof.evidence, arms[1][0], rate, rise, weight))

    def _begin_anew(self, at: float) -> None:
        """Forget the harm that a person has answered for."""
        instant = self._terms.answered
        if instant is not None and at > instant and not self._answered:
            self._harm, self._answered = EventShare(is_graded=self._is_graded), True
            self._highest = 1.0

    def evidence(self, criterion: Criterion) -> CriterionEvidence:
        """Return all of it."""
        hours = self._terms.hours
        return CriterionEvidence(
            criterion=criterion,
            stable=_rate(*self._arm(0)),
            canary=_rate(*self._arm(1)),
            max_rise=self._terms.max_rise,
            harm=self._highest,
            proof=self._proof.evidence,
            limit=self._ceiling.value if self._ceiling else None,
            pace=self._growth / hours if hours > 0 and self._growth else None,
            course=tuple(map(_snapshot, _thinned(self._course))),
        )

    def _arm(self, number: int) -> tuple[int, float]:
        units = sum(tally.units[number] for tally in self._tallies)
        return units, sum(tally.failed[number] for tally in self._tallies)


def _rate(units: int, failed: float) -> ArmRate:
    low, high = rate_limits(failed, units)
    return ArmRate(units=units, failed=failed, low=low, high=high)


def _held_to(limit: float, block: Block) -> Block:
    """Return a block in which what is above a limit has failed."""
    canary = tuple(float(value > limit) for value in block.canary)
    return Block(block.at, canary, tuple(float(value > limit) for value in block.stable))


def _thinned(course: Sequence[_Point]) -> Sequence[_Point]:
    """Return at most so many points of a course, the last one always among them."""
    stride = -(-len(course) // MOST_SNAPSHOTS) or 1
    return course[(len(course) - 1) % stride :: stride]


def _snapshot(point: _Point) -> Snapshot:
    at, harm, proof, units, rate, rise, weight = point
    width = half_width(weight, rate * (1 - rate))
    return Snapshot(
        at=at,
        units=units,
        rise=rise,
        low=max(-1.0, rise - width),
        high=min(1.0, rise + width),
        harm=harm,
        proof=proof,
    )


def highest(
    paths: Sequence[Sequence[tuple[float, float]]],
    weights: Sequence[float],
    *,
    since: float | None = None,
) -> float:
    """Return the highest weighted mean that several e-values ever had; 1 where there is none.

    The mean of e-values is one, whatever they have to do with each other (Vovk and Wang, Annals of
    Statistics 49, 2021, 1736), and so is their path's highest point as far as Ville's inequality
    goes.

    Args:
        paths: for each of them its values after every block, as (instant, e-value).
        weights: one for each, with the sum 1.
        since: nothing before this instant counts.
    """
    now = [1.0] * len(paths)
    best = 1.0
    told = [[(at, number, value) for at, value in path] for number, path in enumerate(paths)]
    for at, number, value in merge(*told):
        if since is None or at > since:
            now[number] = value
            best = max(best, sum(map(mul, weights, now)))
    return best
