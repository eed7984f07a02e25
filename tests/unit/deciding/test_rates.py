"""Pass rates weigh cases alike; only unchanged cases graded in both arms are compared."""

from dataclasses import replace

import pytest

from evalgate.deciding.rates import comparable, exceeds, passes, rate
from evalgate.model.comparison import CaseKind, CasePair
from evalgate.model.trial import Arm


def pair(kind: CaseKind, before: tuple[float, ...], after: tuple[float, ...]) -> CasePair:
    return CasePair(case="a", kind=kind, baseline=before, candidate=after)


def outcomes(*cases: tuple[float, ...], weights: tuple[float, ...] = ()) -> list[CasePair]:
    pairs = [pair(CaseKind.SAME, (), after) for after in cases]
    heavy = zip(pairs, weights or (1.0,) * len(pairs), strict=True)
    return [replace(each, weight=weight) for each, weight in heavy]


def test_every_case_weighs_the_same_however_many_trials_it_has() -> None:
    assert rate(outcomes((1.0, 1.0, 1.0, 1.0), (0.0,)), Arm.CANDIDATE) == 0.5


def test_a_heavier_case_counts_for_more() -> None:
    assert rate(outcomes((1.0,), (0.0, 0.0), weights=(3.0, 1.0)), Arm.CANDIDATE) == 0.75


def test_each_arm_has_its_own_rate() -> None:
    assert rate([pair(CaseKind.SAME, (1.0, 0.0), (0.0,))], Arm.BASELINE) == 0.5


def test_cases_without_outcomes_do_not_count() -> None:
    assert rate(outcomes((1.0,), (), (0.5,)), Arm.CANDIDATE) == 0.75


@pytest.mark.parametrize("cases", [[], [()]])
def test_without_outcomes_there_is_no_rate(cases: list[tuple[float, ...]]) -> None:
    assert rate(outcomes(*cases), Arm.CANDIDATE) is None


@pytest.mark.parametrize(("outcome", "passed"), [(0.0, False), (0.499, False), (0.5, True)])
def test_an_outcome_passes_from_one_half_on(outcome: float, passed: bool) -> None:
    assert passes(outcome) is passed


def test_rounding_does_not_fail_a_mean_of_one_half() -> None:
    below = 0.5 - 2**-54
    assert below < 0.5
    assert passes(below)


def test_only_the_same_cases_graded_in_both_arms_are_comparable() -> None:
    good = pair(CaseKind.SAME, (1.0,), (0.0,))
    others = [
        pair(CaseKind.NEW, (), (1.0,)),
        pair(CaseKind.EDITED, (1.0,), (1.0,)),
        pair(CaseKind.SAME, (), ()),
        pair(CaseKind.SAME, (), (1.0,)),
    ]
    assert comparable([*others, good]) == (good,)


@pytest.mark.parametrize(("budget", "of", "just"), [(0.29, 100, 29), (0.35, 180, 63), (0.0, 7, 0)])
def test_exactly_the_budget_does_not_exceed_it(budget: float, of: int, just: int) -> None:
    assert not exceeds(just, budget, of=of)
    assert exceeds(just + 1, budget, of=of)
