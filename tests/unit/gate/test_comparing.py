"""Facts about deciding from two files of trials."""

from collections.abc import Sequence

import pytest

from evalgate.deciding.plain import decide_values
from evalgate.gate.comparing import compare_arms, side_by_side
from evalgate.gate.told_arm import ToldArm, gather_arm
from evalgate.model.comparison import ArmLedger, CaseKind, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.told import NOWHERE, FileComparison, Origin, ToldTrial
from evalgate.model.trial import Arm, TrialStatus
from evalgate.model.verdict import CaseCounts, ChangedCases, Verdict, VersionRef

Outcomes = Sequence[float | None]


def arm(
    cases: dict[str, Outcomes],
    *,
    status: TrialStatus = TrialStatus.ERRORED,
    origin: Origin = NOWHERE,
    cluster: str | None = None,
    weight: float | None = None,
) -> ToldArm:
    trials = (
        ToldTrial(
            line=1,
            case=case,
            trial=index,
            status=status if outcome is None else TrialStatus.GRADED,
            outcome=outcome,
            origin=origin,
            cluster=cluster,
            weight=weight,
        )
        for case, outcomes in cases.items()
        for index, outcome in enumerate(outcomes)
    )
    return gather_arm("f", trials, arm=Arm.BASELINE)


def many(number: int, *outcomes: float | None) -> dict[str, Outcomes]:
    return {f"c{index}": outcomes for index in range(number)}


def paired(before: dict[str, Outcomes], after: dict[str, Outcomes]) -> Comparison:
    return side_by_side(arm(before), arm(after))


def compared(before: dict[str, Outcomes], after: dict[str, Outcomes]) -> FileComparison:
    return compare_arms(arm(before), arm(after), GateRules())


def codes(comparison: FileComparison) -> list[str]:
    return [reason.code for reason in comparison.verdict.reasons]


# Side by side


def test_where_the_arms_have_the_same_trials_a_lost_one_takes_the_other_along() -> None:
    comparison = paired({"a": [1.0, None, 0.0, None, 1.0]}, {"a": [0.5, 1.0, None, None, None]})
    [pair] = comparison.pairs
    assert (pair.baseline, pair.candidate) == ((1.0,), (0.5,))
    assert (comparison.planned_pairs, comparison.lost_pairs) == (5, 4)
    assert comparison.lost_by == {Arm.BASELINE: 1, Arm.CANDIDATE: 2}
    assert comparison.ledger == {
        Arm.BASELINE: ArmLedger(planned=5, graded=3, errored=2),
        Arm.CANDIDATE: ArmLedger(planned=5, graded=2, errored=3),
    }
    assert comparison.error_kinds == {"errored": 5}


def test_trials_are_paired_by_index_whatever_their_order() -> None:
    before = gather_arm("f", _turned([1.0, 0.0]), arm=Arm.BASELINE)
    [pair] = side_by_side(before, arm({"a": [0.25, 0.75]})).pairs
    assert (pair.baseline, pair.candidate) == ((1.0, 0.0), (0.25, 0.75))


def _turned(outcomes: list[float]) -> list[ToldTrial]:
    return [
        ToldTrial(line=1, case="a", trial=index, status=TrialStatus.GRADED, outcome=outcome)
        for index, outcome in reversed(list(enumerate(outcomes)))
    ]


def test_else_each_arm_keeps_what_it_has() -> None:
    comparison = paired({"a": [1.0, None, 0.0]}, {"a": [0.5, None]})
    [pair] = comparison.pairs
    assert (pair.baseline, pair.candidate) == ((1.0, 0.0), (0.5,))
    assert (comparison.planned_pairs, comparison.lost_pairs) == (2, 1)
    assert comparison.lost_by == {Arm.BASELINE: 1, Arm.CANDIDATE: 1}


def test_a_case_that_the_baseline_could_not_grade_at_all_is_lost() -> None:
    comparison = paired({"a": [None]}, {"a": [1.0, 0.0]})
    [pair] = comparison.pairs
    assert (pair.kind, pair.baseline, pair.candidate) == (CaseKind.SAME, (), ())
    assert (comparison.lost_pairs, comparison.lost_by[Arm.BASELINE]) == (2, 1)


