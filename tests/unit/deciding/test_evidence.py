"""Evidence: the numbers of a comparison before a rule is applied."""

from dataclasses import replace

import pytest

from evalgate.deciding.bounds import Difference, lower_bound, sample, upper_bound
from evalgate.deciding.comparison import compare
from evalgate.deciding.evidence import weigh
from evalgate.model.comparison import CaseKind, CasePair, Comparison, PlannedCase
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.trial import Arm, Trial, TrialStatus

RULES = GateRules()


def pair(
    name: str,
    before: tuple[float, ...],
    after: tuple[float, ...],
    *,
    kind: CaseKind = CaseKind.SAME,
    cluster: str | None = None,
) -> CasePair:
    return CasePair(case=name, kind=kind, baseline=before, candidate=after, cluster=cluster)


def compared(*pairs: CasePair) -> Comparison:
    return Comparison(
        pairs=pairs,
        deleted=(),
        ledger={},
        planned_pairs=len(pairs),
        lost_pairs=0,
        error_kinds={},
    )


def changed(*, losses: int, cases: int, clusters: int | None = None) -> Comparison:
    return compared(
        *(
            pair(
                f"case {index}",
                (1.0,),
                (0.0,) if index < losses else (1.0,),
                cluster=None if clusters is None else str(index % clusters),
            )
            for index in range(cases)
        )
    )


def test_the_estimate_is_the_difference_of_the_pass_rates() -> None:
    found = weigh(changed(losses=5, cases=100), RULES, baseline=True)
    assert found.pass_rate == {Arm.BASELINE: 1.0, Arm.CANDIDATE: 0.95}
    assert found.delta is not None
    assert found.delta.estimate == pytest.approx(-0.05)


def test_the_interval_is_made_of_both_one_sided_bounds() -> None:
    found = weigh(changed(losses=1, cases=4), GateRules(alpha=0.2), baseline=True)
    of = sample([Difference(value=value) for value in (-1.0, 0.0, 0.0, 0.0)])
    assert found.delta is not None
    assert (found.delta.low, found.delta.high) == (lower_bound(of, 0.2), upper_bound(of, 0.2))


def test_new_and_edited_cases_count_in_the_head_rate_only() -> None:
    found = weigh(
        compared(
            pair("same", (1.0,), (1.0,)),
            pair("new", (), (0.0,), kind=CaseKind.NEW),
            pair("edited", (1.0,), (0.0,), kind=CaseKind.EDITED),
            pair("lost", (), ()),
        ),
        RULES,
        baseline=True,
    )
    assert found.head_rate == pytest.approx(1 / 3)
    assert found.pass_rate == {Arm.BASELINE: 1.0, Arm.CANDIDATE: 1.0}
    assert [each.case for each in found.compared] == ["same"]


def test_without_a_baseline_nothing_is_compared() -> None:
    found = weigh(changed(losses=5, cases=100), RULES, baseline=False)
    assert (found.compared, found.delta, found.smallest_detectable_drop) == ((), None, None)
    assert found.pass_rate == {Arm.BASELINE: None, Arm.CANDIDATE: 0.95}
    assert not found.regression
    assert not found.within_limit


def test_without_comparable_cases_the_candidate_s_rate_is_over_what_there_is() -> None:
    new = pair("new", (), (0.5,), kind=CaseKind.NEW)
    found = weigh(compared(new), RULES, baseline=True)
    assert found.pass_rate == {Arm.BASELINE: None, Arm.CANDIDATE: 0.5}


@pytest.mark.parametrize(("losses", "regression"), [(3, False), (4, True)])
def test_a_confirmed_drop_is_a_regression(losses: int, regression: bool) -> None:
    found = weigh(changed(losses=losses, cases=50), RULES, baseline=True)
    assert found.regression is regression


def test_the_smallest_confirmed_drop_is_a_regression() -> None:
    found = weigh(changed(losses=4, cases=1000), GateRules(max_drop=0.004), baseline=True)
    assert found.delta is not None
    assert -0.001 < found.delta.high < 0
    assert found.regression


def test_a_confirmed_drop_that_stays_within_the_limit_is_no_regression() -> None:
    found = weigh(changed(losses=10, cases=1000), RULES, baseline=True)
    assert found.delta is not None
    assert found.delta.high < 0
    assert found.within_limit
    assert not found.regression


