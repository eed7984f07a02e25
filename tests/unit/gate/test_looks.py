"""Which trials a matchup calls for at each point, and by which rules it is judged there."""

from dataclasses import replace

import pytest

from evalgate.deciding.looks import Look
from evalgate.deciding.verdict import decide
from evalgate.gate.looks import (
    BEGINNING,
    History,
    Progress,
    following,
    has_drifted,
    look_taken,
    most_planned,
    planned_at,
    planned_in_full,
    rules_at,
)
from evalgate.model.comparison import (
    NONE,
    ArmLedger,
    CaseKind,
    CasePair,
    Comparison,
    PlannedCase,
)
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict

RULES = GateRules(alpha=0.05, estimand=Estimand.AUTO)
LOOKS = (
    Look(share=0.5, rounds=1, level=0.01),
    Look(share=1, rounds=1, level=0.02),
    Look(share=1, rounds=2, level=0.03),
)


def planned(case: str, *, trials: int = 3, critical: bool = False) -> PlannedCase:
    return PlannedCase(
        case=case,
        kind=CaseKind.SAME,
        baseline=range(trials),
        candidate=range(trials),
        critical=critical,
    )


NEW = PlannedCase(case="new", kind=CaseKind.NEW, baseline=NONE, candidate=range(3))
HISTORY = History(
    usual=(
        planned("steady"),
        planned("varied"),
        planned("thin"),
        planned("critical", trials=4, critical=True),
        NEW,
    ),
    outcomes={
        "steady": (1.0,) * 6,
        "varied": (1.0, 0.0, 1.0, 1.0, 1.0),
        "thin": (1.0,),
        "critical": (1.0,) * 3,
    },
    looks=LOOKS,
    is_adaptive=True,
    half=frozenset({"steady", "varied"}),
    probed=frozenset({"steady"}),
)


def trials(progress: Progress, history: History = HISTORY) -> dict[str, tuple[range, range]]:
    return {case.case: (case.baseline, case.candidate) for case in planned_at(history, progress)}


def test_the_first_look_of_a_large_set_is_at_half_of_its_cases() -> None:
    assert trials(BEGINNING) == {
        "steady": (range(7), range(1)),
        "varied": (range(5), range(1)),
        "thin": (NONE, NONE),
        "critical": (NONE, NONE),
        "new": (NONE, NONE),
    }


def test_then_all_cases_run_once_and_critical_new_and_unknown_ones_as_ever() -> None:
    assert trials(Progress(look=1)) == {
        "steady": (range(7), range(1)),
        "varied": (range(5), range(1)),
        "thin": (range(3), range(1)),
        "critical": (range(3), range(4)),
        "new": (NONE, range(3)),
    }
    assert planned_in_full(HISTORY) == planned_at(HISTORY, Progress(look=1))


def test_further_rounds_go_to_cases_that_varied_or_of_which_too_little_is_known() -> None:
    found = {case: candidate for case, (_, candidate) in trials(Progress(look=2)).items()}
    assert (found["steady"], found["varied"], found["thin"]) == (range(1), range(2), range(2))


def test_a_check_runs_the_baseline_beside_the_candidate_on_trials_that_are_not_on_record() -> None:
    found = trials(Progress(look=2, afresh=True))
    assert found["steady"] == (range(6, 7), range(1))
    assert found["varied"] == (range(5, 7), range(2))
    assert found["thin"] == (range(3, 5), range(2))


def test_a_drift_changes_what_is_compared_and_not_which_cases_go_on() -> None:
    checked = trials(Progress(look=2, afresh=True))
    assert trials(Progress(look=2, afresh=True, drifted=True)) == checked


def test_a_critical_case_keeps_the_trials_that_confirm_it_at_every_look() -> None:
    for look in (1, 2):
        assert trials(Progress(look=look))["critical"] == (range(3), range(4))


def test_losses_are_looked_into_by_trials_of_their_own() -> None:
    found = planned_at(HISTORY, Progress(look=1, confirming=frozenset({"steady"})))
    assert {case.case: case.confirming for case in found if case.confirming} == {
        "steady": range(4, 6)
    }


def test_no_trial_is_ever_planned_beyond_the_most() -> None:
    most = {case.case: case for case in most_planned(HISTORY)}
    for look in range(len(LOOKS)):
        for afresh, drifted in ((False, False), (True, False), (True, True)):
            progress = Progress(look=look, afresh=afresh, drifted=drifted)
            progress = replace(progress, confirming=frozenset(HISTORY.outcomes))
            for case in planned_at(HISTORY, progress):
                assert set(case.baseline) <= set(most[case.case].baseline)
                assert set(case.candidate) <= set(most[case.case].candidate)
                assert set(case.confirming) <= set(most[case.case].confirming)


def test_confirming_trials_are_none_of_the_rounds() -> None:
    for case in most_planned(HISTORY):
        assert not set(case.confirming) & set(case.candidate)


def test_without_looks_every_case_runs_as_planned_against_its_whole_record() -> None:
    single = replace(
        HISTORY,
        looks=(Look(share=1.0, rounds=3, level=0.05),),
        half=frozenset(),
        is_adaptive=False,
    )
    found = trials(BEGINNING, single)
    assert found["steady"] == (range(7), range(3))
    assert found["varied"] == (range(5), range(3))
    assert trials(Progress(afresh=True), single)["steady"] == (range(6, 9), range(3))