def test_a_trial_is_lost_by_one_arm_alone_only_where_the_other_has_a_grade() -> None:
    comparison = paired(
        {"a": [None], "b": [None, None, 1.0]}, {"a": [None, None, 1.0], "b": [None]}
    )
    assert comparison.lost_by == {Arm.BASELINE: 1, Arm.CANDIDATE: 1}


def test_cases_of_one_file_alone_are_new_and_deleted() -> None:
    comparison = paired({"a": [1.0], "gone": [0.0]}, {"new": [0.5], "a": [1.0]})
    assert [(pair.case, pair.kind) for pair in comparison.pairs] == [
        ("new", CaseKind.NEW),
        ("a", CaseKind.SAME),
    ]
    assert comparison.deleted == ("gone",)
    assert comparison.planned_pairs == 2


def test_what_the_baselines_file_says_of_a_case_goes_first() -> None:
    said = arm({"a": [1.0]}, cluster="c", weight=2.0)
    other = arm({"a": [1.0]}, cluster="d", weight=3.0)
    silent = arm({"a": [1.0]})
    for before, after, expected in (
        (said, other, ("c", 2.0)),
        (silent, other, ("d", 3.0)),
        (silent, silent, (None, 1.0)),
    ):
        [pair] = side_by_side(before, after).pairs
        assert (pair.cluster, pair.weight) == expected


# The verdict


def test_the_verdict_is_that_of_plain_values() -> None:
    before, after = many(100, 1.0), {**many(100, 1.0), **many(20, 0.0)}
    comparison = compared(before, after)
    plain = decide_values(
        {case: [1.0] for case in before},
        {case: [0.0 if index < 20 else 1.0] for index, case in enumerate(after)},
    )
    verdict = comparison.verdict
    assert (verdict.verdict, verdict.reasons) == (plain.verdict, plain.reasons)
    assert (verdict.delta, verdict.flips) == (plain.delta, plain.flips)
    assert verdict.verdict is Verdict.FAIL


def test_new_and_deleted_cases_are_named() -> None:
    verdict = compared({**many(100, 1.0), "gone": [1.0]}, {**many(100, 1.0), "new": [0.0]}).verdict
    assert verdict.cases == CaseCounts(compared=100, new=1, deleted=1)
    assert verdict.changed_cases == ChangedCases(new=("new",), deleted=("gone",))
    assert verdict.head_pass_rate == pytest.approx(100 / 101)


def test_within_the_error_budget_lost_trials_leave_a_verdict_beyond_it_none() -> None:
    few = {**many(100, 1.0), "c0": (None,)}
    assert compared(few, many(100, 1.0)).verdict.verdict is Verdict.PASS
    lost = {**many(100, 1.0), **many(6, None)}
    assert codes(compared(lost, many(100, 1.0))) == ["error_budget"]
    assert codes(compared(many(100, 1.0), lost)) == ["error_budget"]


def test_a_run_that_was_not_finished_is_no_evidence_as_in_the_gate() -> None:
    skipped = arm({**many(100, 1.0), "c0": (None,)}, status=TrialStatus.SKIPPED)
    comparison = compare_arms(skipped, arm(many(100, 1.0)), GateRules())
    assert codes(comparison) == ["not_all_trials_ran"]


def test_what_the_trials_are_of_is_told_where_the_files_say_it() -> None:
    before = arm(many(3, 1.0), origin=Origin(prompt="p", version="v1", version_hash="h"))
    after = arm(many(3, 1.0), origin=Origin(prompt="p", version="v2", evalset="s"))
    verdict = compare_arms(before, after, GateRules()).verdict
    assert (verdict.name, verdict.evalset) == ("p", "s")
    assert verdict.baseline == VersionRef(version="v1", hash="h")
    assert verdict.candidate == VersionRef(version="v2", hash="")
    assert compared(many(3, 1.0), many(3, 1.0)).verdict.baseline is None


def test_the_verdict_has_the_name_and_the_set_of_the_candidate() -> None:
    before = arm(many(3, 1.0), origin=Origin(prompt="p", evalset="s"))
    after = arm(many(3, 1.0), origin=Origin(prompt="q", evalset="t"))
    verdict = compare_arms(before, after, GateRules()).verdict
    assert (verdict.name, verdict.evalset) == ("q", "t")


# McNemar's test


