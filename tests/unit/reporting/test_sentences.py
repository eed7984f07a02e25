from collections.abc import Callable, Sequence

import pytest
from inline_snapshot import snapshot

from evalgate.model.trial import Arm
from evalgate.model.verdict import (
    CaseCounts,
    ChangedCases,
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    RunVerdict,
    Verdict,
)
from evalgate.model.waiver import Waiver
from evalgate.reporting.sentences import (
    ICONS,
    WORDS,
    changed_cases,
    prompt_headline,
    run_headline,
    shared_tag,
    worse_title,
)
from evalgate.reporting.story import ArmOutcome, CaseOutcome, Mark, Outcome

Builder = Callable[..., PromptVerdict]


def a_result(case: str, *tags: str, critical: bool = False, passed: float = 0.0) -> CaseOutcome:
    return CaseOutcome(
        case=case,
        outcome=Outcome.REGRESSED,
        tags=tags,
        marks=frozenset((Mark.CRITICAL,) if critical else ()),
        arms={Arm.CANDIDATE: ArmOutcome(outcomes=(passed,) * 3)},
    )


def said(
    verdict: PromptVerdict,
    broken: Sequence[CaseOutcome] = (),
    others: Sequence[CaseOutcome] = (),
) -> str:
    return prompt_headline(verdict, broken=broken, all_cases=[*broken, *others])


def reason(code: str, message: str) -> tuple[Reason, ...]:
    return (Reason(code=code, message=message),)


def test_a_regression_says_how_many_cases_what_they_share_and_how_much(a_verdict: Builder) -> None:
    broken = [a_result("a", "refunds", "en"), a_result("b", "refunds", "en"), a_result("c", "en")]
    verdict = a_verdict(flips=Flips(regressed=("a", "b", "c")))
    others = [a_result(f"{n}", "en", passed=1.0) for n in range(9)]
    assert said(verdict, broken, others) == snapshot(
        "Blocked: support v4 answers 3 of 120 cases worse than v3, most of them tagged refunds; "
        "the drop is between 4 and 11 points, the limit is 5."
    )


def test_a_regression_names_how_many_broken_cases_are_critical(a_verdict: Builder) -> None:
    broken = [a_result("a", critical=True), a_result("b")]
    assert said(a_verdict(flips=Flips(regressed=("a", "b"))), broken) == snapshot(
        "Blocked: support v4 answers 2 of 120 cases worse than v3, 1 of them critical; "
        "the drop is between 4 and 11 points, the limit is 5."
    )


def test_a_broken_critical_case_is_named(a_verdict: Builder) -> None:
    verdict = a_verdict(reasons=reason("critical_case", "Critical case a broke."))
    results = [a_result("a", critical=True), a_result("b", critical=True, passed=1.0)]
    assert said(verdict, results) == snapshot("Blocked: support v4 breaks 1 critical case: a.")


@pytest.mark.parametrize(
    ("code", "waits_for"), [("awaits_calls", "its answers"), ("unverified", "a maintainer")]
)
def test_what_waits_for_somebody_is_not_judged_yet(
    a_verdict: Builder, code: str, waits_for: str
) -> None:
    waits = a_verdict(verdict=Verdict.INCONCLUSIVE, reasons=reason(code, "2 need Claude."))
    assert said(waits) == f"Not judged yet: support v4 waits for {waits_for}: 2 need Claude."


def test_a_block_whose_average_is_within_the_limit_says_what_blocks(a_verdict: Builder) -> None:
    delta = Estimate(estimate=-0.02, low=-0.031, high=-0.001)
    assert said(a_verdict(delta=delta, flips=Flips(regressed=("a", "b")))) == snapshot(
        "Blocked: support v4 answers 2 of 120 cases worse than v3; on average the drop is between 0.1 and 3.1 points, but more cases than the limit of 5 allows may have broken outright."
    )


def test_a_block_for_another_reason_says_that_reason(a_verdict: Builder) -> None:
    verdict = a_verdict(reasons=reason("min_pass_rate", "The pass rate is 80 %, not 90 %."))
    assert said(verdict) == snapshot(
        "Blocked: support v4 passes too few of its cases: the pass rate is 80 %, not 90 %."
    )


def test_a_pass_says_how_far_the_rate_may_have_moved(a_verdict: Builder) -> None:
    verdict = a_verdict(
        verdict=Verdict.PASS,
        reasons=reason("non_inferior", "Within the limit."),
        delta=Estimate(estimate=0.0, low=-0.012, high=0.008),
    )
    assert said(verdict) == snapshot(
        "Passed: support v4 answers as well as v3, within the limit: over 120 cases its pass rate is between 1.2 points lower and 0.8 points higher; the limit is a drop of 5."
    )


