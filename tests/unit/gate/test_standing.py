"""When a verdict rests on a record that its own trials refute."""

import pytest

from evalgate.deciding.looks import Look
from evalgate.gate.looks import History, Progress
from evalgate.gate.standing import Standing, is_refuted
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import GateRules

CASES = [str(number) for number in range(20)]
HISTORY = History(
    usual=(),
    outcomes=dict.fromkeys(CASES, (1.0,) * 3),
    looks=(Look(share=1.0, rounds=3, level=0.05),),
)


def standing(*baseline: float, afresh: bool = False) -> Standing:
    pairs = tuple(
        CasePair(case=case, kind=CaseKind.SAME, baseline=baseline, candidate=(1.0,))
        for case in CASES
    )
    comparison = Comparison(
        pairs=pairs, deleted=(), ledger={}, planned_pairs=20, lost_pairs=0, error_kinds={}
    )
    return Standing(
        planned=(),
        comparison=comparison,
        rules=GateRules(),
        progress=Progress(afresh=afresh, drifted=afresh),
    )


@pytest.mark.parametrize(("fresh", "refuted"), [(1.0, False), (0.0, True)])
def test_a_record_is_refuted_by_fresh_trials_that_come_out_otherwise(
    fresh: float, refuted: bool
) -> None:
    assert is_refuted(standing(1.0, 1.0, 1.0, fresh), HISTORY) is refuted


def test_what_rests_on_fresh_trials_alone_is_refuted_by_nothing() -> None:
    assert not is_refuted(standing(0.0, 0.0, 0.0, 0.0, afresh=True), HISTORY)


def test_without_a_record_there_is_nothing_to_refute() -> None:
    assert not is_refuted(standing(1.0, 0.0), None)
