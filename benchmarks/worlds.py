"""Worlds with a known drop: pass rates of cases before and after, and trials drawn from them."""

import random
from dataclasses import dataclass

from evalgate.gate.history import history_of
from evalgate.gate.looks import History
from evalgate.gate.rehearsal import Answer
from evalgate.model.comparison import CaseKind, CasePair, PlannedCase
from evalgate.model.policy import Policy
from evalgate.model.trial import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a set of cases is drawn from.

    `alike` is the correlation between trials of a case, and `churn` the share of the cases whose
    pass rate is drawn anew for the candidate. A drop, as a fraction, comes from cases that break
    for good, or is `diffuse`: every case passes less often. `drift` lowers both arms alike, but
    not the record. Cases of one of `clusters` groups share their pass rate, before and after.
    """

    cases: int
    pass_rate: float = 0.9
    alike: float = 0.5
    churn: float = 0.1
    drop: float = 0.0
    diffuse: bool = False
    drift: float = 0.0
    clusters: int | None = None


Rates = list[tuple[float, float]]


def drawn_rates(world: World, rng: random.Random) -> Rates:
    """Draw the pass rates of all cases, before and after."""
    groups = [_rates(world, rng) for _ in range(world.clusters or world.cases)]
    return [groups[case % len(groups)] for case in range(world.cases)]


def _rates(world: World, rng: random.Random) -> tuple[float, float]:
    weight = 1 / world.alike - 1
    shape = (world.pass_rate * weight, (1 - world.pass_rate) * weight)
    before = rng.betavariate(*shape)
    after = rng.betavariate(*shape) if rng.random() < world.churn else before
    share = world.drop / (world.pass_rate - world.drift)  # of what is left after the drift
    if world.diffuse:
        return before, after * (1 - share)
    return before, 0.0 if rng.random() < share else after


def drawn_pairs(
    rates: Rates, trials: int, rng: random.Random, *, clusters: int | None
) -> list[CasePair]:
    """Draw the outcomes of a run side by side."""
    return [
        CasePair(
            case=str(index),
            kind=CaseKind.SAME,
            baseline=tuple(float(rng.random() < before) for _ in range(trials)),
            candidate=tuple(float(rng.random() < after) for _ in range(trials)),
            cluster=str(index % clusters) if clusters else None,
        )
        for index, (before, after) in enumerate(rates)
    ]


def planned(world: World, trials: int) -> tuple[PlannedCase, ...]:
    """Return the cases as they run without a record."""
    return tuple(
        PlannedCase(
            case=str(index),
            kind=CaseKind.SAME,
            baseline=range(trials),
            candidate=range(trials),
            cluster=str(index % world.clusters) if world.clusters else None,
        )
        for index in range(world.cases)
    )


def drawn_history(
    world: World, rates: Rates, rng: random.Random, *, depth: int, policy: Policy
) -> History:
    """Draw a record of so many trials per case, and return what it says."""
    record = {
        str(index): tuple(float(rng.random() < before) for _ in range(depth))
        for index, (before, _) in enumerate(rates)
    }
    usual = planned(world, policy.run.trials)
    return history_of(usual, record, policy=policy, seed=str(rng.random()))


def answers(world: World, rates: Rates, rng: random.Random) -> Answer:
    """Return what draws further trials."""
    kept = 1 - world.drift / world.pass_rate

    def draw(arm: Arm, case: str) -> float:
        before, after = rates[int(case)]
        return float(rng.random() < kept * (before if arm is Arm.BASELINE else after))

    return draw
