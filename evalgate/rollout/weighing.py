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


_Point = tuple[float, float, float, int, int, int, float, float]
"""Instant, harm, proof; which step it was, and its units and failures by then, stable first."""


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
    """What a criterion weighs, and its harm after every block, as (instant, e-value).

    Blocks that a person has answered for are not among them.
    """

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
        for part in _cut(step, terms.answered):
            for block in blocks(part):
                scales.put(block)
    return Weighing(evidence=scales.evidence(criterion), harm=tuple(scales.harms))


def _cut(step: Sequence[Observation], at: float | None) -> Sequence[Sequence[Observation]]:
    """Return what was observed up to an instant and what was later, which share no block."""
    if at is None:
        return (step,)
    return [each for each in step if each.at <= at], [each for each in step if each.at > at]


class _Scales:
    """What was seen so far by one criterion, and what it shows."""

    def __init__(self, terms: Terms, ceiling: Ceiling | None, *, is_graded: bool) -> None:
        self._terms = terms
        self._ceiling = ceiling
        self._tallies: list[Tally] = []
        self._set_aside = 0
        self._harm, self._answered_harm = (EventShare(is_graded=is_graded) for _ in range(2))
        self._proof = NoHarm(terms.max_rise)
        self._course: list[_Point] = []
        self._blocks = 0
        self.harms: list[tuple[float, float]] = []

    def begin_step(self) -> None:
        """Begin a step: its arms are compared by themselves, and its pace is what is told."""
        self._tallies.append(Tally())
        self._blocks = 0

    def put(self, block: Block) -> None:
        """See a block; one that is open is counted and compares nothing."""
        if self._ceiling is not None:
            limit = self._ceiling.value
            self._ceiling.learn(block.stable)
            if limit is None:
                self._set_aside += len(block.stable) + len(block.canary)
                return
            block = _held_to(limit, block)
        self._tallies[-1] = self._tallies[-1].plus(stable=block.stable, canary=block.canary)
        if block.is_closed:
            self._compare(block)

    def _compare(self, block: Block) -> None:
        self._blocks += 1
        self._proof.add(block.canary, block.stable)
        answered = self._terms.answered
        is_answered = answered is not None and block.at <= answered
        harm = self._answered_harm if is_answered else self._harm
        harm.add(block.canary, block.stable)
        if not is_answered:
            self.harms.append((block.at, harm.evidence))
        step, present = len(self._tallies) - 1, self._tallies[-1]
        here = (step, *present.units, *present.failed)
        self._course.append((block.at, harm.evidence, self._proof.evidence, *here))

    def evidence(self, criterion: Criterion) -> CriterionEvidence:
        """Return all of it."""
        return CriterionEvidence(
            criterion=criterion,
            stable=_rate(self._tallies, 0),
            canary=_rate(self._tallies, 1),
            max_rise=self._terms.max_rise,
            harm=max((1.0, *(value for _, value in self.harms))),
            proof=self._proof.evidence,
            limit=self._ceiling.value if self._ceiling else None,
            set_aside=self._set_aside,
            pace=self._pace(),
            course=tuple(_snapshot(each, self._tallies) for each in _thinned(self._course)),
        )

    def _pace(self) -> float | None:
        """Return by how much the proof should grow in an hour of blocks like this step's."""
        if not self._blocks or self._terms.hours <= 0:
            return None
        stable, canary = (round(units / self._blocks) for units in self._tallies[-1].units)
        return self._blocks / self._terms.hours * self._proof.growth(canary, stable)


def _rate(tallies: Sequence[Tally], arm: int) -> ArmRate:
    units, failed = _counted(tallies, arm)
    low, high = rate_limits(failed, units)
    return ArmRate(units=units, failed=failed, low=low, high=high)


def _counted(tallies: Sequence[Tally], arm: int) -> tuple[int, float]:
    units = sum(tally.units[arm] for tally in tallies)
    return units, sum(tally.failed[arm] for tally in tallies)


def _held_to(limit: float, block: Block) -> Block:
    """Return a block in which what is above a limit has failed."""
    canary = tuple(float(value > limit) for value in block.canary)
    return Block(block.at, canary, tuple(float(value > limit) for value in block.stable))


def _thinned(course: Sequence[_Point]) -> Sequence[_Point]:
    """Return at most so many points of a course, the last one always among them."""
    stride = -(-len(course) // MOST_SNAPSHOTS) or 1
    return course[(len(course) - 1) % stride :: stride]


def _snapshot(point: _Point, steps: Sequence[Tally]) -> Snapshot:
    at, harm, proof, step, *units, stable, canary = point
    tallies = [*steps[:step], Tally((units[0], units[1]), (stable, canary))]
    rise = stratified_rise(tallies)
    width = half_width(rise.weight, rise.variance)
    return Snapshot(
        at=at,
        units=_counted(tallies, 1)[0],
        rise=rise.value,
        low=max(-1.0, rise.value - width),
        high=min(1.0, rise.value + width),
        harm=harm,
        proof=proof,
    )


def highest(paths: Sequence[Sequence[tuple[float, float]]], weights: Sequence[float]) -> float:
    """Return the highest weighted mean that several e-values ever had; 1 where there is none.

    The mean of e-values is one, whatever they have to do with each other (Vovk and Wang, Annals of
    Statistics 49, 2021, 1736), and so is their path's highest point as far as Ville's inequality
    goes.

    Args:
        paths: for each of them its values after every block, as (instant, e-value).
        weights: one for each, with the sum 1.
    """
    now = [1.0] * len(paths)
    best = 1.0
    told = [[(at, number, value) for at, value in path] for number, path in enumerate(paths)]
    for _, number, value in merge(*told):
        now[number] = value
        best = max(best, sum(map(mul, weights, now)))
    return best
