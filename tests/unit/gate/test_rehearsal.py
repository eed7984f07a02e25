"""Rehearsals: worlds whose truth is known, and how often the gate is wrong about them."""

import random
from collections import Counter

import pytest

from evalgate.gate.history import history_of
from evalgate.gate.rehearsal import Rehearsed, rehearse
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.policy import Estimand, GateRules, Policy
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict

POLICY = Policy(gate=GateRules(estimand=Estimand.POPULATION))
DEPTH, RUNS = 10, 60
PASS_RATE = 0.9


def planned(cases: int) -> tuple[PlannedCase, ...]:
    return tuple(
        PlannedCase(case=str(n), kind=CaseKind.SAME, baseline=range(3), candidate=range(3))
        for n in range(cases)
    )


def play(
    rng: random.Random, *, cases: int = 200, drop: float = 0.0, drift: float = 0.0
) -> Rehearsed:
    """Play one gate against a record; `drift` lowers both arms, but not the record."""
    before = [rng.betavariate(PASS_RATE, 1 - PASS_RATE) for _ in range(cases)]
    after = [0.0 if rng.random() < drop / PASS_RATE else rate for rate in before]
    record = {
        str(case): tuple(float(rng.random() < rate) for _ in range(DEPTH))
        for case, rate in enumerate(before)
    }
    rates = {Arm.BASELINE: before, Arm.CANDIDATE: after}

    def draw(arm: Arm, case: str) -> float:
        return float(rng.random() < rates[arm][int(case)] * (1 - drift))

    history = history_of(planned(cases), record, policy=POLICY, seed=str(rng.random()))
    return rehearse(planned(cases), POLICY.gate, draw, history=history)


def played(name: str, *, drop: float = 0.0, drift: float = 0.0) -> list[Rehearsed]:
    rng = random.Random(name)  # noqa: S311 - repeatable draws, no secret
    return [play(rng, drop=drop, drift=drift) for _ in range(RUNS)]


def share(runs: list[Rehearsed], verdict: Verdict) -> float:
    return Counter(run.verdict for run in runs)[verdict] / len(runs)


@pytest.mark.full
def test_an_unchanged_prompt_mostly_passes_for_little_more_than_one_call_per_case() -> None:
    runs = played("unchanged")
    assert share(runs, Verdict.PASS) >= 0.85
    assert share(runs, Verdict.FAIL) <= 0.06
    assert sum(run.trials for run in runs) / (200 * RUNS) <= 1.35


@pytest.mark.full
def test_a_drop_of_the_limit_is_seldom_let_through() -> None:
    assert share(played("limit", drop=0.05), Verdict.PASS) <= 0.1


@pytest.mark.full
def test_a_drop_of_twice_the_limit_is_nearly_always_blocked() -> None:
    assert share(played("double", drop=0.1), Verdict.FAIL) >= 0.95


@pytest.mark.full
def test_a_drift_of_both_arms_is_not_taken_for_a_regression() -> None:
    runs = played("drift", drift=0.1)
    assert share(runs, Verdict.FAIL) <= 0.12
    assert sum(run.progress.afresh for run in runs) / RUNS > 0.8


def test_with_a_record_each_look_claims_at_its_own_level() -> None:
    def certain(arm: Arm, case: str) -> float:  # noqa: ARG001 - the shape of a draw
        return 1.0

    # A hundred cases without a loss are just enough for this limit at alpha, and at no less.
    rules = GateRules(estimand=Estimand.POPULATION, max_drop=1.001 - 0.05 ** (1 / 100))
    cases, outcomes = planned(100), {str(case): (1.0,) * DEPTH for case in range(100)}
    history = history_of(cases, outcomes, policy=Policy(gate=rules), seed="s")
    verdicts = [rehearse(cases, rules, certain, history=each).verdict for each in (history, None)]
    assert verdicts == [Verdict.INCONCLUSIVE, Verdict.PASS]


def test_without_a_record_both_arms_run_as_planned() -> None:
    def certain(arm: Arm, case: str) -> float:  # noqa: ARG001 - the shape of a draw
        return 1.0

    found = rehearse(planned(80), POLICY.gate, certain, history=None)
    assert (found.verdict, found.trials) == (Verdict.PASS, 480)
