"""Deciding from plain values: what it says, what it refuses, and the laws that it keeps."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.deciding.plain import CaseFacts, compare_outcomes, decide_values
from evalgate.deciding.verdict import Decision
from evalgate.model.comparison import ArmLedger, CaseKind
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import CaseCounts, Verdict

Values = dict[str, list[float]]


def outcomes(number: int, *trials: float) -> Values:
    return {f"case {index:03}": list(trials) for index in range(number)}


def lost(values: Values, number: int) -> Values:
    broken = dict.fromkeys(list(values)[:number])
    return {case: [0.0] * len(each) if case in broken else each for case, each in values.items()}


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


# What is decided


def test_equal_outcomes_of_enough_cases_pass() -> None:
    decision = decide_values(outcomes(100, 1), outcomes(100, 1))
    assert (decision.verdict, codes(decision)) == (Verdict.PASS, ["non_inferior"])
    assert (decision.estimand, decision.cases) == (Estimand.POPULATION, CaseCounts(compared=100))


def test_many_losses_fail() -> None:
    decision = decide_values(outcomes(100, 1), lost(outcomes(100, 1), 20))
    assert (decision.verdict, codes(decision)) == (Verdict.FAIL, ["regression"])
    assert decision.delta is not None
    assert decision.delta.estimate == pytest.approx(-0.2)
    assert decision.flips.regressed == tuple(f"case {index:03}" for index in range(20))


def test_truth_values_and_other_kinds_of_numbers_are_outcomes() -> None:
    values: Mapping[str, Any] = dict.fromkeys(outcomes(100), (True, Decimal("0.5")))
    decision = decide_values(values, outcomes(100, 0.75))
    assert decision.pass_rate == {Arm.BASELINE: 0.75, Arm.CANDIDATE: 0.75}


@pytest.mark.parametrize("estimand", Estimand)
def test_the_arms_may_have_different_numbers_of_trials(estimand: Estimand) -> None:
    before, after = outcomes(100, 1, 0, 1, 0, 1), outcomes(100, 1, 0)
    decision = decide_values(before, after, rules=GateRules(estimand=estimand))
    assert decision.delta is not None
    assert decision.delta.estimate == pytest.approx(-0.1)
    assert decision.pass_rate == {Arm.BASELINE: pytest.approx(0.6), Arm.CANDIDATE: 0.5}


def test_cases_of_one_arm_alone_are_counted_as_new_and_deleted() -> None:
    before = outcomes(100, 1)
    after = {case: trials for case, trials in before.items() if case != "case 000"} | {"n": [1.0]}
    decision = decide_values(before, after)
    assert decision.cases == CaseCounts(compared=99, new=1, deleted=1)
    assert decision.verdict is Verdict.PASS


def test_too_many_deleted_cases_leave_the_question_open() -> None:
    before = outcomes(100, 1)
    after = dict(list(before.items())[20:])
    assert codes(decide_values(before, after)) == ["set_changed"]


def test_without_a_common_case_nothing_is_compared() -> None:
    decision = decide_values({}, outcomes(100, 1))
    assert (decision.verdict, codes(decision)) == (Verdict.INCONCLUSIVE, ["no_comparable_cases"])


def test_clusters_are_the_units() -> None:
    clusters = {case: case[:-1] for case in outcomes(100)}
    decision = decide_values(outcomes(100, 1), outcomes(100, 1), clusters=clusters)
    assert decision.estimand is Estimand.SUITE
    assert decide_values(outcomes(100, 1), outcomes(100, 1)).estimand is Estimand.POPULATION


def test_a_case_counts_by_its_weight() -> None:
    before = outcomes(100, 1)
    weights = dict.fromkeys(list(before)[:20], 0.0)
    decision = decide_values(before, lost(before, 20), weights=weights)
    assert decision.pass_rate[Arm.CANDIDATE] == 1
    assert decision.verdict is Verdict.PASS


def test_tags_make_slices() -> None:
    decision = decide_values(
        outcomes(100, 1), lost(outcomes(100, 1), 1), tags={"case 000": ["vip"], "case 001": ["vip"]}
    )
    (vip,) = decision.slices
    assert (vip.tag, vip.cases, vip.delta, vip.flag) == ("vip", 2, -0.5, None)


def test_a_critical_case_that_broke_fails() -> None:
    before = outcomes(200, 1, 1, 1)
    decision = decide_values(before, lost(before, 1), critical=["case 000"])
    assert codes(decision) == ["critical_case"]
    assert decide_values(before, lost(before, 1)).verdict is Verdict.PASS


def test_the_rules_rule() -> None:
    after = lost(outcomes(100, 1), 10)
    decision = decide_values(outcomes(100, 1), after, rules=GateRules(max_drop=0.3))
    assert decision.verdict is Verdict.PASS


def test_side_by_side_stands_what_is_known_of_each_case() -> None:
    comparison = compare_outcomes(
        {"a": (1.0, 0.0), "gone": (1.0,)},
        {"a": (1.0,), "new": (0.5, 0.5)},
        {"a": CaseFacts(cluster="c", weight=2.0, tags=("t",), critical=True)},
    )
    known, new = comparison.pairs
    assert (known.case, known.kind, known.baseline, known.candidate) == (
        *("a", CaseKind.SAME),
        *((1.0, 0.0), (1.0,)),
    )
    assert (known.cluster, known.weight, known.tags, known.critical) == ("c", 2.0, ("t",), True)
    assert (new.case, new.kind, new.baseline, new.weight) == ("new", CaseKind.NEW, (), 1.0)
    assert comparison.deleted == ("gone",)
    assert comparison.ledger == {arm: ArmLedger(planned=3, graded=3) for arm in Arm}
    assert (comparison.planned_pairs, comparison.lost_pairs) == (3, 0)


# What is refused


def refused(*arms: Any, **more: Any) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        decide_values(*arms, **more)
    return str(caught.value)


def test_wrong_outcomes_are_named_with_their_case_and_trial() -> None:
    assert refused(
        {"a": [1, 1.5], "b": [float("nan")], "c": []},
        {"a": "PPF", "b": 1, "c": [None, -0.1, "1", 10**400]},
    ) == snapshot("""\