def test_flips_of_single_trials_are_counted_with_their_chance() -> None:
    before, after = many(100, 1.0), {**many(100, 1.0), **many(5, 0.0)}
    worse, better = compared(before, after).paired, compared(after, before).paired
    assert worse is not None
    assert better is not None
    # Two-sided mid-p of 5 to 0: twice the tail 1/32, less the 1/32 itself.
    assert (worse.lost, worse.won) == (better.won, better.lost) == (5, 0)
    assert worse.mid_p == pytest.approx(0.03125)
    assert better.mid_p == pytest.approx(0.03125)
    low, high = worse.score_interval
    assert low < -0.05 < high < 0
    assert better.score_interval == pytest.approx((-high, -low))
    same = compared(before, before).paired
    assert same is not None
    assert (same.lost, same.won, same.mid_p) == (0, 0, 1.0)


def test_scores_several_trials_clusters_and_weights_have_no_such_test() -> None:
    plain = many(10, 1.0)
    assert compared(plain, {**plain, "c0": (0.5,)}).paired is None
    assert compared({**plain, "c0": (1.0, 1.0)}, plain).paired is None
    for special in (arm(plain, cluster="c"), arm(plain, weight=2.0)):
        assert compare_arms(special, arm(plain), GateRules()).paired is None
    assert compared(plain, {"new": (1.0,)}).paired is None


def test_what_was_left_out_is_noted() -> None:
    notes = compare_arms(arm({"a": [1.0]}), with_confirmation(), GateRules()).notes
    assert notes == (
        "run/trials.jsonl holds both arms: the candidate's trials were taken.",
        "run/trials.jsonl: 1 trial of the candidate confirms a loss and enters no mean.",
    )


def test_confirmations_stand_beside_the_trials_that_count() -> None:
    comparison = side_by_side(arm({"a": [1.0]}), with_confirmation())
    [pair] = comparison.pairs
    assert (pair.candidate, pair.confirming) == ((0.0,), (1.0,))
    assert (comparison.planned_pairs, comparison.lost_pairs) == (1, 0)


def test_where_the_baseline_ran_afresh_its_record_does_not_count() -> None:
    record, fresh = [1.0, 1.0, 1.0], [0.0, 1.0]
    found = compare_arms(checked(record, fresh), arm({"a": [0.0, 1.0]}), GateRules())
    assert found.verdict.pass_rate == {Arm.BASELINE: 0.5, Arm.CANDIDATE: 0.5}
    assert found.notes == (
        "f: the baseline ran afresh, so its 2 trials of this run count and not those on record.",
    )


def test_a_probe_of_the_record_counts_beside_it() -> None:
    found = compare_arms(checked([1.0, 1.0, 1.0], [0.0]), arm({"a": [0.0, 1.0]}), GateRules())
    assert found.verdict.pass_rate[Arm.BASELINE] == 0.75
    assert found.notes == ()


def test_one_case_that_was_not_run_afresh_keeps_the_record() -> None:
    baseline = checked([1.0, 1.0, 1.0], [0.0], others={"b": [1.0]})
    (first, _) = side_by_side(baseline, arm({"a": [0.0], "b": [1.0]})).pairs
    assert first.baseline == (1.0, 1.0, 1.0, 0.0)


def checked(
    record: list[float], fresh: list[float], *, others: dict[str, list[float]] | None = None
) -> ToldArm:
    """A baseline with a record of case `a`, and trials that check it."""
    trials = [
        ToldTrial(
            line=1,
            case=case,
            trial=index,
            status=TrialStatus.GRADED,
            outcome=outcome,
            check=case == "a" and index >= len(record),
        )
        for case, outcomes in {"a": record + fresh, **(others or {})}.items()
        for index, outcome in enumerate(outcomes)
    ]
    return gather_arm("f", trials, arm=Arm.BASELINE)


def with_confirmation() -> ToldArm:
    """A file of both arms, whose candidate lost and was then tried once more."""
    rows = [(Arm.BASELINE, 0, 1.0), (Arm.CANDIDATE, 0, 0.0), (Arm.CANDIDATE, 1, 1.0)]
    trials = [
        ToldTrial(
            line=line,
            case="a",
            trial=index,
            status=TrialStatus.GRADED,
            outcome=outcome,
            arm=each,
            confirmation=index == 1,
        )
        for line, (each, index, outcome) in enumerate(rows, start=1)
    ]
    return gather_arm("run/trials.jsonl", trials, arm=Arm.CANDIDATE)
