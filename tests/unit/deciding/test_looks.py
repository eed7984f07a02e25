"""Looks: they spend alpha and no more, and nobody waits for what cannot come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.evidence import weigh
from evalgate.deciding.looks import HALF_FROM, is_futile, planned_looks
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm

ALPHA = 0.05
RULES = GateRules(estimand=Estimand.POPULATION)
Sides = tuple[tuple[float, ...], tuple[float, ...]]

STILL: Sides = ((1.0,) * 10, (1.0, 1.0))
LOST: Sides = ((1.0,) * 10, (0.0, 0.0))
WON: Sides = ((0.0,) * 10, (1.0, 1.0))
WAVERING: Sides = ((1.0, 0.0) * 5, (1.0, 0.0))


def test_a_large_set_has_a_first_look_at_half_of_it() -> None:
    looks = planned_looks(HALF_FROM, rounds=3, alpha=ALPHA)
    assert [(look.share, look.rounds) for look in looks] == [(0.5, 1), (1, 1), (1, 2), (1, 3)]
    assert [look.is_partial for look in looks] == [True, False, False, False]


def test_a_smaller_set_is_looked_at_whole() -> None:
    looks = planned_looks(HALF_FROM - 1, rounds=2, alpha=ALPHA)
    assert [(look.share, look.rounds) for look in looks] == [(1, 1), (1, 2)]


def test_a_single_look_may_claim_with_all_of_alpha() -> None:
    (only,) = planned_looks(120, rounds=1, alpha=ALPHA)
    assert only.level == pytest.approx(ALPHA)


@given(st.integers(100, 1000), st.integers(1, 8), st.sampled_from([0.01, 0.05, 0.1]))
def test_no_look_claims_with_more_than_alpha_nor_all_together_with_less(
    units: int, rounds: int, alpha: float
) -> None:
    levels = [look.level for look in planned_looks(units, rounds=rounds, alpha=alpha)]
    assert all(0 < level <= alpha + 1e-12 for level in levels)
    assert sum(levels) >= alpha - 1e-9


def found(*cases: tuple[int, Sides]) -> Comparison:
    sides = [each for number, each in cases for _ in range(number)]
    pairs = tuple(
        CasePair(case=str(index), kind=CaseKind.SAME, baseline=before, candidate=after)
        for index, (before, after) in enumerate(sides)
    )
    return Comparison(
        pairs=pairs, deleted=(), ledger={}, planned_pairs=0, lost_pairs=0, error_kinds={}
    )


def futile(comparison: Comparison, *, rounds: tuple[int, int] = (2, 5)) -> bool:
    evidence = weigh(comparison, RULES, baseline=True)
    arms = (Arm.CANDIDATE,)
    extended = {
        pair.case: arms for pair in comparison.pairs if min(pair.baseline) != max(pair.baseline)
    }
    return is_futile(evidence, RULES, extended=extended, rounds=rounds)


def test_where_the_remaining_trials_are_too_few_to_matter_it_is_futile() -> None:
    assert futile(found((90, STILL), (4, LOST), (2, WON), (4, WAVERING)))


def test_where_many_cases_waver_the_remaining_trials_may_yet_decide() -> None:
    assert not futile(found((60, STILL), (1, LOST), (60, WAVERING)))


def test_a_single_round_says_nothing_about_what_trials_vary_by() -> None:
    told = found((90, STILL), (4, LOST), (2, WON), (4, WAVERING))
    assert not futile(told, rounds=(1, 5))