def test_a_proven_gain_is_called_better(a_verdict: Builder) -> None:
    verdict = a_verdict(verdict=Verdict.PASS, delta=Estimate(estimate=0.05, low=0.02, high=0.08))
    assert said(verdict) == snapshot(
        "Passed: support v4 answers better than v3: over 120 cases its pass rate is "
        "between 2 and 8 points higher; the limit is a drop of 5."
    )


def test_a_pass_without_a_baseline_gives_the_rate(a_verdict: Builder) -> None:
    verdict = a_verdict(
        verdict=Verdict.PASS,
        baseline=None,
        delta=None,
        reasons=reason("no_baseline", "There is no baseline."),
        pass_rate={Arm.BASELINE: None, Arm.CANDIDATE: 0.94},
    )
    assert said(verdict) == snapshot(
        "Passed: support v4 passes 94% of its cases; there is no baseline to beat."
    )


def test_an_undecided_verdict_says_what_is_left_open(a_verdict: Builder) -> None:
    verdict = a_verdict(
        verdict=Verdict.INCONCLUSIVE,
        reasons=reason("cannot_tell", "Add cases."),
        delta=Estimate(estimate=-0.02, low=-0.0502, high=0.01),
        cases=CaseCounts(compared=60),
    )
    assert said(verdict) == snapshot(
        "Undecided: support v4 may do worse than v3 by more than the limit: over 60 cases its pass rate is between 5.02 points lower and 1 point higher; the limit is a drop of 5."
    )


def test_a_changed_set_is_the_reason_that_is_said(a_verdict: Builder) -> None:
    verdict = a_verdict(
        verdict=Verdict.INCONCLUSIVE, reasons=reason("set_changed", "30 of 120 cases were edited.")
    )
    assert said(verdict) == snapshot(
        "Undecided: along with support v4, 30 of 120 cases were edited."
    )


def test_a_finding_without_a_version_says_its_reason(a_verdict: Builder) -> None:
    verdict = a_verdict(
        candidate=None,
        baseline=None,
        delta=None,
        pass_rate={},
        reasons=reason("published_version_edited", "v3 is published and may not change."),
    )
    assert said(verdict) == snapshot("Blocked: in support, v3 is published and may not change.")


def test_an_outage_is_not_evaluated(a_verdict: Builder) -> None:
    verdict = a_verdict(
        verdict=Verdict.ERROR, delta=None, reasons=reason("error_budget", "300 pairs are lost.")
    )
    assert said(verdict) == snapshot(
        "Not evaluated: support v4 could not be judged: 300 pairs are lost."
    )


def test_a_tag_that_all_cases_carry_says_nothing() -> None:
    broken = [a_result("a", "en"), a_result("b", "en")]
    assert shared_tag(broken, [*broken, a_result("c", "en")]) is None


def test_a_tag_of_half_the_broken_cases_or_fewer_says_nothing() -> None:
    broken = [a_result("a", "x"), a_result("b", "x"), a_result("c"), a_result("d")]
    assert shared_tag(broken, [*broken, *(a_result(f"{n}") for n in range(9))]) is None


def test_one_broken_case_shares_no_tag() -> None:
    assert shared_tag([a_result("a", "x")], [a_result("a", "x"), a_result("b")]) is None


def test_a_run_says_its_worst_prompt_and_how_the_others_fared(
    a_verdict: Builder, a_run: Callable[..., RunVerdict]
) -> None:
    passed = a_verdict(verdict=Verdict.PASS, reasons=())
    run = a_run(passed, a_verdict(), passed, a_verdict())
    assert run_headline(run, ["p1", "Blocked: b1.", "p2", "Blocked: b2."]) == snapshot(
        "Blocked: b1. 3 other comparisons: 2 passed, 1 blocked."
    )


def test_a_run_that_passes_everywhere_says_so_once(
    a_verdict: Builder, a_run: Callable[..., RunVerdict]
) -> None:
    passed = a_verdict(verdict=Verdict.PASS, reasons=())
    assert run_headline(a_run(passed, passed), ["a", "b"]) == snapshot(
        "Passed: all 2 comparisons stay within their limits."
    )


def test_a_run_without_a_policy_gives_the_worst_result_for_information(
    a_verdict: Builder, a_run: Callable[..., RunVerdict]
) -> None:
    run = a_run(
        a_verdict(verdict=Verdict.PASS),
        a_verdict(),
        verdict=Verdict.NOT_APPLICABLE,
        reasons=reason("bootstrap", "The base has no policy."),
    )
    assert run_headline(run, ["Passed: a.", "Blocked: b."]) == snapshot(
        "Nothing to decide: The base has no policy. It would be blocked: b."
    )


