from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations

from evalgate.model.evalset import Case
from evalgate.model.trial import CONFIRMATION, Arm, Grade, Trial, TrialError, TrialStatus
from evalgate.model.verdict import Flips, PromptVerdict
from evalgate.reporting.gathering import FAILING_TOLD, TEXT_LIMIT, Gathering, text_limit
from evalgate.reporting.story import Mark

Builder = Callable[..., Trial]


def gathered(
    verdict: PromptVerdict,
    trials: Sequence[Trial],
    cases: Sequence[Case] = (),
    *,
    whole: bool = False,
) -> Gathering:
    gathering = Gathering(verdict, {case.id: case for case in cases}, whole=whole)
    for trial in trials:
        gathering.add(trial)
    return gathering


def failed(trial: Trial, kind: str, status: TrialStatus = TrialStatus.ERRORED) -> Trial:
    error = TrialError(kind=kind, message=f"{kind} happened")
    return replace(trial, status=status, passed=None, score=None, grades=(), error=error)


def test_a_regressed_case_shows_a_passing_baseline_and_a_failing_candidate_in_any_order(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    trials = [
        a_trial(arm=Arm.BASELINE, passed=False, trial=0),
        a_trial(arm=Arm.BASELINE, passed=True, trial=1),
        a_trial(passed=True, trial=0),
        a_trial(passed=False, trial=2),
    ]
    for order in permutations(trials):
        answers = gathered(a_verdict(), order).answers("late")
        assert {arm: answers[arm].trial for arm in answers} == {Arm.BASELINE: 1, Arm.CANDIDATE: 2}


def test_a_fixed_case_shows_a_failing_baseline_and_a_passing_candidate(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    verdict = a_verdict(flips=Flips(fixed=("late",)))
    trials = [
        a_trial(arm=arm, passed=bool(index) == (arm is Arm.BASELINE), trial=index)
        for arm in Arm
        for index in range(2)
    ]
    answers = gathered(verdict, trials).answers("late")
    assert {arm: answers[arm].trial for arm in answers} == {Arm.BASELINE: 0, Arm.CANDIDATE: 0}


def test_no_answer_is_kept_of_a_case_that_is_not_told(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    verdict = a_verdict(flips=Flips())
    trials = [a_trial(arm=Arm.BASELINE, passed=False), a_trial(passed=False)]
    assert gathered(verdict, trials).answers("late") == {}
    assert gathered(verdict, trials[::-1]).answers("late") == {}


def test_the_answer_to_a_failing_case_without_a_baseline_is_kept(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    gathering = gathered(a_verdict(baseline=None, flips=Flips()), [a_trial(passed=False)])
    assert gathering.answers("late")[Arm.CANDIDATE].answer.text == "answer of v4"


def test_of_very_many_failing_cases_critical_ones_and_then_the_first_are_kept(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder, a_case: Callable[..., Case]
) -> None:
    trials = [a_trial(f"case-{number:03}", passed=False) for number in range(4 * FAILING_TOLD + 1)]
    verdict = a_verdict(baseline=None, flips=Flips())
    gathering = gathered(verdict, trials, [a_case("case-180", critical=True)])
    kept = [case for case in gathering.ids if gathering.answers(case)]
    assert kept == [*(f"case-{number:03}" for number in range(FAILING_TOLD - 1)), "case-180"]


def test_trials_of_other_prompts_versions_and_sets_are_passed_over(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    strangers = [
        a_trial(prompt="other"),
        a_trial(version="v9"),
        a_trial(version_hash="c" * 64),
        a_trial(evalset="other"),
    ]
    assert list(gathered(a_verdict(), strangers).ids) == []
    assert list(gathered(a_verdict(), [a_trial()]).ids) == ["late"]


def test_errors_and_skips_are_counted_and_are_no_outcomes(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    trials = [
        a_trial(trial=0),
        failed(a_trial(trial=1), "timeout"),
        failed(a_trial(trial=2), "authentication", TrialStatus.SKIPPED),
    ]
    gathering = gathered(a_verdict(), trials)
    outcome = gathering.outcome("late", Arm.CANDIDATE)
    assert outcome is not None
    assert (outcome.outcomes, outcome.errored, outcome.skipped) == ((1.0,), 1, 1)
    assert [(error.trial, error.kind) for error in gathering.errors] == [(1, "timeout")]
    assert gathering.skip_kinds == {"authentication": 1}


def test_a_trial_with_a_score_only_counts_with_its_score(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    outcome = gathered(a_verdict(), [replace(a_trial(), passed=None, score=0.25)]).outcome(
        "late", Arm.CANDIDATE
    )
    assert outcome is not None
    assert outcome.outcomes == (0.25,)


def test_a_trial_told_twice_counts_once(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    outcome = gathered(a_verdict(), [a_trial(), a_trial()]).outcome("late", Arm.CANDIDATE)
    assert outcome is not None
    assert outcome.outcomes == (1.0,)


def test_a_very_long_answer_is_cut_when_it_is_kept(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    gathering = gathered(a_verdict(), [a_trial(passed=False, text="x" * 1_000_000)])
    answer = gathering.answers("late")[Arm.CANDIDATE].answer
    assert (len(answer.text), answer.left_out) == (TEXT_LIMIT, 1_000_000 - TEXT_LIMIT)


def a_grade(grader: str, passed: bool | None) -> Grade:
    return Grade(grader=grader, passed=passed, score=None, reason="r" * 5_000)


def test_only_what_the_candidate_fails_is_a_fault_and_no_grade_is_none(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    gathering = gathered(
        a_verdict(),
        [
            a_trial(arm=Arm.BASELINE, grades=(a_grade("tone", False),)),
            a_trial(grades=(a_grade("length", False), a_grade("window", None))),
            a_trial(trial=1, grades=(a_grade("closing", False), a_grade("sign", True))),
        ],
    )
    assert gathering.failing("late") == ("closing", "length")
    assert gathering.marks("late") == {Mark.UNGRADED}


def test_of_a_whole_set_every_trial_is_kept_in_order_with_the_answers_of_flipped_cases(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    trials = [
        a_trial(passed=False, trial=1, purpose=CONFIRMATION),
        a_trial(passed=False, trial=0),
        a_trial("calm", trial=0),
    ]
    kept = gathered(a_verdict(), trials, whole=True)
    told = kept.trials("late")[Arm.CANDIDATE]
    assert [(each.trial, each.confirms) for each in told] == [(0, False), (1, True)]
    assert [each.answer.text for each in told if each.answer] == ["answer of v4"] * 2
    assert [each.answer for each in kept.trials("calm")[Arm.CANDIDATE]] == [None]
    assert kept.answers("calm")[Arm.CANDIDATE].answer.text == "answer of v4"
    assert gathered(a_verdict(), trials).trials("late") == {}


def test_an_arm_that_answered_nothing_has_no_figures(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    lost = replace(failed(a_trial(arm=Arm.BASELINE), "timeout"), completion=None)
    assert set(gathered(a_verdict(), [a_trial(), lost]).figures()) == {Arm.CANDIDATE}


def test_texts_of_a_large_set_are_cut_but_for_those_of_flipped_cases(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder, a_case: Callable[..., Case]
) -> None:
    limit = text_limit(4_000)
    assert text_limit(1) == text_limit(0) == TEXT_LIMIT
    assert limit == 4_000
    cases = [a_case("late"), a_case("calm"), *(a_case(f"c{number}") for number in range(3_998))]
    trials = [a_trial(case, text="x" * 2 * limit) for case in ("late", "calm")]
    kept = gathered(a_verdict(), trials, cases, whole=True)
    lengths = [len(kept.answers(case)[Arm.CANDIDATE].answer.text) for case in ("late", "calm")]
    assert lengths == [2 * limit, limit]


def test_the_reason_of_a_grade_is_cut(
    a_verdict: Callable[..., PromptVerdict], a_trial: Builder
) -> None:
    kept = gathered(a_verdict(), [a_trial(grades=(a_grade("tone", False),))])
    (grade,) = kept.answers("late")[Arm.CANDIDATE].grades
    assert len(grade.reason) == 2_000
