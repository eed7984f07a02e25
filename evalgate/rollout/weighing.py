"""Weighs what both arms did by one criterion: rates, evidence of harm and of none; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from operator import mul

from evalgate.deciding.concurrent import Block, Observation, blocks
from evalgate.deciding.confidence_sequence import half_width, rate_limits
from evalgate.deciding.event_share import EventShare
from evalgate.deciding.no_harm import NoHarm
from evalgate.model.rollout import ArmRate, Criterion, CriterionEvidence, Snapshot
from evalgate.rollout.ceiling import Ceiling

MOST_SNAPSHOTS = 120
"""How many points of its course are kept of a criterion."""


_Point = tuple[float, float, float, tuple[int, int, float, float, float]]
"""Instant, harm, proof; canary units, all units, failures, weight of the blocks, weighted rise."""


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
    for number, step in enumerate(steps):
        for block in blocks(step):
            scales.put(block, is_present=number == len(steps) - 1)
    return Weighing(evidence=scales.evidence(criterion), harm=tuple(scales.harms))


class _Scales:
    """What was seen so far by one criterion, and what it shows."""

    def __init__(self, terms: Terms, ceiling: Ceiling | None, *, is_graded: bool) -> None:
        self._terms = terms
        self._ceiling = ceiling
        self._is_graded = is_graded
        self._units, self._failed = [0, 0], [0.0, 0.0]
        self._weight, self._risen = 0.0, 0.0
        self._harm, self._answered = EventShare(is_graded=is_graded), False
        self._proof = NoHarm(terms.max_rise)
        self._course: list[_Point] = []
        self._growth = 0.0
        self.harms: list[tuple[float, float]] = []

    def put(self, block: Block, *, is_present: bool) -> None:
        """See a block; one that is open is counted and compares nothing."""
        limit = self._ceiling.value if self._ceiling else 0.0
        if self._ceiling is not None:
            self._ceiling.learn(block.stable)
        if limit is None:
            return
        if self._ceiling is not None:
            block = _held_to(limit, block)
        for arm, outcomes in enumerate((block.stable, block.canary)):
            self._units[arm] += len(outcomes)
            self._failed[arm] += sum(outcomes)
        if block.is_closed:
            self._compare(block, is_present=is_present)

    def _compare(self, block: Block, *, is_present: bool) -> None:
        canary, stable = len(block.canary), len(block.stable)
        weight = canary * stable / (canary + stable)
        self._weight += weight
        self._risen += weight * (sum(block.canary) / canary - sum(block.stable) / stable)
        if is_present:
            self._growth += self._proof.growth(canary, stable)
        self._begin_anew(block.at)
        self._harm.add(block.canary, block.stable)
        self._proof.add(block.canary, block.stable)
        harm = self._harm.evidence
        self.harms.append((block.at, harm))
        here = (self._units[1], sum(self._units), sum(self._failed), self._weight, self._risen)
        self._course.append((block.at, harm, self._proof.evidence, here))

    def _begin_anew(self, at: float) -> None:
        """Forget the harm that a person has answered for."""
        instant = self._terms.answered
        if instant is not None and at > instant and not self._answered:
            self._harm, self._answered = EventShare(is_graded=self._is_graded), True

    def evidence(self, criterion: Criterion) -> CriterionEvidence:
        """Return all of it."""
        hours = self._terms.hours
        return CriterionEvidence(
            criterion=criterion,
            stable=self._arm(0),
            canary=self._arm(1),
            max_rise=self._terms.max_rise,
            harm=self._harm.evidence,
            proof=self._proof.evidence,
            limit=self._ceiling.value if self._ceiling else None,
            pace=self._growth / hours if hours > 0 and self._growth else None,
            course=tuple(map(_snapshot, _thinned(self._course))),
        )

    def _arm(self, number: int) -> ArmRate:
        failed, units = self._failed[number], self._units[number]
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
    at, harm, proof, (canary, units, failed, weight, risen) = point
    # A rate with two more units, one of which fails, has a variance that is never 0.
    share = (failed + 1) / (units + 2)
    rise, width = risen / weight, half_width(weight, share * (1 - share))
    return Snapshot(
        at=at,
        units=canary,
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
    told = (((at, number, value) for at, value in path) for number, path in enumerate(paths))
    for at, number, value in merge(*told):
        if since is None or at > since:
            now[number] = value
            best = max(best, sum(map(mul, weights, now)))
    return best