def test_names_of_any_length_leave_the_sentence_short(a_verdict: Builder) -> None:
    verdict = a_verdict(reasons=reason("critical_case", "x" * 10_000))
    assert len(said(verdict, [a_result("c" * 10_000, critical=True)])) < 300
    assert len(said(verdict)) < 600


def test_every_verdict_has_a_word_and_a_sign() -> None:
    assert set(WORDS) == set(ICONS) == set(Verdict)


def test_changed_cases_are_named_by_what_happened_to_them(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    changed = ChangedCases(new=tuple("abc"), edited=("x\u202ey",), deleted=())
    verdict = a_verdict(changed_cases=changed)
    assert list(changed_cases(verdict)) == [("edited", "x⟨U+202E⟩y"), ("new", "a, b, c")]


def test_only_the_first_changed_cases_are_named_and_all_are_counted(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    verdict = a_verdict(changed_cases=ChangedCases(new=tuple(str(n) for n in range(1_025))))
    [(_, names)] = changed_cases(verdict)
    assert names.endswith(", 19 and 1,005 more")


def test_only_a_failure_says_that_cases_broke() -> None:
    assert worse_title(Verdict.FAIL) == "What broke"
    assert worse_title(Verdict.PASS) == "Did worse"


def test_findings_without_a_comparison_are_not_counted_as_ones(
    a_verdict: Callable[..., PromptVerdict], a_run: Callable[..., RunVerdict]
) -> None:
    compared, rollback = (
        a_verdict(verdict=Verdict.PASS),
        a_verdict(verdict=Verdict.PASS, delta=None),
    )
    headline = run_headline(a_run(compared, rollback), ["a.", "b."])
    assert "comparisons stay within" not in headline


def test_a_headline_says_how_many_cases_are_waived_and_says_it_once(
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    waived = a_verdict(verdict=Verdict.PASS, waived=(a_waiver("a"), a_waiver("b")))
    plain = a_verdict(verdict=Verdict.PASS)
    said = [prompt_headline(each, broken=[], all_cases=[]) for each in (waived, plain)]
    assert said[0] == f"{said[1]} 2 cases waived."
    assert run_headline(a_run(waived), said[:1]) == said[0]
    assert run_headline(a_run(waived, plain), said) == (
        "Passed: all 2 comparisons stay within their limits. 2 cases waived."
    )
    failed = a_verdict()
    blocked = run_headline(a_run(failed, waived), ["Blocked: no.", said[0]])
    assert blocked == "Blocked: no. The other comparison passed. 2 cases waived."


def test_a_waived_critical_case_does_not_block(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    outcome = ArmOutcome(outcomes=(0.0,))
    cases = [
        CaseOutcome(
            case=name,
            outcome=kind,
            tags=(),
            marks=frozenset((Mark.CRITICAL,)),
            arms={Arm.CANDIDATE: outcome},
        )
        for name, kind in (("gone", Outcome.WAIVED), ("broken", Outcome.REGRESSED))
    ]
    verdict = a_verdict(reasons=(Reason(code="critical_case", message="x"),))
    said = prompt_headline(verdict, broken=[], all_cases=cases)
    assert "1 critical case: broken" in said


@pytest.mark.parametrize(
    ("verdict", "low", "high", "said"),
    [
        (Verdict.PASS, -0.03, -0.01, "answers a little worse than v3, within the limit: over"),
        (Verdict.PASS, -0.03, 0.01, "answers as well as v3, within the limit: over"),
        (Verdict.INCONCLUSIVE, -0.09, 0.01, "may do worse than v3 by more than the limit: over"),
        (Verdict.INCONCLUSIVE, -0.03, 0.01, "may have broken rare cases that v3 answers: over"),
    ],
)
def test_the_sentence_says_first_how_the_versions_compare(
    a_verdict: Builder, verdict: Verdict, low: float, high: float, said: str
) -> None:
    told = prompt_headline(
        a_verdict(
            verdict=verdict,
            reasons=reason("cannot_tell", "x"),
            delta=Estimate(estimate=(low + high) / 2, low=low, high=high),
        ),
        broken=[],
        all_cases=[],
    )
    assert f": support v4 {said}" in told


def test_a_doubt_about_the_run_is_said_before_what_it_leaves_open(a_verdict: Builder) -> None:
    reasons = (
        *reason("regression", "The drop is real."),
        *reason("record_drifted", "The baseline changed."),
    )
    assert said(a_verdict(verdict=Verdict.INCONCLUSIVE, reasons=reasons)) == (
        "Undecided: for support v4, the baseline changed."
    )
