"""Comparing trials: what counts as a pair, and when an account balances."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.deciding.comparison import Comparing, compare
from evalgate.model.comparison import ArmLedger, CaseKind, CasePair, PlannedCase
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus


def told(
    arm: Arm, case: str, index: int, *, passed: bool | None = True, score: float | None = None
) -> Trial:
    return Trial(
        prompt="reply",
        version="v1",
        version_hash="0" * 64,
        evalset="replies",
        arm=arm,
        case=case,
        trial=index,
        status=TrialStatus.GRADED,
        passed=passed,
        score=score,
    )


def ended(trial: Trial, status: TrialStatus, *, kind: str | None = None) -> Trial:
    error = TrialError(kind=kind, message="It did not work.") if kind else None
    return replace(trial, status=status, passed=None, error=error)


def errored(arm: Arm, case: str, index: int, *, kind: str) -> Trial:
    return ended(told(arm, case, index), TrialStatus.ERRORED, kind=kind)


def same(case: str, trials: int = 1) -> PlannedCase:
    return PlannedCase(
        case=case, kind=CaseKind.SAME, baseline=range(trials), candidate=range(trials)
    )


def both(case: str, index: int = 0, *, before: bool = True, after: bool = True) -> list[Trial]:
    return [
        told(Arm.BASELINE, case, index, passed=before),
        told(Arm.CANDIDATE, case, index, passed=after),
    ]


def test_outcomes_of_both_arms_are_paired_by_case_and_index() -> None:
    trials = [
        *both("a", 1, before=True, after=False),
        *both("b", 0, before=False, after=True),
        *both("a", 0, before=True, after=True),
    ]
    found = compare(trials, [same("a", 2), same("b")], [])
    assert [(pair.case, pair.baseline, pair.candidate) for pair in found.pairs] == [
        ("a", (1.0, 1.0), (1.0, 0.0)),
        ("b", (0.0,), (1.0,)),
    ]
    assert (found.planned_pairs, found.lost_pairs) == (3, 0)


def test_what_the_plan_knows_of_a_case_reaches_its_pair() -> None:
    planned = PlannedCase(
        case="a",
        kind=CaseKind.SAME,
        baseline=range(1),
        candidate=range(1),
        tags=("refund",),
        cluster="c1",
        critical=True,
    )
    assert compare(both("a"), [planned], []).pairs == (
        CasePair(
            case="a",
            kind=CaseKind.SAME,
            baseline=(1.0,),
            candidate=(1.0,),
            tags=("refund",),
            cluster="c1",
            critical=True,
        ),
    )


@pytest.mark.parametrize("silent", list(Arm))
def test_a_pair_that_one_arm_could_not_grade_is_lost_in_both(silent: Arm) -> None:
    talking = Arm.BASELINE if silent is Arm.CANDIDATE else Arm.CANDIDATE
    trials = [*both("a", 0), errored(silent, "a", 1, kind="timeout"), told(talking, "a", 1)]
    found = compare(trials, [same("a", 2)], [])
    assert (found.pairs[0].baseline, found.pairs[0].candidate) == ((1.0,), (1.0,))
    assert (found.planned_pairs, found.lost_pairs) == (2, 1)
    assert found.ledger[silent] == ArmLedger(planned=2, graded=1, errored=1)
    assert found.ledger[talking] == ArmLedger(planned=2, graded=2)


def test_pairs_are_told_apart_by_the_arm_that_alone_has_no_grade() -> None:
    trials = [
        *both("a", 0),
        *(errored(arm, "a", 1, kind="timeout") for arm in Arm),
        *(told(Arm.BASELINE, "a", index) for index in (2, 3)),
        *(errored(Arm.CANDIDATE, "a", index, kind="judge") for index in (2, 3)),
        errored(Arm.BASELINE, "a", 4, kind="timeout"),
        told(Arm.CANDIDATE, "a", 4),
    ]
    found = compare(trials, [same("a", 5)], [])
    assert found.lost_by == {Arm.BASELINE: 1, Arm.CANDIDATE: 2}
    assert found.lost_pairs == 4


def test_no_arm_alone_loses_trials_of_a_case_that_only_the_candidate_runs() -> None:
    new = PlannedCase(case="n", kind=CaseKind.NEW, baseline=range(0), candidate=range(2))
    trials = [told(Arm.CANDIDATE, "n", 0), errored(Arm.CANDIDATE, "n", 1, kind="timeout")]
    assert compare(trials, [new], []).lost_by == {Arm.BASELINE: 0, Arm.CANDIDATE: 0}


def test_a_trial_that_has_no_counterpart_in_the_other_arm_is_not_lost() -> None:
    planned = PlannedCase(case="a", kind=CaseKind.SAME, baseline=range(2), candidate=range(1))
    trials = [*both("a"), told(Arm.BASELINE, "a", 1)]
    assert compare(trials, [planned], []).lost_by == {Arm.BASELINE: 0, Arm.CANDIDATE: 0}


def test_a_case_that_only_the_candidate_runs_counts_by_itself() -> None:
    new = PlannedCase(case="n", kind=CaseKind.NEW, baseline=range(0), candidate=range(2))
    trials = [told(Arm.CANDIDATE, "n", 0), errored(Arm.CANDIDATE, "n", 1, kind="timeout")]
    found = compare(trials, [new], [])
    assert (found.pairs[0].baseline, found.pairs[0].candidate) == ((), (1.0,))
    assert (found.planned_pairs, found.lost_pairs) == (2, 1)
    assert found.ledger[Arm.BASELINE] == ArmLedger(planned=0)


def test_a_case_without_any_graded_pair_stays_in_the_comparison_with_both_sides_empty() -> None:
    trials = [told(Arm.BASELINE, "a", 0), errored(Arm.CANDIDATE, "a", 0, kind="timeout")]
    found = compare(trials, [same("a")], [])
    assert (found.pairs[0].baseline, found.pairs[0].candidate) == ((), ())


def test_arms_with_different_numbers_of_trials_are_compared_with_all_of_them() -> None:
    planned = PlannedCase(case="a", kind=CaseKind.SAME, baseline=range(3), candidate=range(1))
    recorded = [
        told(Arm.BASELINE, "a", 0),
        told(Arm.BASELINE, "a", 1, passed=False),
        errored(Arm.BASELINE, "a", 2, kind="timeout"),
    ]
    found = compare([*recorded, told(Arm.CANDIDATE, "a", 0)], [planned], [])
    assert (found.pairs[0].baseline, found.pairs[0].candidate) == ((1.0, 0.0), (1.0,))
    assert (found.planned_pairs, found.lost_pairs) == (1, 0)
    assert found.lost_by == {Arm.BASELINE: 1, Arm.CANDIDATE: 0}


def test_a_case_whose_longer_baseline_has_no_grade_at_all_is_lost() -> None:
    planned = PlannedCase(case="a", kind=CaseKind.SAME, baseline=range(2), candidate=range(1))
    failed = [errored(Arm.BASELINE, "a", index, kind="timeout") for index in range(2)]
    found = compare([*failed, told(Arm.CANDIDATE, "a", 0)], [planned], [])
    assert (found.pairs[0].baseline, found.pairs[0].candidate) == ((), ())
    assert (found.planned_pairs, found.lost_pairs) == (1, 1)


def test_confirming_trials_are_told_apart_and_balance() -> None:
    planned = PlannedCase(
        case="a",
        kind=CaseKind.SAME,
        baseline=range(1),
        candidate=range(1),
        confirming=range(5, 7),
    )
    confirming = [told(Arm.CANDIDATE, "a", index, passed=False) for index in (5, 6)]
    found = compare([*both("a"), *confirming], [planned], [])
    assert (found.pairs[0].candidate, found.pairs[0].confirming) == ((1.0,), (0.0, 0.0))
    assert found.ledger[Arm.CANDIDATE] == ArmLedger(planned=3, graded=3)


def test_a_trial_that_may_be_planned_later_unbalances_before_it_is() -> None:
    now = PlannedCase(case="a", kind=CaseKind.SAME, baseline=range(1), candidate=range(1))
    later = replace(now, candidate=range(2))
    comparing = Comparing([now], [], most=[later])
    for trial in (*both("a"), told(Arm.CANDIDATE, "a", 1)):
        comparing.enter(trial)
    assert not comparing.comparison().ledger[Arm.CANDIDATE].balances
    assert comparing.comparison([later]).ledger[Arm.CANDIDATE].balances


def test_a_baseline_that_another_candidate_made_longer_still_balances() -> None:
    now = PlannedCase(case="a", kind=CaseKind.SAME, baseline=range(1), candidate=range(1))
    comparing = Comparing([now], [], most=[replace(now, baseline=range(2))])
    for trial in (*both("a"), told(Arm.BASELINE, "a", 1)):
        comparing.enter(trial)
    assert comparing.comparison().ledger[Arm.BASELINE] == ArmLedger(planned=1, graded=1)


def test_the_score_counts_only_when_nothing_passed_or_failed() -> None:
    trials = [
        told(Arm.BASELINE, "a", 0, passed=None, score=0.25),
        told(Arm.CANDIDATE, "a", 0, passed=False, score=0.75),
    ]
    pair = compare(trials, [same("a")], []).pairs[0]
    assert (pair.baseline, pair.candidate) == ((0.25,), (0.0,))


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_a_score_may_lie_at_either_end(score: float) -> None:
    trials = [told(arm, "a", 0, passed=None, score=score) for arm in Arm]
    assert compare(trials, [same("a")], []).pairs[0].candidate == (score,)


@pytest.mark.parametrize("score", [None, float("nan"), float("inf"), -0.1, 1.1])
def test_a_grade_without_a_usable_outcome_loses_its_pair_and_is_counted_as_ungraded(
    score: float | None,
) -> None:
    trials = [told(Arm.BASELINE, "a", 0), told(Arm.CANDIDATE, "a", 0, passed=None, score=score)]
    found = compare(trials, [same("a")], [])
    assert found.lost_pairs == 1
    assert found.error_kinds == {"ungraded": 1}


def test_skipped_trials_have_their_own_place_in_the_ledger() -> None:
    trials = [
        told(Arm.BASELINE, "a", 0),
        ended(told(Arm.CANDIDATE, "a", 0), TrialStatus.SKIPPED),
    ]
    found = compare(trials, [same("a")], [])
    assert found.ledger[Arm.CANDIDATE] == ArmLedger(planned=1, skipped=1)
    assert (found.lost_pairs, found.error_kinds) == (1, {})


def test_error_kinds_are_counted_over_both_arms_the_most_frequent_first() -> None:
    trials = [
        errored(Arm.BASELINE, "a", 0, kind="overloaded"),
        errored(Arm.CANDIDATE, "a", 0, kind="timeout"),
        errored(Arm.BASELINE, "b", 0, kind="timeout"),
        errored(Arm.CANDIDATE, "b", 0, kind="connection"),
    ]
    found = compare(trials, [same("a"), same("b")], [])
    assert list(found.error_kinds.items()) == [("timeout", 2), ("connection", 1), ("overloaded", 1)]


def test_an_error_that_does_not_say_what_it_is_counts_as_ungraded() -> None:
    trials = [told(Arm.BASELINE, "a", 0), ended(told(Arm.CANDIDATE, "a", 0), TrialStatus.ERRORED)]
    assert compare(trials, [same("a")], []).error_kinds == {"ungraded": 1}


def test_deleted_cases_are_passed_on() -> None:
    assert compare([], [], ["old", "older"]).deleted == ("old", "older")


def test_an_account_of_every_planned_trial_balances() -> None:
    ledger = compare(both("a"), [same("a")], []).ledger
    assert all(ledger[arm] == ArmLedger(planned=1, graded=1) for arm in Arm)


def test_a_missing_trial_unbalances_its_arm_only() -> None:
    ledger = compare([told(Arm.BASELINE, "a", 0)], [same("a")], []).ledger
    assert ledger[Arm.BASELINE].balances
    assert not ledger[Arm.CANDIDATE].balances


STRANGERS = {
    "an unknown case": told(Arm.CANDIDATE, "unknown", 0),
    "an index beyond the plan": told(Arm.CANDIDATE, "a", 2),
    "a negative index": told(Arm.CANDIDATE, "a", -1),
    "a trial told twice": told(Arm.CANDIDATE, "a", 0),
    "a trial told twice that ended differently": errored(Arm.CANDIDATE, "a", 0, kind="timeout"),
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("missing", [0, 1])
def test_what_is_not_in_the_plan_unbalances_even_where_it_would_make_up_for_a_missing_trial(
    stranger: Trial, missing: int
) -> None:
    candidate = [told(Arm.CANDIDATE, "a", index) for index in range(2)][: 2 - missing]
    trials = [told(Arm.BASELINE, "a", 0), told(Arm.BASELINE, "a", 1), *candidate, stranger]
    ledger = compare(trials, [same("a", 2)], []).ledger
    assert not ledger[Arm.CANDIDATE].balances
    assert ledger[Arm.BASELINE].balances


def test_strangers_show_as_a_surplus_in_the_ledger() -> None:
    strangers = [errored(Arm.CANDIDATE, case, 0, kind="timeout") for case in ("x", "y", "z")]
    ledger = compare([*both("a"), *strangers], [same("a")], []).ledger
    assert ledger[Arm.CANDIDATE] == ArmLedger(planned=1, graded=1, errored=3)


def test_a_trial_told_twice_or_thrice_has_no_outcome() -> None:
    again = told(Arm.CANDIDATE, "a", 0, passed=False)
    twice = compare([*both("a"), again], [same("a")], [])
    thrice = compare([*both("a"), again, again], [same("a")], [])
    assert twice.pairs[0].candidate == thrice.pairs[0].candidate == ()
    assert not thrice.ledger[Arm.CANDIDATE].balances


def test_a_case_planned_twice_unbalances() -> None:
    ledger = compare(both("a"), [same("a"), same("a")], []).ledger
    assert not any(ledger[arm].balances for arm in Arm)


def test_the_order_of_trials_is_irrelevant_even_when_they_contradict() -> None:
    trials = [
        *both("a", after=False),
        told(Arm.CANDIDATE, "a", 0),
        errored(Arm.CANDIDATE, "x", 0, kind="timeout"),
    ]
    found = [compare(order, [same("a")], []) for order in permutations(trials)]
    assert all(each == found[0] for each in found)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=20))
def test_as_many_pairs_are_kept_as_are_not_lost(outcomes: list[tuple[bool, bool]]) -> None:
    trials = [
        trial
        for index, (before, after) in enumerate(outcomes)
        for trial in (
            told(Arm.BASELINE, "a", index)
            if before
            else errored(Arm.BASELINE, "a", index, kind="timeout"),
            told(Arm.CANDIDATE, "a", index)
            if after
            else errored(Arm.CANDIDATE, "a", index, kind="timeout"),
        )
    ]
    found = compare(trials, [same("a", len(outcomes))], [])
    assert len(found.pairs[0].candidate) == len(found.pairs[0].baseline)
    assert len(found.pairs[0].candidate) == sum(before and after for before, after in outcomes)
    assert found.lost_pairs == len(outcomes) - len(found.pairs[0].candidate)
    both_lost = sum(not (before or after) for before, after in outcomes)
    assert sum(found.lost_by.values()) == found.lost_pairs - both_lost
    assert all(ledger.balances for ledger in found.ledger.values())


def waived(case: str, trials: int = 1) -> PlannedCase:
    return replace(same(case, trials), waived=True)


def test_a_waived_case_is_accounted_for_and_not_compared() -> None:
    trials = [*both("a"), *both("w", 0, after=False), *both("w", 1)]
    found = compare(trials, [same("a"), waived("w", 2)], [])
    assert [pair.case for pair in found.pairs] == ["a"]
    assert [pair.case for pair in found.waived] == ["w"]
    assert found.waived[0].candidate == (0.0, 1.0)
    assert (found.planned_pairs, found.lost_pairs) == (1, 0)
    assert all(found.ledger[arm] == ArmLedger(planned=3, graded=1, waived=2) for arm in Arm)


def test_an_errored_trial_of_a_waived_case_stays_errored_and_counts_as_lost() -> None:
    trials = [*both("a"), *both("w"), told(Arm.BASELINE, "w", 1)]
    found = compare(
        [*trials, errored(Arm.CANDIDATE, "w", 1, kind="timeout")], [same("a"), waived("w", 2)], []
    )
    assert found.ledger[Arm.BASELINE] == ArmLedger(planned=3, graded=1, waived=2)
    assert found.ledger[Arm.CANDIDATE] == ArmLedger(planned=3, graded=1, errored=1, waived=1)
    assert (found.planned_pairs, found.lost_pairs, found.error_kinds) == (2, 1, {"timeout": 1})
    # It says nothing about what the candidate lost: the case is not compared.
    assert found.lost_by == {Arm.BASELINE: 0, Arm.CANDIDATE: 0}


def test_a_missing_or_skipped_trial_of_a_waived_case_is_not_waived() -> None:
    skipped = ended(told(Arm.CANDIDATE, "w", 0), TrialStatus.SKIPPED)
    found = compare([told(Arm.BASELINE, "w", 0), skipped], [waived("w")], [])
    assert found.ledger[Arm.CANDIDATE] == ArmLedger(planned=1, skipped=1)
    assert not compare([], [waived("w")], []).ledger[Arm.BASELINE].balances


def test_where_all_cases_are_waived_their_errors_have_a_budget_still() -> None:
    found = compare([*both("w"), *both("x")], [waived("w"), waived("x")], [])
    assert (found.pairs, found.planned_pairs, found.lost_pairs) == ((), 2, 0)


def test_trials_that_await_a_call_are_counted_among_the_skipped() -> None:
    awaiting = ended(told(Arm.CANDIDATE, "a", 0), TrialStatus.SKIPPED, kind="call_needed")
    stopped = ended(told(Arm.BASELINE, "a", 0), TrialStatus.SKIPPED, kind="billing")
    failed = errored(Arm.CANDIDATE, "b", 0, kind="call_needed")
    found = compare(
        [awaiting, stopped, failed, told(Arm.BASELINE, "b", 0)], [same("a"), same("b")], []
    )
    assert found.awaiting == 1


def test_a_trial_that_another_candidate_asked_for_awaits_nothing_here() -> None:
    comparing = Comparing([same("a")], [], most=[same("a", 2)])
    others = ended(told(Arm.BASELINE, "a", 1), TrialStatus.SKIPPED, kind="call_needed")
    for trial in (*both("a"), others):
        comparing.enter(trial)
    assert comparing.comparison().awaiting == 0
