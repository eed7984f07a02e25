"""Courses of rollouts in simulated production, from the start at 5 % to the end.

What follows from the evidence is decided by the code of `evalgate rollout`, at a look every 30
minutes and by the rules that hold where a policy names none. Looks at which nothing can happen are
passed over.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from benchmarks.traffic import CANARY, HOUR, STABLE, Traffic, World
from evalgate.deciding.concurrent import Observation, blocks
from evalgate.deciding.event_share import EventShare
from evalgate.deciding.no_harm import NoHarm
from evalgate.model.call import Arm
from evalgate.model.milestone import Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import Criterion, Evidence, Outcome, Outlook, Rollout, Step
from evalgate.rollout.course import ALL
from evalgate.rollout.evidence import WEIGHTS, evidence_of
from evalgate.rollout.outlook import outlook_of, stage_of

LOOK = 0.5 * HOUR
LIMIT = 0.05
"""The loss of quality that is too much."""

RULES = RolloutRules()
PROMOTED, ROLLED_BACK, HELD = "promoted", "rolled back", "held"
MOST_UNITS = 2000
"""Scored units of the canary after which quality alone leaves a rollout open."""

_TIMES = frozenset({"bake", "full_day"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a rollout ended: after how many hours, canary units and scored answers, and why."""

    how: str
    hours: float
    units: int
    scored: int
    why: str = ""


class Glance:
    """Quality alone, as it grows: no step goes on without it, and little else is harmed often."""

    def __init__(self) -> None:
        """Begin with no evidence."""
        self._proof, self._harm = NoHarm(LIMIT), EventShare()
        self._until = 0.0
        self._seen: set[str] = set()
        self._open: list[Observation] = []

    @property
    def is_harm(self) -> bool:
        """Whether it shows so much harm that it leads back by itself."""
        return WEIGHTS[Criterion.QUALITY] * self._harm.evidence >= 1 / RULES.alpha

    def step(self, now: float) -> None:
        """Begin a step: units count anew, and no block reaches back."""
        self._until = now
        self._seen.clear()
        self._open.clear()

    def proof(self, traffic: Traffic, now: float) -> float:
        """Return the evidence of no harm at an instant."""
        for call, outcome in traffic.outcomes(self._until, now):
            if outcome is not None and call.unit not in self._seen:
                self._seen.add(call.unit)
                is_canary = call.arm is Arm.CANARY
                self._open.append(Observation(call.ts, is_canary, 1.0 - outcome))
        self._until = now
        done = 0
        for block in blocks(self._open):
            if block.is_closed:
                done += len(block.canary) + len(block.stable)
                self._proof.add(block.canary, block.stable)
                self._harm.add(block.canary, block.stable)
        del self._open[:done]
        return self._proof.evidence


