"""What a record allows: looks, a first half, and probes."""

from dataclasses import replace

import pytest

from evalgate.gate.history import history_of
from evalgate.gate.looks import History
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.policy import Estimand, GateRules, Policy

POLICY = Policy(gate=GateRules(estimand=Estimand.POPULATION))


def planned(cases: int) -> tuple[PlannedCase, ...]:
    return tuple(
        PlannedCase(case=str(n), kind=CaseKind.SAME, baseline=range(3), candidate=range(3))
        for n in range(cases)
    )


@pytest.mark.parametrize(("cases", "looks"), [(99, 1), (100, 5), (200, 6)])
def test_small_sets_have_a_single_look(cases: int, looks: int) -> None:
    history = recorded(cases, depth=3)
    assert len(history.looks) == looks


def test_a_record_of_too_few_cases_allows_a_single_look() -> None:
    record = {str(case): (1.0,) * 5 for case in range(89)}
    history = history_of(planned(100), record, policy=POLICY, seed="s")
    assert len(history.looks) == 1


def test_half_of_a_set_keeps_clusters_whole() -> None:
    cases = tuple(
        PlannedCase(
            case=str(n),
            kind=CaseKind.SAME,
            baseline=range(3),
            candidate=range(3),
            cluster=str(n // 2),
        )
        for n in range(400)
    )
    record = {str(n): (1.0,) * 3 for n in range(400)}
    history = history_of(cases, record, policy=POLICY, seed="s")
    assert len(history.half) == 200
    assert {str(int(case) ^ 1) for case in history.half} == history.half


def test_another_candidate_probes_other_cases_of_the_first_half() -> None:
    first, second = recorded(300, seed="first"), recorded(300, seed="second")
    assert len(first.probed) == len(second.probed) == 15
    assert first.probed != second.probed
    assert first.probed <= first.half


def recorded(cases: int, *, depth: int = 4, seed: str = "s") -> History:
    record = {str(case): (1.0,) * depth for case in range(cases)}
    return history_of(planned(cases), record, policy=POLICY, seed=seed)


def test_a_verdict_about_exactly_these_cases_has_a_single_look() -> None:
    suite = Policy(gate=GateRules(estimand=Estimand.SUITE))
    record = {str(case): (1.0,) * 4 for case in range(300)}
    assert len(history_of(planned(300), record, policy=suite, seed="s").looks) == 1


def test_waived_cases_do_not_make_a_set_large() -> None:
    cases = [replace(case, waived=case.case == "7") for case in planned(100)]
    record = {case.case: (1.0,) * 4 for case in cases}
    assert len(history_of(cases, record, policy=POLICY, seed="s").looks) == 1


def test_a_single_round_still_adapts_to_the_record() -> None:
    policy = replace(POLICY, run=replace(POLICY.run, most_trials=1))
    record = {str(case): (1.0,) * 4 for case in range(150)}
    history = history_of(planned(150), record, policy=policy, seed="s")
    assert (len(history.looks), history.is_adaptive) == (1, True)


def test_records_of_waived_cases_do_not_stand_in_for_missing_ones() -> None:
    cases = [replace(case, waived=int(case.case) < 100) for case in planned(200)]
    record = {str(case): (1.0,) * 4 for case in range(100)}
    history = history_of(cases, record, policy=POLICY, seed="s")
    assert (history.is_adaptive, history.probed) == (False, frozenset())