@pytest.mark.parametrize(("losses", "regression"), [(15, False), (30, True)])
def test_beyond_the_limit_asks_for_a_drop_that_is_confirmed_to_exceed_it(
    losses: int, regression: bool
) -> None:
    rules = GateRules(fail_when=FailWhen.BEYOND_LIMIT)
    found = weigh(changed(losses=losses, cases=200), rules, baseline=True)
    assert found.delta is not None
    assert found.delta.high < 0
    assert found.regression is regression


def test_the_detectable_drop_speaks_of_the_claim_that_fails() -> None:
    comparison = changed(losses=5, cases=200)
    plain = weigh(comparison, RULES, baseline=True).smallest_detectable_drop
    beyond = weigh(
        comparison, GateRules(fail_when=FailWhen.BEYOND_LIMIT), baseline=True
    ).smallest_detectable_drop
    assert plain is not None
    assert beyond is not None
    assert plain < RULES.max_drop + 0.02 < beyond


def told(arm: Arm, case: int, *, graded: bool = True) -> Trial:
    return Trial(
        prompt="reply",
        version="v1",
        version_hash="0" * 64,
        evalset="replies",
        arm=arm,
        case=str(case),
        trial=0,
        status=TrialStatus.GRADED if graded else TrialStatus.ERRORED,
        passed=True if graded else None,
    )


@pytest.mark.parametrize(
    ("ungraded", "within_limit"), [(0, True), (5, True), (6, False), (7, False)]
)
def test_of_154_cases_seven_without_a_grade_in_the_candidate_alone_are_too_many(
    ungraded: int, within_limit: bool
) -> None:
    planned = [
        PlannedCase(case=str(case), kind=CaseKind.SAME, baseline=range(1), candidate=range(1))
        for case in range(154)
    ]
    before = [told(Arm.BASELINE, case) for case in range(154)]
    after = [told(Arm.CANDIDATE, case, graded=case >= ungraded) for case in range(154)]
    found = weigh(compare([*before, *after], planned, []), RULES, baseline=True)
    assert found.unseen_loss == pytest.approx(ungraded / 154)
    assert (found.within_limit, found.lopsided) == (within_limit, not within_limit)
    assert not found.regression


@pytest.mark.parametrize(
    ("candidate", "baseline", "share"), [(7, 0, 7 / 107), (7, 5, 2 / 112), (5, 7, 0.0), (0, 0, 0.0)]
)
def test_the_unseen_loss_is_the_net_share_of_what_either_arm_graded(
    candidate: int, baseline: int, share: float
) -> None:
    lost_by = {Arm.CANDIDATE: candidate, Arm.BASELINE: baseline}
    new = [pair(f"new {index}", (), (1.0,), kind=CaseKind.NEW) for index in range(50)]
    comparison = changed(losses=0, cases=100)
    comparison = replace(comparison, pairs=(*comparison.pairs, *new), lost_by=lost_by)
    assert weigh(comparison, RULES, baseline=True).unseen_loss == pytest.approx(share)


@pytest.mark.parametrize(("cases", "too_few"), [(58, True), (59, False)])
def test_a_set_below_the_smallest_is_too_small(cases: int, too_few: bool) -> None:
    assert weigh(changed(losses=0, cases=cases), RULES, baseline=True).too_few_units is too_few


@pytest.mark.parametrize(("clusters", "within_limit"), [(9, False), (10, True)])
def test_under_ten_clusters_prove_nothing(clusters: int, within_limit: bool) -> None:
    rules = GateRules(max_drop=0.4, estimand=Estimand.POPULATION)
    found = weigh(changed(losses=0, cases=90, clusters=clusters), rules, baseline=True)
    assert found.needed_units == 10
    assert found.within_limit is within_limit


def test_nine_plain_cases_may_prove_what_nine_clusters_may_not() -> None:
    assert weigh(changed(losses=0, cases=9), GateRules(max_drop=0.4), baseline=True).within_limit


def test_clusters_count_as_units_not_their_cases() -> None:
    rules = GateRules(estimand=Estimand.POPULATION)
    found = weigh(changed(losses=0, cases=90, clusters=58), rules, baseline=True)
    assert found.too_few_units
    assert not found.within_limit


def test_no_set_is_large_enough_for_a_limit_of_zero() -> None:
    found = weigh(changed(losses=0, cases=5_000), GateRules(max_drop=0.0), baseline=True)
    assert found.needed_units is None
    assert found.too_few_units
    assert not found.within_limit
