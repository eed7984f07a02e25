"""Levers: what is advised really would decide, and nothing else is advised."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.deciding.bounds import proves_limit
from evalgate.deciding.evidence import Evidence, weigh
from evalgate.deciding.levers import levers, provable_limit
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import Estimand, GateRules

RULES = GateRules()
Sides = tuple[tuple[float, ...], tuple[float, ...]]

TIE: Sides = ((1.0,), (1.0,))
LOSS: Sides = ((1.0,), (0.0,))
WIN: Sides = ((0.0,), (1.0,))


def evidence(*cases: tuple[int, Sides], clusters: int | None = None) -> Evidence:
    sides = [each for count, each in cases for _ in range(count)]
    pairs = tuple(
        CasePair(
            case=str(index),
            kind=CaseKind.SAME,
            baseline=before,
            candidate=after,
            cluster=None if clusters is None else str(index % clusters),
        )
        for index, (before, after) in enumerate(sides)
    )
    comparison = Comparison(
        pairs=pairs,
        deleted=(),
        ledger={},
        planned_pairs=len(pairs),
        lost_pairs=0,
        error_kinds={},
    )
    return weigh(comparison, RULES, baseline=True)


def test_with_one_trial_more_cases_or_a_wider_limit_decide() -> None:
    found = evidence((90, TIE), (5, LOSS), (5, WIN))
    assert not found.within_limit
    assert levers(found, RULES) == snapshot(
        "about 150 cases like these or a limit of 6 points would decide"
    )


def test_the_number_of_cases_advised_is_enough() -> None:
    found = evidence((90, TIE), (5, LOSS), (5, WIN))
    assert proves_limit(found.sample, RULES.max_drop, RULES.alpha, copies=1.5)
    assert not proves_limit(found.sample, RULES.max_drop, RULES.alpha, copies=1.25)


def test_where_trials_of_a_case_disagree_more_trials_are_advised_first() -> None:
    flaky_loss: Sides = ((1.0, 1.0), (1.0, 0.0))
    flaky_win: Sides = ((1.0, 0.0), (1.0, 1.0))
    found = evidence((34, ((1.0, 1.0), (1.0, 1.0))), (18, flaky_loss), (18, flaky_win))
    assert levers(found, RULES) == snapshot(
        "about 6 trials per case, about 180 cases like these or a limit of 8 points would decide"
    )


def test_where_trials_of_a_case_agree_more_trials_are_not_advised() -> None:
    found = evidence(
        (90, ((1.0, 1.0), (1.0, 1.0))), (5, ((1.0, 1.0), (0.0, 0.0))), (5, ((0.0, 0.0), (1.0, 1.0)))
    )
    assert "trials per case" not in levers(found, RULES)


def test_luck_that_both_arms_share_is_no_noise_that_more_trials_would_remove() -> None:
    shared: Sides = ((1.0, 0.0), (1.0, 0.0))
    found = evidence((90, shared), (5, ((1.0, 1.0), (0.0, 0.0))), (5, ((0.0, 0.0), (1.0, 1.0))))
    assert not found.within_limit
    assert "trials per case" not in levers(found, RULES)


def test_more_trials_are_not_advised_where_lost_cases_stand_in_the_way() -> None:
    steady: Sides = ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
    shaky: Sides = ((1.0, 1.0, 0.0), (1.0, 1.0, 1.0))
    found = evidence((50, steady), (20, shaky), (1, ((1.0, 1.0, 1.0), (0.0, 0.0, 1.0))))
    assert not found.within_limit
    assert found.rare_loss > RULES.max_drop
    assert "trials per case" not in levers(found, RULES)


def test_with_clusters_more_of_them_are_advised() -> None:
    found = evidence((100, TIE), (10, LOSS), (10, WIN), clusters=60)
    assert levers(found, RULES) == snapshot(
        "about 110 clusters like these or a limit of 7 points would decide"
    )


def test_a_drop_at_the_limit_calls_for_a_look_at_the_cases() -> None:
    found = evidence((89, TIE), (8, LOSS), (3, WIN))
    assert levers(found, RULES) == snapshot(
        "more of the same evidence would not prove it, so look at the cases that got worse,"
        " or accept a limit of 12 points"
    )


def test_the_limit_advised_is_proven_and_one_point_less_is_not() -> None:
    found = evidence((90, TIE), (5, LOSS), (5, WIN))
    limit = provable_limit(found)
    assert proves_limit(found.sample, limit, RULES.alpha)
    assert not proves_limit(found.sample, limit - 0.01, RULES.alpha)


def test_trials_that_may_hide_a_loss_widen_the_limit_and_the_set_that_would_decide() -> None:
    plain = evidence((90, TIE), (5, LOSS), (5, WIN))
    hiding = replace(plain, unseen_loss=0.02)
    assert provable_limit(hiding) > provable_limit(plain)
    assert levers(hiding, RULES) == snapshot(
        "about 400 cases like these or a limit of 8 points would decide"
    )


def test_the_limit_advised_respects_the_guard() -> None:
    found = evidence((40, TIE))
    assert found.delta is not None
    assert provable_limit(found) > found.rare_loss > -found.delta.low


def test_of_a_suite_more_trials_are_advised_and_no_more_cases() -> None:
    flaky_loss: Sides = ((1.0, 1.0), (1.0, 0.0))
    flaky_win: Sides = ((1.0, 0.0), (1.0, 1.0))
    found = evidence((20, ((1.0, 1.0), (1.0, 1.0))), (1, flaky_loss), (1, flaky_win))
    assert found.estimand is Estimand.SUITE
    assert levers(found, RULES) == snapshot(
        "about 5 trials per case or a limit of 10 points would decide"
    )


def test_a_single_case_says_nothing_of_how_much_trials_would_help() -> None:
    wide = replace(RULES, max_drop=0.97, estimand=Estimand.POPULATION)
    pair = CasePair(case="a", kind=CaseKind.SAME, baseline=(1.0, 1.0), candidate=(1.0, 1.0))
    alone = Comparison(
        pairs=(pair,), deleted=(), ledger={}, planned_pairs=2, lost_pairs=0, error_kinds={}
    )
    assert levers(weigh(alone, wide, baseline=True), wide) == snapshot(
        "about 3 cases like these or a limit of 100 points would decide"
    )