baseline: case 'a', trial 1: expected a number from 0 to 1, got 1.5
baseline: case 'b', trial 0: expected a number from 0 to 1, got nan
baseline: case 'c': expected at least one trial, got none
candidate: case 'a': expected a list with the outcomes of its trials, got 'PPF'
candidate: case 'b': expected a list with the outcomes of its trials, got 1
candidate: case 'c', trial 0: expected a number from 0 to 1, got None
candidate: case 'c', trial 1: expected a number from 0 to 1, got -0.1
candidate: case 'c', trial 2: expected a number from 0 to 1, got '1'
candidate: case 'c', trial 3: expected a number from 0 to 1, got 100000000000000000000000000000000000000000000000000000000…\
""")


def test_wrong_facts_are_named_with_their_case() -> None:
    both = outcomes(2, 1)
    assert refused(
        both,
        both,
        weights={"case 000": -1, "case 001": float("inf")},
        tags={"case 000": "vip", "case 001": 1},
        clusters={"x": "c"},
        critical=["case 0"],
    ) == snapshot("""\
weights: case 'case 000': expected 0 or a number from 1e-15 to 1e+15, got -1
weights: case 'case 001': expected 0 or a number from 1e-15 to 1e+15, got inf
tags: case 'case 000': expected a list of texts, got 'vip'
tags: case 'case 001': expected a list of texts, got 1
clusters: case 'x' has no trial in either arm
critical: case 'case 0' has no trial in either arm\
""")


def test_outcomes_that_can_be_gone_through_once_count_as_they_stand() -> None:
    before, after = outcomes(100, 1), lost(outcomes(100, 1), 20)
    once = decide_values(
        {case: iter(each) for case, each in before.items()},
        {case: (outcome for outcome in each) for case, each in after.items()},
        tags={"case 000": iter(["vip"])},
        critical=iter(["case 000"]),
    )
    listed = decide_values(before, after, tags={"case 000": ["vip"]}, critical=["case 000"])
    assert once == listed
    assert once.verdict is Verdict.FAIL


@pytest.mark.parametrize("given", [{0: 1.0}, {0.0, 1.0}, frozenset([1]), "1", b"1", 1, None])
def test_outcomes_that_are_no_list_are_refused(given: object) -> None:
    assert refused(outcomes(1, 1), {"a": given}) == (
        f"candidate: case 'a': expected a list with the outcomes of its trials, got {given!r}"
    )


@pytest.mark.parametrize("weight", [1e308, 1.1e15, 5e-324, 1e-16, float("nan"), "1"])
def test_a_weight_whose_sums_are_not_exact_is_refused(weight: object) -> None:
    both = outcomes(1, 1)
    assert refused(both, both, weights={"case 000": weight}) == (
        f"weights: case 'case 000': expected 0 or a number from 1e-15 to 1e+15, got {weight!r}"
    )


@pytest.mark.parametrize("weight", [1e15, 1e-15])
def test_only_the_ratio_of_weights_counts(weight: float) -> None:
    before, after = outcomes(100, 1), lost(outcomes(100, 1), 4)
    decision = decide_values(before, after, weights=dict.fromkeys(before, weight))
    assert decision.delta is not None
    assert decision.delta.estimate == pytest.approx(-0.04)


def test_weights_that_are_all_0_are_refused() -> None:
    both = outcomes(2, 1)
    assert refused(both, both, weights=dict.fromkeys(both, 0)) == (
        "weights: all weights are 0: expected one case at least that counts"
    )
    assert decide_values(both, both, weights={"case 000": 0}).cases == CaseCounts(compared=2)


def test_arguments_of_another_shape_are_named() -> None:
    assert refused(
        [1], None, clusters=["c"], weights=2, tags="vip", critical="case 000"
    ) == snapshot("""\
