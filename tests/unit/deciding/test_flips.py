"""Which of the cases that did worse are broken, and which only slipped."""

from evalgate.deciding.verdict import decide
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.verdict import Flips


def flips(*pairs: CasePair) -> Flips:
    comparison = Comparison(
        pairs=pairs, deleted=(), ledger={}, planned_pairs=9, lost_pairs=0, error_kinds={}
    )
    return decide(comparison, GateRules(), baseline=True).flips


def lost(case: str, *confirming: float) -> CasePair:
    return CasePair(
        case=case,
        kind=CaseKind.SAME,
        baseline=(1.0,) * 10,
        candidate=(0.0,),
        confirming=confirming,
    )


def test_a_loss_that_further_trials_bear_out_is_broken_and_one_that_they_do_not_a_slip() -> None:
    found = flips(lost("a", 1.0, 1.0), lost("b", 0.0, 0.0), lost("c", 1.0, 0.0), lost("d"))
    assert found.broken == ("b",)
    assert found.slipped == ("a",)
    assert found.regressed == ("b", "c", "d", "a")