@pytest.mark.parametrize(("look", "level"), [(0, 0.01), (1, 0.02), (2, 0.03)])
def test_each_look_claims_at_its_own_level_and_about_the_traffic(look: int, level: float) -> None:
    own = rules_at(HISTORY, Progress(look=look), RULES)
    assert (own.alpha, own.estimand) == (level, Estimand.POPULATION)


def test_a_single_look_leaves_the_rules_as_they_are() -> None:
    single = replace(HISTORY, looks=(Look(share=1.0, rounds=3, level=0.05),), is_adaptive=False)
    assert rules_at(single, BEGINNING, RULES) == RULES


def test_a_verdict_tells_at_which_look_it_fell_and_how_much_was_on_record() -> None:
    taken = look_taken(HISTORY, Progress(look=2, afresh=True))
    assert (taken.number, taken.of, taken.level, taken.recorded) == (3, 3, 0.03, 3)
    assert (taken.afresh, taken.drifted, taken.partial) == (True, False, False)


CASES = [str(number) for number in range(120)]
STILL = History(
    usual=tuple(map(planned, CASES)),
    outcomes=dict.fromkeys(CASES, (1.0,) * 5),
    looks=(Look(share=1, rounds=1, level=0.05), Look(share=1, rounds=2, level=0.05)),
    is_adaptive=True,
)


def told(*losses: str, confirming: tuple[float, ...] = ()) -> Comparison:
    """Return what one trial per case amounts to, and what further trials of the losses said."""
    pairs = tuple(
        CasePair(
            case=case,
            kind=CaseKind.SAME,
            baseline=(1.0,) * 5,
            candidate=(float(case not in losses),),
            confirming=confirming if case in losses else (),
        )
        for case in CASES
    )
    return Comparison(
        pairs=pairs, deleted=(), ledger={}, planned_pairs=120, lost_pairs=0, error_kinds={}
    )


def test_where_only_rare_losses_may_stand_in_the_way_they_are_looked_into() -> None:
    further = following(BEGINNING, told("7", "9"), history=STILL, rules=RULES)
    assert further == Progress(confirming=frozenset({"7", "9"}))


def test_a_loss_that_was_a_slip_stands_in_the_way_no_more() -> None:
    looked = Progress(confirming=frozenset({"7", "9"}))
    slips = told("7", "9", confirming=(1.0, 1.0))
    assert following(looked, slips, history=STILL, rules=RULES) is None
    own = rules_at(STILL, looked, RULES)
    assert decide(slips, own, baseline=True).verdict is Verdict.PASS
    broken = told("7", "9", confirming=(0.0, 0.0))
    assert decide(broken, own, baseline=True).verdict is Verdict.INCONCLUSIVE


def test_a_pass_calls_for_nothing() -> None:
    assert following(BEGINNING, told(), history=STILL, rules=RULES) is None


def test_a_failure_by_the_record_calls_for_the_baseline_and_then_for_a_diagnosis() -> None:
    lost = told(*CASES[:15])
    checked = following(BEGINNING, lost, history=STILL, rules=RULES)
    assert checked == Progress(afresh=True)
    diagnosed = following(checked, lost, history=STILL, rules=RULES)
    assert diagnosed is not None
    assert (diagnosed.diagnosed, len(diagnosed.confirming)) == (True, 10)
    assert following(diagnosed, lost, history=STILL, rules=RULES) is None


def test_trials_that_are_not_all_told_call_for_nothing_yet() -> None:
    missing = replace(told("7", "9"), ledger={Arm.CANDIDATE: ArmLedger(planned=120, graded=119)})
    assert following(BEGINNING, missing, history=STILL, rules=RULES) is None


def test_a_run_in_parts_never_grows() -> None:
    parts = replace(STILL, may_grow=False)
    assert following(BEGINNING, told(*CASES[:15]), history=parts, rules=RULES) is None


def test_a_look_at_half_never_passes_nor_ends_undecided() -> None:
    halves = replace(
        STILL,
        looks=(Look(share=0.5, rounds=1, level=0.05), *STILL.looks),
        half=frozenset(CASES[:60]),
    )
    diagnosed = Progress(afresh=True, diagnosed=True, confirming=frozenset({"7"}))
    slips = told("7", confirming=(1.0, 1.0))
    further = following(diagnosed, slips, history=halves, rules=RULES)
    assert further == replace(diagnosed, look=1, diagnosed=False)


def test_a_failure_that_a_diagnosis_brings_to_light_is_checked_too() -> None:
    critical = replace(told("7", confirming=(0.0, 0.0)))
    pairs = tuple(replace(pair, critical=pair.case == "7") for pair in critical.pairs)
    diagnosed = Progress(diagnosed=True, confirming=frozenset({"7"}))
    found = replace(critical, pairs=pairs)
    assert following(diagnosed, found, history=STILL, rules=RULES) == replace(
        diagnosed, afresh=True
    )


def test_fresh_trials_tell_of_a_drift_with_the_record_before_them_or_without() -> None:
    fresh = replace(
        told(),
        pairs=tuple(replace(pair, baseline=(0.0,)) for pair in told().pairs),
    )
    assert has_drifted(fresh, STILL, afresh=True)
    assert not has_drifted(told(), STILL)
    longer = tuple(replace(pair, baseline=(1.0,) * 5 + (0.0,)) for pair in told().pairs)
    assert has_drifted(replace(told(), pairs=longer), STILL)