baseline: expected a mapping with the cases as keys, got [1]
candidate: expected a mapping with the cases as keys, got None
clusters: expected a mapping with the cases as keys, got ['c']
weights: expected a mapping with the cases as keys, got 2
tags: expected a mapping with the cases as keys, got 'vip'
critical: expected a list of cases, got 'case 000'\
""")
    both = outcomes(2, 1)
    assert refused(
        both,
        both,
        clusters={"case 000": 1},
        tags={"case 000": [1, "a"], "case 001": {"a": 1}},
        critical=[["case 000"]],
    ) == snapshot("""\
tags: case 'case 000': expected texts, got 1
tags: case 'case 001': expected a list of texts, got {'a': 1}
clusters: case 'case 000': expected a text, got 1
critical: case ['case 000'] has no trial in either arm\
""")
    for critical in (None, 1, {"case 000": True}):
        assert refused(both, both, critical=critical) == (
            f"critical: expected a list of cases, got {critical!r}"
        )


def test_rules_out_of_range_are_refused_points_for_a_fraction_among_them() -> None:
    both = outcomes(2, 1)
    rules = GateRules(max_drop=5, alpha=0.5, min_pass_rate=90)
    assert refused(both, both, rules=rules) == snapshot("""\
rules.max_drop: expected a fraction between 0 and 1, got 5: did you mean 0.05?
rules.alpha: expected a fraction between 0 and 0.5, got 0.5
rules.min_pass_rate: expected a fraction from 0 to 1, got 90\
""")


def test_one_point_given_for_a_fraction_is_among_them() -> None:
    both = outcomes(2, 1)
    told = refused(both, both, rules=GateRules(max_drop=1))
    assert told.endswith("between 0 and 1, got 1: did you mean 0.01?")


def test_a_candidate_without_any_case_is_refused() -> None:
    assert refused(outcomes(1, 1), {}) == "candidate: expected at least one case, got none"


def test_of_very_many_problems_the_first_are_told() -> None:
    lines = refused(outcomes(100, 2), outcomes(100, 1)).splitlines()
    assert (len(lines), lines[-1]) == (21, "and 80 more")


# Laws: outcomes are sums of powers of two, so that rounding plays no part in them.

OUTCOMES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
KINDS = st.lists(
    st.tuples(
        st.lists(OUTCOMES, min_size=1, max_size=3),
        st.lists(OUTCOMES, min_size=1, max_size=3),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=4,
)
ESTIMANDS = st.sampled_from(Estimand)


def spread_out(kinds: Sequence[tuple[list[float], list[float], int]]) -> tuple[Values, Values]:
    """Make many cases of few kinds, most of which pass in both arms."""
    rows = [([1.0], [1.0])] * 60
    rows += [(before, after) for before, after, number in kinds for _ in range(number)]
    named = {f"c{index}": row for index, row in enumerate(rows)}
    before = {case: row[0] for case, row in named.items()}
    return before, {case: row[1] for case, row in named.items()}


@given(KINDS, ESTIMANDS, st.randoms(use_true_random=False))
def test_the_order_of_cases_is_irrelevant(
    kinds: list[tuple[list[float], list[float], int]], estimand: Estimand, random: Any
) -> None:
    before, after = spread_out(kinds)
    cases = list(before)
    random.shuffle(cases)
    rules = GateRules(estimand=estimand)
    shuffled = {case: before[case] for case in cases}
    assert decide_values(shuffled, after, rules=rules) == decide_values(before, after, rules=rules)
    turned = {case: after[case] for case in cases}
    assert decide_values(before, turned, rules=rules) == decide_values(before, after, rules=rules)


@given(KINDS, ESTIMANDS)
def test_the_order_of_trials_is_irrelevant(
    kinds: list[tuple[list[float], list[float], int]], estimand: Estimand
) -> None:
    before, after = spread_out(kinds)
    rules = GateRules(estimand=estimand)
    turned = [{case: each[::-1] for case, each in arm.items()} for arm in (before, after)]
    first = decide_values(before, after, rules=rules)
    assert decide_values(turned[0], after, rules=rules) == first
    assert decide_values(before, turned[1], rules=rules) == first


@given(KINDS, ESTIMANDS)
def test_a_record_against_itself_never_fails(
    kinds: list[tuple[list[float], list[float], int]], estimand: Estimand
) -> None:
    before, _ = spread_out(kinds)
    decision = decide_values(before, before, rules=GateRules(estimand=estimand))
    assert decision.verdict is not Verdict.FAIL
    assert decision.delta is not None
    assert decision.delta.estimate == 0


@given(KINDS, ESTIMANDS, st.sampled_from([0.05, 0.1, 0.3]), st.integers(0, 10**6))
def test_a_case_that_improves_never_turns_a_pass_into_a_fail(
    kinds: list[tuple[list[float], list[float], int]],
    estimand: Estimand,
    max_drop: float,
    which: int,
) -> None:
    before, after = spread_out(kinds)
    rules = GateRules(estimand=estimand, max_drop=max_drop)
    assume(decide_values(before, after, rules=rules).verdict is Verdict.PASS)
    case = list(after)[which % len(after)]
    better = after | {case: [1.0, *after[case][1:]]}
    assert decide_values(before, better, rules=rules).verdict is not Verdict.FAIL


RULES = st.builds(
    GateRules,
    max_drop=st.sampled_from([1e-6, 0.05, 0.5, 0.97, 1 - 1e-6]),
    alpha=st.sampled_from([1e-9, 0.05, 0.499]),
    estimand=ESTIMANDS,
    fail_when=st.sampled_from(FailWhen),
    protected_slices=st.sampled_from([(), ("tag",)]),
    min_pass_rate=st.none() | st.floats(0, 1),
)
ARMS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.lists(st.sampled_from([0.0, 1 / 3, 0.5, 1.0]), min_size=1, max_size=3),
    min_size=1,
)


@given(ARMS, ARMS, RULES, st.booleans())
def test_whatever_is_allowed_gets_a_verdict(
    before: Values, after: Values, rules: GateRules, clustered: bool
) -> None:
    cases = [*before.keys() | after.keys()]
    decision = decide_values(
        before,
        after,
        rules=rules,
        tags={case: ["tag"] for case in cases},
        clusters=dict.fromkeys(cases[::2], "cluster") if clustered else {},
    )
    assert decision.reasons
