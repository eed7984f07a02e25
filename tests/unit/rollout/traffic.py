"""Calls of both arms, their scores, and rollouts of v4 in place of v3, for the facts of this folder."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from evalgate.deciding.concurrent import Observation
from evalgate.model.call import Arm
from evalgate.model.exposure import Exposure, Score
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Rollout, Step

STABLE, CANARY = "v3", "v4"
HASH, STABLE_HASH = "b" * 64, "a" * 64
HOUR, MINUTE = 3600.0, 60.0
START = 1_795_255_200.0
"""The instant of the start, in seconds since 1970."""


class CallChanges(TypedDict, total=False):
    """What may be special about a call."""

    request_id: str
    version: str
    hash: str
    pointer: str
    assigned_by: str
    failed: bool
    refused: bool
    is_fresh: bool
    latency_ms: int | None
    cost_usd: float | None
    sampled: float | None


def call(at: float, unit: str, *, canary: bool = False, **changes: Unpack[CallChanges]) -> Exposure:
    """Return a call so many seconds after the start; its id is made of its unit and instant."""
    usual = Exposure(
        ts=START + at,
        request_id=f"{unit} at {at:g}",
        unit=unit,
        arm=Arm.CANARY if canary else Arm.STABLE,
        version=CANARY if canary else STABLE,
        hash=HASH if canary else STABLE_HASH,
        assigned_by="split",
        latency_ms=1000,
        cost_usd=0.01,
    )
    return replace(usual, **changes)


def score(call: Exposure, outcome: float | None, criterion: str = "") -> Score:
    cause = "" if outcome is not None else "judge_failed"
    return Score(request_id=call.request_id, outcome=outcome, criterion=criterion, cause=cause)


def rollout(*steps: Step, phase: Phase = Phase.SERVING, answered: float | None = None) -> Rollout:
    """Return a rollout that went through steps; the last one is the present one."""
    return Rollout(
        prompt="p",
        stable=STABLE,
        version=CANARY,
        hash=HASH,
        phase=phase,
        percent=steps[-1].percent if steps else 0.0,
        started=START,
        since=steps[-1].since if steps else START,
        steps=steps,
        answered=answered,
    )


def step(percent: float, since: float = 0.0, until: float | None = None, pointer: str = "") -> Step:
    """Return a step by its seconds after the start."""
    return Step(
        percent=percent,
        since=START + since,
        until=None if until is None else START + until,
        pointer=pointer,
    )


def observed(arms: str, *, at: float = 0.0) -> list[Observation]:
    """Return a unit a second: `c` of the canary, `s` of the stable arm, in capitals if it failed."""
    return [
        Observation(START + at + place, arm in "cC", float(arm.isupper()))
        for place, arm in enumerate(arms)
    ]


@dataclass(frozen=True, kw_only=True)
class Day:
    """How traffic goes: a call in `every` seconds, and by arm (stable first) how often it fails.

    `bad` are the shares of answers that are scored 0.
    """

    every: float = 1.0
    failed: tuple[float, float] = (0.02, 0.02)
    refused: tuple[float, float] = (0.01, 0.01)
    bad: tuple[float, float] = (0.05, 0.05)
    slow: tuple[float, float] = (0.05, 0.05)
    users: int = 100_000


def served(
    rng: random.Random, steps: Sequence[Step], day: Day = Day(), *, until: float
) -> tuple[list[Exposure], list[Score]]:
    """Return the calls of all steps and their scores, until so many seconds after the start."""
    calls, scores = [], []
    for each in steps:
        at = each.since - START
        end = min(until, until if each.until is None else each.until - START)
        while at < end:
            user = rng.randrange(day.users)
            # The first users of the list are the canary's, in every step more of them.
            arm = int(user < day.users * each.percent / 100)
            made = call(
                at,
                f"u{user}",
                canary=bool(arm),
                pointer=each.pointer,
                failed=rng.random() < day.failed[arm],
                refused=rng.random() < day.refused[arm],
                latency_ms=9000 if rng.random() < day.slow[arm] else rng.randrange(500, 1500),
                sampled=1.0,
            )
            calls.append(made)
            if not made.failed:
                scores.append(score(made, float(rng.random() >= day.bad[arm])))
            at += day.every
    return calls, scores
