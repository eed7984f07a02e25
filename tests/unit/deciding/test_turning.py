"""What would change a verdict: each claim holds when it is decided on, and one less does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.judge_scale import scaled_limit
from evalgate.deciding.plain import CaseFacts, compare_outcomes
from evalgate.deciding.turning import MOST_CASES, Question, turning
from evalgate.deciding.verdict import Decision, decide
from evalgate.model.comparison import CasePair, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.turning import Mending, Remedy, Turning
from evalgate.model.verdict import JudgeScale, Verdict

RULES = GateRules()
CRITICAL = CaseFacts(critical=True)
SCALE = JudgeScale(
    evalset="letters",
    labels=200,
    youden=0.9,
    low=0.8,
    least=0.4,
    share=1.0,
    max_drop=0.05,
    limit=0.04,
)
GOOD, BAD = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def compared(number: int, *broken: int, **facts: CaseFacts) -> Comparison:
    """Cases that all passed, of which some fail now."""
    names = [f"c{index}" for index in range(number)]
    after = {name: BAD if index in broken else GOOD for index, name in enumerate(names)}
    return compare_outcomes(dict.fromkeys(names, GOOD), after, facts)


def asked(comparison: Comparison, rules: GateRules = RULES) -> Question:
    return Question(comparison=comparison, rules=rules, baseline=True)


def decided(question: Question) -> Decision:
    return decide(
        question.comparison,
        question.rules,
        baseline=question.baseline,
        unchanged=question.unchanged,
    )


def told(question: Question) -> Turning | None:
    return turning(question, decided(question))


def verdict_with(question: Question, *broken: int) -> Verdict:
    number = len(question.comparison.pairs)
    return decided(replace(question, comparison=compared(number, *broken))).verdict


def test_a_regression_passes_once_enough_of_its_cases_are_mended() -> None:
    question = asked(compared(300, *range(22)))
    found = told(question)
    assert found is not None
    assert found.mending is not None
    mended = found.mending.cases
    assert found.mending.of == 22
    assert 0 < mended < 22
    assert verdict_with(question, *range(22 - mended)) is Verdict.PASS
    assert verdict_with(question, *range(22 - mended + 1)) is not Verdict.PASS


def test_a_regression_passes_under_the_limit_that_is_named_and_not_half_a_point_below() -> None:
    question = asked(compared(300, *range(22)))
    found = told(question)
    assert found is not None
    assert found.limit is not None
    assert (found.limit * 200) % 1 < 1e-9
    assert question.under(found.limit) is Verdict.PASS
    assert question.under(found.limit - 0.005) is not Verdict.PASS


def test_a_pass_names_the_narrowest_limit_and_how_many_more_cases_may_break() -> None:
    question = asked(compared(300))
    found = told(question)
    assert found is not None
    assert found.limit is not None
    assert found.breaking is not None
    assert found.mending is None
    assert question.under(found.limit) is Verdict.PASS
    assert verdict_with(question, *range(found.breaking - 1)) is Verdict.PASS
    assert verdict_with(question, *range(found.breaking)) is not Verdict.PASS


def test_a_narrower_limit_of_a_pass_is_about_the_same_claim() -> None:
    question = asked(compared(60))
    decision = decided(question)
    assert decision.delta is not None
    assert decision.delta.low < -0.02
    found = turning(question, decision)
    assert found is not None
    assert found.limit is None or found.limit > -decision.delta.low


def test_a_critical_case_is_the_first_to_be_mended() -> None:
    question = asked(compared(300, 1, 2, 7, c7=CaseFacts(critical=True)))
    decision = decided(question)
    assert [reason.code for reason in decision.reasons] == ["critical_case"]
    found = turning(question, decision)
    assert found == Turning(mending=Mending(cases=1, of=3))


def test_a_critical_case_without_a_baseline_has_to_pass() -> None:
    names = [f"c{index}" for index in range(120)]
    comparison = compare_outcomes(
        dict.fromkeys(names, GOOD),
        {**dict.fromkeys(names, GOOD), "new": BAD},
        {"new": CaseFacts(critical=True)},
    )
    found = told(asked(comparison))
    assert found == Turning(mending=Mending(cases=1, of=1, remedy=Remedy.PASS))


def test_too_low_a_pass_rate_says_how_many_failing_cases_have_to_pass() -> None:
    comparison = compare_outcomes({}, {f"c{n}": BAD if n < 4 else GOOD for n in range(10)}, {})
    question = replace(asked(comparison, GateRules(min_pass_rate=0.8)), baseline=False)
    assert told(question) == Turning(mending=Mending(cases=2, of=4, remedy=Remedy.PASS))


def test_a_protected_slice_that_blocks_is_mended_before_others() -> None:
    facts = {f"c{n}": CaseFacts(tags=("refunds",)) for n in range(900, 912)}
    # Alone, the losses of the slice hardly show in a large set.
    question = asked(
        compared(1_000, *range(900, 908), 500, 501, **facts),
        GateRules(protected_slices=("refunds",)),
    )
    decision = decided(question)
    assert [reason.code for reason in decision.reasons][:1] == ["protected_slice"]
    found = turning(question, decision)
    assert found is not None
    assert found.mending is not None
    mended = found.mending.cases
    left = [
        replace(question, comparison=compared(1_000, *range(900 + number, 908), 500, 501, **facts))
        for number in (mended, mended - 1)
    ]
    assert decided(left[0]).verdict is Verdict.PASS
    assert decided(left[1]).verdict is not Verdict.PASS


def test_what_no_mending_can_let_pass_has_none() -> None:
    comparison = replace(compared(120, *range(40)), deleted=tuple(f"gone{n}" for n in range(30)))
    found = told(asked(comparison))
    assert found is None or found.mending is None


def test_an_undecided_verdict_names_what_its_reason_names() -> None:
    question = asked(compared(60, 3))
    decision = decided(question)
    found = turning(question, decision)
    assert decision.reasons[0].code == "cannot_tell"
    assert found == Turning(limit=0.08, units=150, have=60, unit="case")
    assert "150 cases like these or a limit of 8 points" in decision.reasons[0].message


def test_a_limit_that_would_not_do_is_not_named() -> None:
    # Nothing fails, but too much of the set was deleted: no limit helps.
    comparison = replace(compared(60, 3), deleted=tuple(f"gone{n}" for n in range(30)))
    assert told(asked(comparison)) is None


def test_a_set_that_is_too_small_names_how_many_it_takes() -> None:
    question = asked(compared(5), GateRules(max_drop=0.05))
    decision = decided(question)
    assert decision.reasons[0].code == "too_few_trials"
    found = turning(question, decision)
    assert found is not None
    assert (found.unit, found.have) == ("trial", 15)
    assert found.units is not None
    assert found.units > 15


def test_limits_are_those_of_the_policy_where_a_judge_scales_them() -> None:
    plain = asked(compared(300, *range(22)), replace(RULES, max_drop=SCALE.limit))
    judged = replace(plain, scale=SCALE)
    found, without = told(judged), told(plain)
    assert found is not None
    assert without is not None
    assert found.limit is not None
    assert without.limit is not None
    assert found.limit > without.limit
    under = replace(plain.rules, max_drop=scaled_limit(found.limit, youden=0.8, share=1.0))
    assert decided(replace(plain, rules=under)).verdict is Verdict.PASS


@pytest.mark.parametrize("broken", [(), tuple(range(2_000))])
def test_nothing_is_supposed_of_a_very_large_set(broken: tuple[int, ...]) -> None:
    assert told(asked(compared(MOST_CASES + 1, *broken))) is None


def test_nothing_would_turn_what_could_not_be_evaluated() -> None:
    comparison = replace(compared(60), lost_pairs=60)
    assert told(asked(comparison)) is None


def test_trials_that_confirmed_a_loss_are_mended_with_it() -> None:
    pairs = compared(120, 0, 1, 2, 3).pairs
    looked_into = tuple(
        replace(pair, confirming=(0.0,) * 7) if pair.candidate == BAD else pair for pair in pairs
    )
    found = told(asked(replace(compared(120), pairs=looked_into)))
    assert found is not None
    assert found.mending == Mending(cases=3, of=4)


def test_a_limit_as_wide_as_all_that_the_baseline_passes_is_none() -> None:
    pairs = tuple(
        replace(pair, baseline=BAD, candidate=BAD) if index > 120 else pair
        for index, pair in enumerate(compared(300, *range(22)).pairs)
    )
    found = told(asked(replace(compared(300), pairs=pairs)))
    assert found is not None
    assert found.limit is not None
    assert found.limit < 121 / 300


def test_no_critical_case_is_supposed_to_break() -> None:
    plain, vital = (told(asked(compared(300, **facts))) for facts in ({}, {"c0": CRITICAL}))
    assert plain is not None
    assert vital is not None
    assert plain.breaking == vital.breaking
    assert plain.breaking


@given(
    number=st.integers(20, 150),
    losses=st.integers(0, 30),
    gains=st.integers(0, 10),
)
def test_whatever_is_claimed_is_decided_so(number: int, losses: int, gains: int) -> None:
    pairs = []
    for index, pair in enumerate(compared(number).pairs):
        if index < losses:
            pairs.append(replace(pair, candidate=BAD))
        elif index < losses + gains:
            pairs.append(replace(pair, baseline=BAD))
        else:
            pairs.append(pair)
    question = asked(replace(compared(number), pairs=tuple(pairs)))
    found = told(question)
    if found is None:
        return
    if found.limit is not None:
        assert question.under(found.limit) is Verdict.PASS
    if found.mending is not None:
        assert question.supposing(_mended(pairs, found.mending)) is Verdict.PASS


def _mended(pairs: list[CasePair], mending: Mending) -> list[CasePair]:
    worse = sorted((pair for pair in pairs if (pair.difference or 0) < 0), key=lambda p: p.case)
    assert mending.of == len(worse)
    return [replace(pair, candidate=pair.baseline) for pair in worse[: mending.cases]]


def test_a_pass_that_no_narrower_limit_allows_names_none() -> None:
    # 59 cases prove what 60 do not: the limit in force is never named as a narrower one.
    limits = [
        found.limit
        for number in range(50, 75)
        if decided(question := asked(compared(number))).verdict is Verdict.PASS
        and (found := told(question)) is not None
    ]
    assert None in limits
    assert all(limit is None or limit < RULES.max_drop for limit in limits)


def test_a_version_that_is_the_live_one_has_nothing_that_could_break() -> None:
    comparison = compare_outcomes({}, {f"c{n}": GOOD for n in range(10)}, {})
    question = replace(
        asked(comparison, GateRules(min_pass_rate=0.8)), baseline=False, unchanged=True
    )
    assert decided(question).verdict is Verdict.PASS
    assert told(question) is None
    assert told(replace(question, unchanged=False)) == Turning(breaking=3)


def test_where_more_cases_than_are_tried_may_break_no_number_is_named() -> None:
    found = told(asked(compared(1_500), GateRules(max_drop=0.5)))
    assert found is not None
    assert found.breaking is None
    assert found.limit is not None


@pytest.mark.parametrize("facts", [CaseFacts(cluster="one"), CaseFacts(weight=2.0)])
def test_no_case_breaks_by_itself_that_weighs_or_hangs_together_with_others(
    facts: CaseFacts,
) -> None:
    plain = told(asked(compared(300)))
    some = {f"c{number}": facts for number in range(299)}
    found = told(asked(compared(300, **some), GateRules(max_drop=0.2)))
    assert plain is not None
    assert plain.breaking is not None
    assert found is None or found.breaking is None


def test_an_undecided_verdict_on_the_judges_scale_names_a_limit_that_holds() -> None:
    judged = replace(asked(compared(80, 3), replace(RULES, max_drop=SCALE.limit)), scale=SCALE)
    decision = decided(judged)
    assert decision.reasons[0].code == "cannot_tell"
    found = turning(judged, decision)
    assert found is not None
    assert found.limit is not None
    assert judged.under(found.limit) is Verdict.PASS
    assert judged.under(found.limit - 0.005) is not Verdict.PASS


def test_a_pass_on_the_judges_scale_is_held_against_the_limit_of_the_policy() -> None:
    limits = set()
    for number in range(60, 120, 4):
        judged = replace(asked(compared(number), replace(RULES, max_drop=SCALE.limit)), scale=SCALE)
        if decided(judged).verdict is Verdict.PASS and (found := told(judged)):
            limits.add(found.limit)
    assert 0.045 in limits
