"""The verdict: each rule, the order in which rules speak, and the sentence that each one says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.deciding.comparison import compare
from evalgate.deciding.verdict import Decision, decide, overall
from evalgate.model.comparison import ArmLedger, CaseKind, CasePair, Comparison, PlannedCase
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import CaseCounts, Flips, SliceFlag, Verdict

RULES = GateRules()
POPULATION = GateRules(estimand=Estimand.POPULATION)
SUITE = GateRules(estimand=Estimand.SUITE)
FULL = ArmLedger(planned=1, graded=1)


def case(
    name: str,
    before: str = "P",
    after: str = "P",
    *,
    kind: CaseKind = CaseKind.SAME,
    critical: bool = False,
) -> CasePair:
    """Build a pair from the letters of its trials: P passed, F failed."""
    return CasePair(
        case=name,
        kind=kind,
        baseline=tuple(float(letter == "P") for letter in before),
        candidate=tuple(float(letter == "P") for letter in after),
        critical=critical,
    )


def compared(*pairs: CasePair, deleted: int = 0) -> Comparison:
    planned = sum(max(1, len(pair.candidate)) for pair in pairs)
    ledger = ArmLedger(planned=planned, graded=planned)
    return Comparison(
        pairs=pairs,
        deleted=tuple(f"deleted {index}" for index in range(deleted)),
        ledger={Arm.BASELINE: ledger, Arm.CANDIDATE: ledger},
        planned_pairs=planned,
        lost_pairs=sum(not pair.candidate for pair in pairs),
        error_kinds={},
    )


def cases(
    number: int, before: str = "P", after: str = "P", *, kind: CaseKind = CaseKind.SAME
) -> list[CasePair]:
    name = f"{before}{after} {kind.value}"
    return [case(f"{name} {index:03}", before, after, kind=kind) for index in range(number)]


def new(number: int, after: str = "P") -> list[CasePair]:
    return cases(number, "", after, kind=CaseKind.NEW)


def clustered(pairs: list[CasePair], clusters: int) -> list[CasePair]:
    return [
        replace(pair, cluster=f"cluster {index % clusters}") for index, pair in enumerate(pairs)
    ]


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def said(decision: Decision) -> str:
    return " ".join(reason.message for reason in decision.reasons)


# Errors: nothing could be decided.


def test_an_unbalanced_ledger_is_an_error() -> None:
    comparison = compared(*cases(100))
    ledger = {**comparison.ledger, Arm.CANDIDATE: ArmLedger(planned=100, graded=98, errored=1)}
    found = decide(replace(comparison, ledger=ledger), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["ledger_unbalanced"])
    assert said(found) == snapshot(
        "The candidate's ledger does not balance: 100 trials planned, but 98 graded, 1 "
        "errored, 0 skipped and 0 waived."
    )


def test_an_unbalanced_ledger_speaks_before_a_broken_case() -> None:
    comparison = compared(case("c", "PPP", "FFF", critical=True))
    ledger = {**comparison.ledger, Arm.BASELINE: ArmLedger(planned=3)}
    found = decide(replace(comparison, ledger=ledger), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["ledger_unbalanced"])


@pytest.mark.parametrize("baseline", [True, False])
def test_a_plan_without_cases_is_an_error(baseline: bool) -> None:
    found = decide(compared(), GateRules(min_pass_rate=0.5), baseline=baseline)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["no_cases"])
    assert said(found) == snapshot(
        "No case was planned, so nothing was tested: an eval set must list the prompt under"
        " `prompts` and have at least one case."
    )


def test_trials_that_did_not_run_are_an_error() -> None:
    comparison = replace(
        compared(*cases(100)),
        ledger={
            Arm.BASELINE: ArmLedger(planned=100, graded=10, errored=1, skipped=89),
            Arm.CANDIDATE: ArmLedger(planned=100, graded=10, skipped=90),
        },
        lost_pairs=90,
        error_kinds={"authentication": 1},
    )
    found = decide(comparison, RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["not_all_trials_ran"])
    assert said(found) == snapshot(
        "179 of 200 planned trials were not started, after 1 ended without a grade: "
        "authentication 1."
    )


def awaiting(skipped: int, of: int = 100, *, awaiting: int) -> Comparison:
    return replace(
        compared(*cases(of)),
        ledger={
            Arm.BASELINE: ArmLedger(planned=of, graded=of),
            Arm.CANDIDATE: ArmLedger(planned=of, graded=of - skipped, skipped=skipped),
        },
        lost_pairs=skipped,
        awaiting=awaiting,
    )


def test_trials_that_need_a_call_leave_the_question_open() -> None:
    found = decide(awaiting(60, awaiting=60), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["awaits_calls"])
    assert said(found) == snapshot("60 of 200 trials need Claude, and this run may not call it.")
    assert found.delta is None


def test_trials_that_did_not_run_for_another_reason_are_an_error_all_the_same() -> None:
    found = decide(awaiting(60, awaiting=59), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["not_all_trials_ran"])


def test_a_failure_among_the_trials_at_hand_waits_for_the_others() -> None:
    comparison = replace(awaiting(1, awaiting=1), pairs=tuple(cases(100, after="F")))
    found = decide(comparison, RULES, baseline=True)
    assert found.verdict is Verdict.INCONCLUSIVE


def with_lost(lost: int, *, planned: int = 100) -> Comparison:
    return replace(
        compared(*cases(planned - lost)),
        planned_pairs=planned,
        lost_pairs=lost,
        error_kinds={"timeout": lost - 1, "overloaded": 1},
    )


def test_more_lost_pairs_than_the_error_budget_are_an_error() -> None:
    found = decide(with_lost(6), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["error_budget"])
    assert said(found) == snapshot(
        "6 of 100 trial pairs (6%) have no grade and the budget is 5%: timeout 5, overloaded 1."
    )


def test_lost_pairs_within_the_error_budget_leave_the_rest_to_decide() -> None:
    assert decide(with_lost(5), RULES, baseline=True).verdict is Verdict.PASS


def test_losing_every_pair_is_an_error_whatever_the_error_budget() -> None:
    comparison = compared(case("a", "", ""), case("b", "", ""))
    rules = GateRules(error_budget=1.0, min_pass_rate=0.0)
    found = decide(comparison, rules, baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.ERROR, ["error_budget"])


def test_an_error_claims_no_interval() -> None:
    found = decide(with_lost(6), RULES, baseline=True)
    assert (found.delta, found.smallest_detectable_drop) == (None, None)


# Failures: a rule is broken.


def test_a_regression_fails() -> None:
    found = decide(
        compared(*cases(170), *cases(22, "P", "F"), *cases(8, "F")), RULES, baseline=True
    )
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["regression"])
    assert said(found) == snapshot(
        "The drop is between 2.5 and 11.7 points; the limit is 5 points."
    )
    assert found.delta is not None
    assert (round(found.delta.low, 5), round(found.delta.high, 5)) == (-0.11705, -0.0246)


def test_a_small_set_may_still_show_a_regression() -> None:
    found = decide(compared(*cases(46), *cases(4, "P", "F")), RULES, baseline=True)
    assert codes(found) == ["regression", "suite"]
    assert found.reasons[0].message == snapshot(
        "The drop is between 0.7 and 15.6 points; the limit is 5 points."
    )


def test_beyond_limit_lets_a_drop_of_unproven_size_stay_inconclusive() -> None:
    rules = GateRules(fail_when=FailWhen.BEYOND_LIMIT)
    found = decide(
        compared(*cases(178), *cases(14, "P", "F"), *cases(2, "F")), rules, baseline=True
    )
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["cannot_tell"])
    assert said(found) == snapshot(
        "The drop is between 2.7 and 9.8 points; the limit is 5 points: more of the same "
        "evidence would not prove it, so look at the cases that got worse, or accept a "
        "limit of 10 points."
    )


def test_beyond_limit_fails_a_drop_proven_to_exceed_it() -> None:
    rules = GateRules(fail_when=FailWhen.BEYOND_LIMIT)
    found = decide(compared(*cases(160), *cases(40, "P", "F")), rules, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["regression"])


def test_a_pass_rate_under_the_minimum_fails() -> None:
    comparison = compared(*cases(170), *cases(30, "F", "F"))
    found = decide(comparison, GateRules(min_pass_rate=0.9), baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["min_pass_rate"])
    assert said(found) == snapshot("The candidate's pass rate is 85%; the minimum is 90%.")


def test_a_pass_rate_at_the_minimum_does_not_fail() -> None:
    comparison = compared(*cases(180), *cases(20, "F", "F"))
    found = decide(comparison, GateRules(min_pass_rate=0.9), baseline=True)
    assert found.verdict is Verdict.PASS


def test_new_and_edited_cases_count_toward_the_minimum_pass_rate() -> None:
    rules = GateRules(min_pass_rate=0.95)
    kinds = (CaseKind.NEW, CaseKind.EDITED)
    for kind in kinds:
        found = decide(compared(*cases(100), *cases(6, "", "F", kind=kind)), rules, baseline=True)
        assert codes(found) == ["min_pass_rate"]


def test_a_broken_critical_case_fails() -> None:
    found = decide(
        compared(*cases(100, "PPP", "PPP"), case("allergy", "PPP", "FFF", critical=True)),
        RULES,
        baseline=True,
    )
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["critical_case"])
    assert said(found) == snapshot(
        "Critical case allergy broke: it fails in every one of 3 trials."
    )


def test_several_broken_critical_cases_are_all_named() -> None:
    pairs = [case("a", "PPP", "FFF", critical=True), case("b", "PPP", "FFFF", critical=True)]
    found = decide(compared(*cases(200, "PPP", "PPP"), *pairs), RULES, baseline=True)
    assert said(found) == snapshot(
        "Critical cases a and b broke: each fails in every one of 3 or more trials."
    )


def test_a_critical_case_that_is_new_needs_no_baseline_to_break() -> None:
    broken = case("new", "", "FFF", kind=CaseKind.NEW, critical=True)
    assert codes(decide(compared(*cases(100), broken), RULES, baseline=True)) == ["critical_case"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("PPP", "PFP"), ("PPPP", "PPFF"), ("PFF", "FFF"), ("FFF", "FFF"), ("PPP", "PPP")],
)
def test_a_critical_case_that_mostly_passes_or_mostly_failed_before_is_not_broken(
    before: str, after: str
) -> None:
    pair = case("c", before, after, critical=True)
    assert decide(compared(*cases(200), pair), RULES, baseline=True).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("before", "after", "broken"), [(0.5, 0.49, True), (0.5, 0.5, False), (0.49, 0.4, False)]
)
def test_a_critical_case_that_is_scored_passes_from_one_half_on(
    before: float, after: float, broken: bool
) -> None:
    pair = replace(
        case("c", critical=True), baseline=(before, before, before), candidate=(after, after, after)
    )
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert (codes(found) == ["critical_case"]) is broken


def test_a_case_that_is_not_critical_does_not_fail_alone() -> None:
    pair = case("c", "PPP", "FFF")
    assert decide(compared(*cases(200), pair), RULES, baseline=True).verdict is Verdict.PASS


def test_every_broken_rule_is_named() -> None:
    comparison = compared(*cases(80), *cases(20, "P", "F"), case("c", "PPP", "FFF", critical=True))
    found = decide(comparison, GateRules(min_pass_rate=0.9), baseline=True)
    assert codes(found) == ["min_pass_rate", "critical_case", "regression"]


# Doubts: no rule is broken, and still it does not pass.


@pytest.mark.parametrize(
    ("before", "after"),
    [("P", "F"), ("PP", "FF"), ("PPP", "FFP"), ("PPF", "FFF"), ("PFPF", "FFFF"), ("PPPP", "FFFP")],
)
def test_a_critical_case_that_seems_broken_and_is_not_confirmed_is_inconclusive(
    before: str, after: str
) -> None:
    pair = case("c", before, after, critical=True)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["critical_unconfirmed"])


@pytest.mark.parametrize("kind", CaseKind)
def test_a_critical_case_without_a_graded_trial_is_inconclusive(kind: CaseKind) -> None:
    pair = case("c", "", "", kind=kind, critical=True)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["critical_unconfirmed"])


def test_a_new_critical_case_that_mostly_fails_is_inconclusive() -> None:
    pair = case("c", "", "FFP", kind=CaseKind.NEW, critical=True)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["critical_unconfirmed"])


@pytest.mark.parametrize(
    ("before", "after", "doubtful"),
    [((1.0, 0.0), (0.9, 0.0), True), ((0.9, 0.0), (0.8, 0.0), False), ((1.0,), (0.5,), False)],
)
def test_whether_a_critical_case_seems_broken_goes_by_its_means(
    before: tuple[float, ...], after: tuple[float, ...], doubtful: bool
) -> None:
    pair = replace(case("c", critical=True), baseline=before, candidate=after)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert ("critical_unconfirmed" in codes(found)) is doubtful


def test_an_unconfirmed_critical_case_says_what_is_missing() -> None:
    pair = case("allergy", "PP", "FF", critical=True)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert said(found) == snapshot(
        "Critical case allergy (passed 0 of 2 trials, 2 of 2 before) may have broken; 3 or more trials that all fail, where at least 90% passed before, would confirm it: look at the replies, then run again or raise run.critical_trials."
    )


def test_each_unconfirmed_critical_case_says_how_its_trials_went() -> None:
    pairs = [
        case("a", "PPP", "FFP", critical=True),
        case("b", "", "F", kind=CaseKind.NEW, critical=True),
        case("c", "", "", critical=True),
    ]
    assert said(decide(compared(*cases(200), *pairs), RULES, baseline=True)) == snapshot(
        "Critical cases a (passed 1 of 3 trials, 3 of 3 before), b (passed 0 of 1 trial) and c (no graded trial) may have broken; 3 or more trials that all fail, where at least 90% passed before, would confirm it: look at the replies, then run again or raise run.critical_trials."
    )


@pytest.mark.parametrize(
    ("before", "codes_found"),
    [
        ("PPPPPPPPPF", ["critical_case"]),
        ("PPPPPPPPFF", ["critical_unconfirmed"]),
        ("PPF", ["critical_unconfirmed"]),
    ],
)
def test_a_critical_case_is_confirmed_broken_where_nearly_all_trials_passed_before(
    before: str, codes_found: list[str]
) -> None:
    pair = case("c", before, "F" * len(before), critical=True)
    found = decide(compared(*cases(200), pair), RULES, baseline=True)
    assert codes(found) == codes_found


def test_a_flaky_critical_case_is_told_as_such_and_stays_in_the_mean() -> None:
    pair = case("c", "PPF", "FFF", critical=True)
    found = decide(compared(*cases(99, "PPP", "PPP"), pair), RULES, baseline=True)
    assert found.flaky == ("c",)
    assert found.pass_rate[Arm.BASELINE] == pytest.approx(1 - 1 / 300)
    assert said(found) == snapshot(
        "Critical case c (passed 0 of 3 trials, 2 of 3 before; flaky) may have broken; 3 or more trials that all fail, where at least 90% passed before, would confirm it: look at the replies, then run again or raise run.critical_trials; a flaky case can never be confirmed, so mend it or its graders."
    )


def tagged(number: int, before: str = "P", after: str = "P", *, tag: str = "vip") -> list[CasePair]:
    return [replace(pair, tags=(tag,)) for pair in cases(number, before, after)]


VIP = GateRules(protected_slices=("vip",))


def test_a_protected_slice_fails_though_the_whole_stays_within_the_limit() -> None:
    pairs = [*cases(600), *tagged(30), *tagged(6, "P", "F")]
    assert codes(decide(compared(*pairs), RULES, baseline=True)) == ["non_inferior"]
    found = decide(compared(*pairs), VIP, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["protected_slice"])
    assert said(found) == snapshot(
        "The protected slice vip got worse: 100% before and 83.3% now over 36 cases. Chance alone would make some protected slice look this bad about once in 100 harmless changes."
    )


def test_a_protected_slice_that_only_looks_worse_is_mentioned_in_a_pass() -> None:
    pairs = [*cases(600), *tagged(30), *tagged(3, "P", "F")]
    found = decide(compared(*pairs), VIP, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["non_inferior", "slice_suspect"])
    assert found.reasons[1].message == snapshot(
        "The protected slice vip (100% before and 90.9% now over 33 cases) may have got worse, which is not confirmed: look at its cases."
    )
    assert found.slices[0].flag is SliceFlag.SUSPECT


def test_a_slice_that_is_not_protected_gives_no_reason() -> None:
    pairs = [*cases(600), *tagged(30, tag="other"), *tagged(6, "P", "F", tag="other")]
    assert codes(decide(compared(*pairs), VIP, baseline=True)) == ["non_inferior"]


def test_a_protected_slice_that_can_never_fail_is_told() -> None:
    found = decide(compared(*cases(600), *tagged(3)), VIP, baseline=True)
    assert (found.verdict, codes(found)) == (
        Verdict.PASS,
        ["non_inferior", "protected_slice_small"],
    )
    assert found.reasons[1].message == snapshot(
        "The slice vip is protected in name only: 3 of its 3 cases can be compared, and with fewer than 4 no drop can ever be confirmed: add cases with this tag."
    )


def test_a_protected_slice_without_grades_is_inconclusive() -> None:
    found = decide(compared(*cases(600), *tagged(9, "", "")), VIP, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["protected_slice_lost"])
    assert said(found) == snapshot(
        "The protected slice vip was not tested: 9 of its 9 cases should have been compared and have no grades, and it takes 4 comparisons to see a drop: find out why and run again."
    )


@pytest.mark.parametrize("unchanged", [True, False])
def test_without_a_comparison_slices_say_nothing(unchanged: bool) -> None:
    pairs = [*cases(60), *tagged(30, "P", "F")]
    rules = replace(VIP, min_pass_rate=0.1)
    found = decide(compared(*pairs), rules, baseline=unchanged, unchanged=unchanged)
    assert found.verdict is Verdict.PASS
    assert [part.p_value for part in found.slices] == [None]


def test_a_set_changed_by_more_than_the_edit_budget_is_inconclusive() -> None:
    comparison = compared(*cases(80), *cases(4, "", "P", kind=CaseKind.EDITED), deleted=5)
    found = decide(comparison, RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["set_changed"])
    assert said(found) == snapshot(
        "9 of the base's 89 cases (10.1%) were edited or deleted, more than the 10% that a change may touch: change the set in a pull request of its own."
    )


def test_a_set_changed_within_the_edit_budget_can_pass() -> None:
    comparison = compared(*cases(90), *cases(5, "", "P", kind=CaseKind.EDITED), deleted=5)
    assert decide(comparison, RULES, baseline=True).verdict is Verdict.PASS


@pytest.mark.parametrize(("passing", "verdict"), [(10, Verdict.INCONCLUSIVE), (11, Verdict.PASS)])
def test_a_baseline_that_fails_nearly_everything_leaves_no_room_for_a_drop(
    passing: int, verdict: Verdict
) -> None:
    found = decide(compared(*cases(passing), *cases(200 - passing, "F", "F")), RULES, baseline=True)
    assert found.verdict is verdict
    assert (codes(found) == ["no_headroom"]) is (verdict is Verdict.INCONCLUSIVE)


def test_new_cases_do_not_count_as_changes() -> None:
    assert decide(compared(*cases(60), *new(200)), RULES, baseline=True).verdict is Verdict.PASS


def test_a_regression_fails_although_the_set_changed() -> None:
    comparison = compared(*cases(80), *cases(20, "P", "F"), deleted=30)
    assert decide(comparison, RULES, baseline=True).verdict is Verdict.FAIL


def test_a_set_that_is_too_small_to_prove_the_limit_says_how_many_cases_it_takes() -> None:
    found = decide(compared(*cases(58, "PPP", "PPP")), POPULATION, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["too_few_cases"])
    assert said(found) == snapshot(
        "58 cases can be compared, and a limit of 5 points can only be proven with 59 or "
        "more: add cases or set a wider gate.max_drop."
    )


def test_deleting_a_case_does_not_trade_a_claim_about_the_traffic_for_an_easier_one() -> None:
    whole = decide(compared(*cases(60, "PPP", "PPP")), RULES, baseline=True)
    left = decide(compared(*cases(58, "PPP", "PPP"), deleted=2), RULES, baseline=True)
    assert whole.verdict is Verdict.PASS
    assert (left.verdict, codes(left)) == (Verdict.INCONCLUSIVE, ["too_few_cases"])


def test_editing_clustered_cases_does_not_either() -> None:
    edited = cases(4, "", "PPP", kind=CaseKind.EDITED)
    kept = clustered(cases(110, "PPP", "PPP"), 55)
    found = decide(compared(*kept, *edited), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["too_few_clusters"])


# Lopsided errors: what only the candidate has no grade for might have been failures.


def lopsided(lost: int, *pairs: CasePair, also_lost_before: int = 0) -> Comparison:
    """Build a comparison of pairs beside cases that one arm alone could not grade."""
    gone = [case(f"lost {index}", "", "") for index in range(lost + also_lost_before)]
    lost_by = {Arm.CANDIDATE: lost, Arm.BASELINE: also_lost_before}
    return replace(compared(*pairs, *gone), lost_by=lost_by)


def test_cases_that_only_the_candidate_has_no_grade_for_keep_it_from_passing() -> None:
    found = decide(lopsided(7, *cases(147)), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["lopsided_errors"])
    assert said(found) == snapshot(
        "7 trials have no grade in the candidate alone; were they failures, the drop could reach 5.7 points; the limit is 5 points: find out why and run again."
    )
    assert decide(lopsided(0, *cases(147)), RULES, baseline=True).verdict is Verdict.PASS


def test_one_such_trial_is_told_in_the_singular() -> None:
    pairs = [*cases(189), *cases(7, "P", "F"), *cases(3, "F")]
    assert decide(compared(*pairs), RULES, baseline=True).verdict is Verdict.PASS
    assert said(decide(lopsided(1, *pairs), RULES, baseline=True)) == snapshot(
        "1 trial has no grade in the candidate alone; were it a failure, the drop could reach 5.4 points; the limit is 5 points: find out why and run again."
    )


def test_few_such_trials_leave_a_pass_that_holds_even_were_they_failures() -> None:
    assert decide(lopsided(3, *cases(147)), RULES, baseline=True).verdict is Verdict.PASS


def test_trials_that_only_the_baseline_has_no_grade_for_are_set_against_them() -> None:
    rules = GateRules(error_budget=0.1)
    found = decide(lopsided(7, *cases(147), also_lost_before=4), rules, baseline=True)
    assert found.verdict is Verdict.PASS
    found = decide(lopsided(4, *cases(147), also_lost_before=7), rules, baseline=True)
    assert found.verdict is Verdict.PASS


def test_new_cases_do_not_dilute_the_trials_without_a_grade() -> None:
    found = decide(lopsided(7, *cases(147), *new(500)), RULES, baseline=True)
    assert codes(found) == ["lopsided_errors"]


def test_trials_without_a_grade_do_not_turn_a_small_proven_drop_into_a_failure() -> None:
    pairs = [*cases(990), *cases(10, "P", "F")]
    assert decide(compared(*pairs), RULES, baseline=True).verdict is Verdict.PASS
    found = decide(lopsided(40, *pairs), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["lopsided_errors"])


def test_where_the_limit_is_not_proven_anyway_the_usual_reason_stands() -> None:
    found = decide(lopsided(3, *cases(56)), GateRules(error_budget=0.1), baseline=True)
    assert codes(found) == ["too_few_cases"]
    pairs = [*cases(90), *cases(5, "P", "F"), *cases(5, "F")]
    assert codes(decide(lopsided(2, *pairs), RULES, baseline=True)) == ["cannot_tell"]


def test_in_a_suite_trials_without_a_grade_count_just_the_same() -> None:
    pairs = cases(40, "PPP", "PPP")
    assert decide(compared(*pairs), SUITE, baseline=True).verdict is Verdict.PASS
    comparison = replace(lopsided(5, *pairs), planned_pairs=125)
    found = decide(comparison, SUITE, baseline=True)
    assert codes(found) == ["lopsided_errors", "suite"]


# Suites: sets too small to speak about the traffic speak about exactly their cases.


def test_twenty_cases_with_three_trials_can_prove_that_these_cases_did_not_break() -> None:
    found = decide(compared(*cases(20, "PPP", "PPP")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["non_inferior", "suite"])
    assert found.estimand is Estimand.SUITE
    assert said(found) == snapshot(
        "The change is between a drop of 2.8 points and a gain of 2.7 points, within the limit of 5 points. The verdict is about exactly these 20 cases, because a statement about all traffic takes at least 59 cases."
    )


def test_a_suite_below_the_smallest_number_of_trials_is_inconclusive() -> None:
    found = decide(compared(*cases(19, "PPP", "PPP")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["too_few_trials", "suite"])
    assert said(found) == snapshot(
        "57 trials can be compared, and a limit of 5 points can only be proven with 59 or more: add cases, raise run.trials or set a wider gate.max_drop. The verdict is about exactly these 19 cases, because a statement about all traffic takes at least 59 cases."
    )


def test_two_of_twenty_cases_that_break_for_good_fail_a_suite() -> None:
    pairs = [*cases(18, "PPP", "PPP"), *cases(2, "PPP", "FFF")]
    found = decide(compared(*pairs), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["regression", "suite"])


def test_a_set_that_is_large_enough_speaks_about_the_traffic() -> None:
    found = decide(compared(*cases(59, "PPP", "PPP")), RULES, baseline=True)
    assert found.estimand is Estimand.POPULATION
    assert codes(found) == ["non_inferior"]


def test_a_set_with_too_few_clusters_speaks_about_its_cases() -> None:
    found = decide(compared(*clustered(cases(90), 9)), RULES, baseline=True)
    assert (found.verdict, found.estimand) == (Verdict.PASS, Estimand.SUITE)
    assert said(found) == snapshot(
        "The change is between a drop of 1.8 points and a gain of 1.8 points, within the limit of 5 points. The verdict is about exactly these 90 cases, because a statement about all traffic takes at least 59 clusters."
    )


def test_a_policy_can_ask_for_a_suite_of_any_size() -> None:
    found = decide(compared(*cases(100)), SUITE, baseline=True)
    assert said(found) == snapshot(
        "The change is between a drop of 1.7 points and a gain of 1.6 points, within the limit of 5 points. The verdict is about exactly these 100 cases, as the policy asks."
    )


def test_in_a_suite_every_case_weighs_the_same_however_many_trials_it_has() -> None:
    pairs = [*cases(10, "PP", "PP"), *cases(10, "P" * 8, "F" * 8)]
    found = decide(compared(*pairs), SUITE, baseline=True)
    assert found.delta is not None
    assert found.delta.estimate == pytest.approx(-0.5)


def test_an_undecided_suite_is_told_how_many_trials_would_help() -> None:
    pairs = [*cases(20, "PPP", "PPP"), *cases(2, "PPP", "PPF"), *cases(2, "PPF", "PPP")]
    found = decide(compared(*pairs), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["cannot_tell", "suite"])
    assert said(found) == snapshot(
        "The change is between a drop of 6 points and a gain of 5.4 points; the limit is 5 points: about 5 trials per case or a limit of 6 points would decide. The verdict is about exactly these 24 cases, because a statement about all traffic takes at least 59 cases."
    )


def test_too_few_clusters_prove_nothing() -> None:
    rules = GateRules(max_drop=0.4, estimand=Estimand.POPULATION)
    found = decide(compared(*clustered(cases(90), 9)), rules, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["too_few_clusters"])
    assert said(found) == snapshot(
        "9 clusters can be compared, and a limit of 40 points can only be proven with 10 or"
        " more: add cases in further clusters or set a wider gate.max_drop."
    )
    assert decide(compared(*clustered(cases(90), 10)), rules, baseline=True).verdict is Verdict.PASS


def test_a_limit_of_zero_cannot_be_proven_by_any_set() -> None:
    found = decide(compared(*cases(1000)), GateRules(max_drop=0.0), baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["too_few_cases"])
    assert said(found) == snapshot(
        "1,000 cases can be compared, and no number of cases can prove a limit of 0 points:"
        " set gate.max_drop above 0."
    )


def test_bounds_that_leave_both_answers_open_are_inconclusive() -> None:
    found = decide(compared(*cases(90), *cases(5, "P", "F"), *cases(5, "F")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["cannot_tell"])
    assert said(found) == snapshot(
        "The change is between a drop of 5.9 points and a gain of 5.5 points; the limit is "
        "5 points: about 150 cases like these or a limit of 6 points would decide."
    )


def test_a_drop_at_the_limit_is_inconclusive_and_points_to_the_cases() -> None:
    found = decide(compared(*cases(89), *cases(8, "P", "F"), *cases(3, "F")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["cannot_tell"])
    assert said(found) == snapshot(
        "The change is between a drop of 11 points and a gain of 0.7 points; the limit is 5"
        " points: more of the same evidence would not prove it, so look at the cases that "
        "got worse, or accept a limit of 12 points."
    )


def test_rare_outright_losses_are_named_when_only_they_stand_in_the_way() -> None:
    pairs = [*cases(60), *cases(1, "P", "F"), *cases(10, "PPF", "PPP")]
    found = decide(compared(*pairs), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["cannot_tell"])
    assert said(found) == snapshot(
        "The change is between a drop of 1.2 points and a gain of 7.3 points, but up to 6.6% of the cases may have broken outright; the limit is 5 points: about 130 cases like these or a limit of 7 points would decide."
    )


# No comparison: absolute rules decide.


def test_without_a_baseline_and_without_a_minimum_it_is_inconclusive() -> None:
    found = decide(compared(*new(200)), RULES, baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["no_baseline"])
    assert said(found) == snapshot(
        "There is no baseline to compare with, and no minimum pass rate is set; the candidate's is 100%: set gate.min_pass_rate to decide without one."
    )


def test_without_a_baseline_a_minimum_that_is_met_passes_and_says_so() -> None:
    found = decide(compared(*new(98), *new(2, "F")), GateRules(min_pass_rate=0.9), baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["no_baseline"])
    assert said(found) == snapshot(
        "There is no baseline to compare with, so the minimum pass rate of 90% decides; the candidate's is 98%."
    )


def test_without_a_baseline_a_minimum_that_is_missed_fails() -> None:
    found = decide(compared(*new(8), *new(2, "F")), GateRules(min_pass_rate=0.9), baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["min_pass_rate", "no_baseline"])


def test_without_a_baseline_a_broken_critical_case_fails() -> None:
    comparison = compared(*new(50), case("c", "", "FFF", kind=CaseKind.NEW, critical=True))
    found = decide(comparison, RULES, baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.FAIL, ["critical_case", "no_baseline"])


def test_without_a_baseline_a_changed_set_holds_a_pass_back() -> None:
    rules = GateRules(min_pass_rate=0.9)
    found = decide(compared(*cases(10, ""), deleted=5), rules, baseline=False)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["set_changed", "no_baseline"])


def test_a_baseline_with_which_no_case_can_be_compared_decides_nothing() -> None:
    found = decide(compared(*new(200)), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["no_comparable_cases"])
    assert said(found) == snapshot(
        "No case can be compared with the baseline, and no minimum pass rate is set; the candidate's is 100%: set gate.min_pass_rate to decide without one."
    )
    met = decide(compared(*new(200)), GateRules(min_pass_rate=0.9), baseline=True)
    assert (met.verdict, codes(met)) == (Verdict.PASS, ["no_comparable_cases"])


# Only the eval set changed: the version is the stable one.


def test_a_version_that_is_live_passes_whatever_its_rate_and_says_so() -> None:
    pairs = [*cases(57, ""), *cases(3, "", "F"), *new(2)]
    found = decide(compared(*pairs), RULES, baseline=False, unchanged=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["version_unchanged"])
    assert said(found) == snapshot(
        "Only the eval set changed; the version is the one that is live and passes 95.2% of its cases."
    )
    assert (found.delta, found.flips) == (None, Flips())


def test_a_version_that_is_live_is_compared_with_nothing() -> None:
    comparison = compared(*cases(50), *cases(50, "P", "F"))
    found = decide(comparison, RULES, baseline=True, unchanged=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["version_unchanged"])
    assert (found.delta, found.cases.compared) == (None, 0)


def test_a_version_that_is_live_still_has_to_meet_the_minimum() -> None:
    comparison = compared(*cases(8, ""), *new(2, "F"))
    for minimum, verdict in [(0.9, Verdict.FAIL), (0.8, Verdict.PASS)]:
        rules = GateRules(min_pass_rate=minimum)
        assert decide(comparison, rules, baseline=False, unchanged=True).verdict is verdict
    found = decide(comparison, GateRules(min_pass_rate=0.9), baseline=False, unchanged=True)
    assert codes(found) == ["min_pass_rate", "version_unchanged"]


@pytest.mark.parametrize(
    ("after", "verdict", "code"),
    [
        ("FFF", Verdict.FAIL, "critical_case"),
        ("FFP", Verdict.INCONCLUSIVE, "critical_unconfirmed"),
        ("FPP", Verdict.PASS, "version_unchanged"),
    ],
)
def test_a_version_that_is_live_still_has_to_pass_its_critical_cases(
    after: str, verdict: Verdict, code: str
) -> None:
    critical = case("c", "", after, kind=CaseKind.NEW, critical=True)
    found = decide(compared(*cases(50, ""), critical), RULES, baseline=False, unchanged=True)
    assert (found.verdict, codes(found)[0], codes(found)[-1]) == (
        verdict,
        code,
        "version_unchanged",
    )


def test_a_version_that_is_live_does_not_clear_a_set_that_changed_too_much() -> None:
    found = decide(compared(*cases(10, ""), deleted=5), RULES, baseline=False, unchanged=True)
    assert (found.verdict, codes(found)) == (
        Verdict.INCONCLUSIVE,
        ["set_changed", "version_unchanged"],
    )
    assert said(found) == snapshot(
        "5 of the base's 15 cases (33.3%) were edited or deleted, more than the 10% that a change may touch: change it in smaller steps. Only the eval set changed; the version is the one that is live and passes 100% of its cases."
    )


def test_a_version_that_is_live_does_not_clear_an_error() -> None:
    for comparison, code in [(with_lost(6), "error_budget"), (compared(), "no_cases")]:
        found = decide(comparison, RULES, baseline=False, unchanged=True)
        assert (found.verdict, codes(found)) == (Verdict.ERROR, [code])


# A pass.


def test_a_drop_that_is_shown_to_stay_within_the_limit_passes() -> None:
    found = decide(
        compared(*cases(180), *cases(10, "P", "F"), *cases(10, "F")), RULES, baseline=True
    )
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["non_inferior"])
    assert said(found) == snapshot(
        "The change is between a drop of 4 points and a gain of 3.8 points, within the "
        "limit of 5 points."
    )
    assert found.delta is not None
    assert round(found.delta.low, 5) == -0.03981


def test_a_confirmed_drop_within_the_limit_passes_and_is_named() -> None:
    found = decide(compared(*cases(990), *cases(10, "P", "F")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["non_inferior"])
    assert said(found) == snapshot(
        "The drop is between 0.5 and 1.6 points, within the limit of 5 points."
    )


def test_a_gain_passes() -> None:
    found = decide(compared(*cases(150), *cases(50, "F", "P")), RULES, baseline=True)
    assert (found.verdict, codes(found)) == (Verdict.PASS, ["non_inferior"])
    assert said(found) == snapshot(
        "The gain is between 19.6 and 30 points; the limit for a drop is 5 points."
    )


# What a decision carries.


def test_flips_are_listed_the_largest_change_first_then_by_id() -> None:
    pairs = [
        case("b", "PP", "PF"),
        case("a", "PP", "PF"),
        case("z", "PP", "FF"),
        case("m", "FF", "FP"),
        case("k", "FF", "PP"),
        case("same", "PF", "FP"),
    ]
    found = decide(compared(*pairs), RULES, baseline=True)
    assert found.flips == Flips(regressed=("z", "a", "b"), fixed=("k", "m"))


def test_new_and_edited_cases_are_counted_but_do_not_flip() -> None:
    edited = case("edited", "P", "F", kind=CaseKind.EDITED)
    found = decide(compared(*cases(50), *new(3, "F"), edited, deleted=2), RULES, baseline=True)
    assert found.cases == CaseCounts(compared=50, new=3, edited=1, deleted=2)
    assert found.flips == Flips()


def test_a_decision_carries_rates_slices_and_the_detectable_drop() -> None:
    pairs = [replace(pair, tags=("refund",)) for pair in cases(99)]
    found = decide(compared(*pairs, case("b", "P", "F")), RULES, baseline=True)
    assert found.pass_rate == {Arm.BASELINE: 1.0, Arm.CANDIDATE: 0.99}
    [part] = found.slices
    assert (part.tag, part.cases, part.baseline, part.candidate) == ("refund", 99, 1.0, 1.0)
    assert part.p_value == part.adjusted == pytest.approx(0.5)
    assert found.smallest_detectable_drop is not None
    assert 0.05 < found.smallest_detectable_drop < 0.1


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([], Verdict.NOT_APPLICABLE),
        ([Verdict.NOT_APPLICABLE, Verdict.PASS], Verdict.PASS),
        ([Verdict.INCONCLUSIVE, Verdict.PASS], Verdict.INCONCLUSIVE),
        ([Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.PASS], Verdict.ERROR),
        ([Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE], Verdict.FAIL),
    ],
)
def test_a_run_is_as_good_as_its_worst_prompt(verdicts: list[Verdict], worst: Verdict) -> None:
    assert overall(verdicts) is worst


# Laws.

outcomes = st.text("PF", min_size=1, max_size=3)
paired_outcomes = st.lists(st.tuples(*[st.sampled_from("PF")] * 2), min_size=1, max_size=3)
limits = st.sampled_from([0.02, 0.05, 0.1, 0.3])


@settings(deadline=None)
@given(st.lists(st.tuples(outcomes, st.booleans()), min_size=1, max_size=120), limits)
def test_a_record_against_itself_never_fails(
    record: list[tuple[str, bool]], max_drop: float
) -> None:
    pairs = [
        case(str(index), trials, trials, critical=critical)
        for index, (trials, critical) in enumerate(record)
    ]
    found = decide(compared(*pairs), GateRules(max_drop=max_drop), baseline=True)
    assert found.verdict in {Verdict.PASS, Verdict.INCONCLUSIVE}


@settings(deadline=None)
@given(st.lists(paired_outcomes, min_size=1, max_size=80), limits)
def test_a_change_and_its_reversal_never_both_regress(
    record: list[list[tuple[str, str]]], max_drop: float
) -> None:
    told = [("".join(a for a, _ in trials), "".join(b for _, b in trials)) for trials in record]
    there = [case(str(index), a, b) for index, (a, b) in enumerate(told)]
    back = [case(str(index), b, a) for index, (a, b) in enumerate(told)]
    rules = GateRules(max_drop=max_drop)
    verdicts = [decide(compared(*pairs), rules, baseline=True).verdict for pairs in (there, back)]
    assert verdicts.count(Verdict.FAIL) <= 1


@settings(deadline=None)
@given(kept=st.integers(30, 90), lost=st.integers(0, 5), touched=st.integers(0, 9))
def test_neither_deleting_nor_editing_nor_losing_sound_cases_turns_inconclusive_into_pass(
    kept: int, lost: int, touched: int
) -> None:
    # Of broken cases the edit budget lets a change remove a few: they are listed, not hidden.
    gone = [case(f"lost {index}", "", "") for index in range(lost)]
    edited = cases(touched, "", "PPP", kind=CaseKind.EDITED)
    rules = GateRules(error_budget=0.5, edit_budget=0.5)
    whole = compared(*cases(kept + lost + touched, "PPP", "PPP"))
    before = decide(whole, rules, baseline=True).verdict
    left = cases(kept, "PPP", "PPP")
    for changed in (compared(*left, *gone, deleted=touched), compared(*left, *gone, *edited)):
        assert decide(changed, rules, baseline=True).verdict.severity >= before.severity


@settings(deadline=None)
@given(lost=st.integers(0, 20), before=st.integers(0, 20), losses=st.integers(0, 6))
def test_a_further_trial_without_a_grade_in_the_candidate_alone_never_helps_it(
    lost: int, before: int, losses: int
) -> None:
    pairs = [*cases(200), *cases(losses, "P", "F")]
    rules = GateRules(error_budget=0.5)
    fewer = decide(lopsided(lost, *pairs, also_lost_before=before), rules, baseline=True)
    more = decide(lopsided(lost + 1, *pairs, also_lost_before=before), rules, baseline=True)
    assert more.verdict.severity >= fewer.verdict.severity


@settings(deadline=None)
@given(
    losses=st.integers(0, 12),
    wins=st.integers(0, 12),
    ties=st.integers(60, 300),
    before=st.sampled_from("PF"),
)
def test_with_one_trial_fixing_a_case_never_turns_a_pass_into_less(
    losses: int, wins: int, ties: int, before: str
) -> None:
    # With several trials a single fixed case may lower L by a fraction of a case: see test_bounds.
    rest = [*cases(losses, "P", "F"), *cases(wins, "F"), *cases(ties)]
    worse = decide(compared(*rest, case("x", before, "F")), RULES, baseline=True).verdict
    better = decide(compared(*rest, case("x", before, "P")), RULES, baseline=True).verdict
    assert better.severity <= worse.severity


# Waivers.


def trials_of(pair: CasePair) -> list[Trial]:
    arms = ((Arm.BASELINE, pair.baseline), (Arm.CANDIDATE, pair.candidate))
    return [
        Trial(
            prompt="p",
            version="v1",
            version_hash="h",
            evalset="s",
            arm=arm,
            case=pair.case,
            trial=index,
            status=TrialStatus.GRADED,
            passed=outcome == 1,
        )
        for arm, outcomes in arms
        for index, outcome in enumerate(outcomes)
    ]


def decided(pairs: list[CasePair], *, waived: frozenset[str], rules: GateRules) -> Decision:
    planned = [
        PlannedCase(
            case=pair.case,
            kind=pair.kind,
            baseline=range(len(pair.baseline)),
            candidate=range(len(pair.candidate)),
            critical=pair.critical,
            tags=pair.tags,
            waived=pair.case in waived,
        )
        for pair in pairs
    ]
    trials = [trial for pair in pairs for trial in trials_of(pair)]
    return decide(compare(trials, planned, []), rules, baseline=True)


@settings(deadline=None)
@given(
    st.lists(paired_outcomes, min_size=1, max_size=70),
    st.lists(st.tuples(paired_outcomes, st.booleans()), min_size=1, max_size=5),
    st.sampled_from([RULES, VIP, GateRules(min_pass_rate=0.8)]),
)
def test_a_waived_case_changes_nothing_about_the_rest(
    rest: list[list[tuple[str, str]]],
    others: list[tuple[list[tuple[str, str]], bool]],
    rules: GateRules,
) -> None:
    def made(name: str, trials: list[tuple[str, str]], *, critical: bool) -> CasePair:
        before, after = ("".join(letters) for letters in zip(*trials, strict=True))
        return replace(case(name, before, after, critical=critical), tags=("vip",))

    pairs = [made(str(number), trials, critical=False) for number, trials in enumerate(rest)]
    extra = [made(f"w{number}", each, critical=hot) for number, (each, hot) in enumerate(others)]
    names = frozenset(pair.case for pair in extra)
    alone = decided(pairs, waived=frozenset(), rules=rules)
    found = decided([*extra, *pairs], waived=names, rules=rules)
    if "protected_slice_waived" in codes(found):
        assert found.verdict is not Verdict.PASS
        found = replace(found, verdict=alone.verdict, reasons=alone.reasons)
    assert found == alone


@pytest.mark.parametrize("left", [3, 0])
def test_a_protected_slice_that_waivers_switch_off_is_inconclusive(left: int) -> None:
    vip = tagged(8, "P", "F")
    names = frozenset(pair.case for pair in vip[left:])
    found = decided([*cases(600), *vip], waived=names, rules=VIP)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert codes(found) == ["protected_slice_waived", *["slice_suspect"] * bool(left)]


def test_the_reason_says_how_much_of_a_protected_slice_is_waived() -> None:
    def told(left: int) -> str:
        names = frozenset(pair.case for pair in tagged(8)[left:])
        pairs = [*cases(600, "PP", "PP"), *tagged(8)]
        return said(decided(pairs, waived=names, rules=VIP))

    assert told(3) == snapshot(
        "5 of the 8 cases of the protected slice vip are waived; the 3 left are too few to judge it."
    )
    assert told(0) == snapshot("All cases of the protected slice vip are waived: it is not judged.")


def test_a_slice_that_is_waived_whole_holds_up_a_set_without_any_comparison() -> None:
    vip, rules = tagged(8), replace(VIP, min_pass_rate=0.5)
    names = frozenset(pair.case for pair in vip)
    found = decided([*new(20), *vip], waived=names, rules=rules)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "protected_slice_waived" in codes(found)


@pytest.mark.parametrize(("edited", "verdict"), [(10, "inconclusive"), (8, "pass")])
def test_waived_cases_count_for_the_edit_budget(edited: int, verdict: str) -> None:
    extra = cases(edited, "", "F", kind=CaseKind.EDITED)
    names = frozenset(pair.case for pair in extra)
    found = decided([*cases(80 - edited), *extra], waived=names, rules=RULES)
    assert (found.verdict, found.cases.edited) == (verdict, edited)
    assert ("set_changed" in codes(found)) is (verdict == "inconclusive")


def test_waived_cases_that_a_change_leaves_alone_are_part_of_the_set() -> None:
    same, edited = cases(10), cases(9, "", "P", kind=CaseKind.EDITED)
    names = frozenset(pair.case for pair in same)
    pairs = [*same, *cases(71, "PP", "PP"), *edited]
    assert decided(pairs, waived=names, rules=RULES).verdict is Verdict.PASS


def test_a_waived_critical_case_that_is_broken_does_not_fail() -> None:
    pairs = [*cases(100, "PPP", "PPP"), case("c", "PPP", "FFF", critical=True)]
    assert codes(decided(pairs, waived=frozenset(), rules=RULES)) == ["critical_case"]
    found = decided(pairs, waived=frozenset({"c"}), rules=RULES)
    assert (found.verdict, found.flips.regressed) == (Verdict.PASS, ())


@pytest.mark.parametrize("rules", [RULES, GateRules(min_pass_rate=0.1)])
def test_where_every_case_is_waived_nothing_passes(rules: GateRules) -> None:
    found = decided(cases(2), waived=frozenset(each.case for each in cases(2)), rules=rules)
    assert (found.verdict, codes(found)) == (Verdict.INCONCLUSIVE, ["all_waived"])
    assert said(found) == snapshot(
        "Every case is waived (PP same 000 and PP same 001), so nothing was compared."
    )


def test_where_every_case_is_waived_an_outage_is_still_an_error() -> None:
    outage = Comparison(
        pairs=(),
        deleted=(),
        ledger={arm: ArmLedger(planned=2, errored=2) for arm in Arm},
        planned_pairs=2,
        lost_pairs=2,
        error_kinds={"timeout": 4},
        waived=(case("a", "", ""), case("b", "", "")),
    )
    assert codes(decide(outage, RULES, baseline=True)) == ["error_budget"]