class Course:
    """One rollout, from its start at 5 % to its end."""

    def __init__(self, world: World, seed: int, *, every_look: bool = False) -> None:
        """Begin it.

        Args:
            world: what is true.
            seed: another one draws another course.
            every_look: whether also those looks are taken at which nothing can happen.
        """
        percent = RULES.stages[0].percent
        self._traffic = Traffic(world, seeded(world, seed))
        self._every_look = every_look
        self._rollout = Rollout(
            prompt="shop",
            stable=STABLE[0],
            version=CANARY[0],
            hash=CANARY[1],
            phase=Phase.SERVING,
            percent=percent,
            started=0.0,
            since=0.0,
            steps=(Step(percent=percent, since=0.0),),
        )
        self._glance = Glance()
        self._not_before = 0.0
        self._looked, self._seen = 0.0, 0

    def ending(self) -> Ending:
        """Return how it ends."""
        now = 0.0
        while True:
            now += LOOK
            self._traffic.go_on(now, percent=self._rollout.percent)
            if not self._is_due(now):
                continue
            evidence = self._evidence(now)
            outlook = outlook_of(self._rollout, evidence, RULES)
            if outlook.outcome is Outcome.ROLL_BACK:
                return self._rolled_back(now, outlook)
            if outlook.outcome is Outcome.ADVANCE:
                if outlook.to >= ALL:
                    return self._ended(PROMOTED, now)
                self._advance(now, outlook.to)
            elif outlook.expired:
                return self._ended(HELD, now, why=outlook.lacks[0].code)
            self._not_before = max(
                (lack.until or 0.0 for lack in outlook.lacks if lack.code in _TIMES), default=0.0
            )
            self._looked, self._seen = now, len(self._traffic.exposures(now))

    def _is_due(self, now: float) -> bool:
        """Whether something can happen at a look, or harm has not been looked for for long."""
        if self._every_look or now - self._rollout.since >= RULES.deadline_hours * HOUR:
            return True
        if len(self._traffic.exposures(now)) >= 40 * self._seen + 500:
            return True
        stage = stage_of(self._rollout.percent, RULES)
        proof = self._glance.proof(self._traffic, now)
        scored = self._traffic.scored(self._rollout.since)
        is_ready = now >= self._not_before and scored >= stage.units and proof >= stage.proof
        return is_ready or self._glance.is_harm

    def _evidence(self, now: float) -> Evidence:
        exposures, scores = self._traffic.exposures(now), self._traffic.scores(now)
        return evidence_of(self._rollout, exposures, scores, rules=RULES, max_drop=LIMIT, now=now)

    def _advance(self, now: float, percent: float) -> None:
        self._glance.step(now)
        *past, present = self._rollout.steps
        steps = (*past, replace(present, until=now), Step(percent=percent, since=now))
        self._rollout = replace(self._rollout, percent=percent, since=now, steps=steps)

    def _rolled_back(self, now: float, outlook: Outlook) -> Ending:
        """Return the end at the first look that shows harm: what was harm once stays it."""
        low, high = round(self._looked / LOOK), round(now / LOOK)
        while high - low > 1:
            middle = (low + high) // 2
            found = outlook_of(self._rollout, self._evidence(middle * LOOK), RULES)
            if found.outcome is Outcome.ROLL_BACK:
                high, outlook = middle, found
            else:
                low = middle
        return self._ended(ROLLED_BACK, high * LOOK, why=outlook.reasons[0].code)

    def _ended(self, how: str, now: float, why: str = "") -> Ending:
        met = {each.unit for each in self._traffic.exposures(now) if each.version == CANARY[0]}
        return Ending(
            how=how,
            hours=now / HOUR,
            units=len(met),
            scored=len(self._traffic.scores(now)),
            why=why,
        )


def ending(world: World, seed: int, *, every_look: bool = False) -> Ending:
    """Return how one rollout ends."""
    return Course(world, seed, every_look=every_look).ending()


def quality_alone(falling_short: float, drop: float, *, share: float, seed: int) -> Ending:
    """Return how a rollout ends that goes by quality alone, looked at after every block.

    Args:
        falling_short: the share of the stable version's answers.
        drop: what the canary adds to it.
        share: that of the canary among the scored units.
        seed: another one draws other answers.
    """
    rng = seeded(falling_short, drop, share, seed)
    proof, harm = NoHarm(LIMIT), EventShare()
    weight, stages = WEIGHTS[Criterion.QUALITY], iter(RULES.stages[:-1])
    stage, began, units, both = next(stages), 0, 0, 0
    for block in blocks(_answers(falling_short, drop, share=share, rng=rng)):
        proof.add(block.canary, block.stable)
        harm.add(block.canary, block.stable)
        units += len(block.canary)
        both += len(block.canary) + len(block.stable)
        end = partial(Ending, hours=0.0, units=units, scored=both)
        if weight * harm.evidence + 1 - weight >= 1 / RULES.alpha:
            return end(how=ROLLED_BACK)
        if units - began >= stage.units and proof.evidence >= stage.proof:
            following = next(stages, None)
            if following is None:
                return end(how=PROMOTED)
            stage, began = following, units
        if units >= MOST_UNITS:
            break
    return Ending(how=HELD, hours=0.0, units=units, scored=both)


def _answers(
    falling_short: float, drop: float, *, share: float, rng: random.Random
) -> Iterator[Observation]:
    while True:
        is_canary = rng.random() < share
        chance = falling_short + (drop if is_canary else 0)
        yield Observation(0.0, is_canary, float(rng.random() < chance))


def seeded(*of: object) -> random.Random:
    """Return draws that are the same whatever else is drawn."""
    return random.Random(repr(of))  # noqa: S311 - repeatable draws, no secret
