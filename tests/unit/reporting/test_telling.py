from collections.abc import Callable
from dataclasses import replace

from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.model.verdict import Flips, PromptVerdict, Reason, RunVerdict, Verdict
from evalgate.model.waiver import Waiver
from evalgate.reporting.story import Outcome, Report
from evalgate.reporting.telling import REGRESSED_TOLD


def outcomes(report: Report) -> dict[str, Outcome]:
    return {result.case: result.outcome for result in report.prompts[0].results}


def test_a_broken_case_is_told_with_input_and_both_answers(
    a_report: Callable[..., Report], a_case: Callable[..., Case]
) -> None:
    case = a_case(vars={"message": "Hi", "order": {"id": 7}}, expected=["refund"], cluster="a")
    (story,) = a_report(cases=[case]).prompts[0].regressed.told
    assert [(name, value.text) for name, value in story.variables] == [
        ("message", "Hi"),
        ("order", '{\n  "id": 7\n}'),
    ]
    assert story.expected is not None
    assert story.expected.text == '[\n  "refund"\n]'
    assert story.cluster == "a"
    assert {arm: side.answer.text for arm, side in story.arms.items()} == {
        Arm.BASELINE: "You get your money back.",
        Arm.CANDIDATE: "We cannot help.",
    }


def test_critical_cases_are_told_first(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    run = a_run(a_verdict(flips=Flips(regressed=("b", "a", "c"))))
    trials = [a_trial(case, passed=False) for case in "abc"]
    cases = [a_case("a"), a_case("b"), a_case("c", critical=True)]
    story = a_report(run, trials=trials, cases=cases).prompts[0]
    assert [told.result.case for told in story.regressed.told] == ["c", "b", "a"]


def test_of_very_many_broken_cases_the_first_are_told_and_all_are_counted(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    ids = tuple(f"case-{number:04}" for number in range(5_000))
    trials = [a_trial(case, passed=False) for case in ids]
    stories = a_report(a_run(a_verdict(flips=Flips(regressed=ids))), trials=trials)
    broken = stories.prompts[0].regressed
    assert (len(broken.told), broken.total, broken.untold) == (
        REGRESSED_TOLD,
        5_000,
        5_000 - REGRESSED_TOLD,
    )


def test_every_case_has_an_outcome(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    error = TrialError(kind="timeout", message="no answer")
    errored = replace(a_trial("lost"), status=TrialStatus.ERRORED, passed=None, error=error)
    trials = [
        *(a_trial(case, Arm.BASELINE) for case in ("worse", "same", "lost", "unrun")),
        a_trial("better", Arm.BASELINE, passed=False),
        a_trial("worse", passed=False),
        a_trial("better"),
        a_trial("same"),
        a_trial("new-bad", passed=False),
        a_trial("new-good"),
        errored,
        replace(errored, case="unrun", status=TrialStatus.SKIPPED),
    ]
    run = a_run(a_verdict(flips=Flips(regressed=("worse",), fixed=("better",))))
    report = a_report(run, trials=trials)
    assert outcomes(report) == {
        "better": Outcome.FIXED,
        "lost": Outcome.ERRORED,
        "new-bad": Outcome.FAILING,
        "new-good": Outcome.UNCHANGED,
        "same": Outcome.UNCHANGED,
        "unrun": Outcome.SKIPPED,
        "worse": Outcome.REGRESSED,
    }
    story = report.prompts[0]
    assert [told.result.case for told in story.failing.told] == ["new-bad"]
    assert (story.error_kinds, story.skip_kinds) == ({"timeout": 1}, {"timeout": 1})


def test_the_report_does_not_depend_on_the_order_of_the_trials(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    trials = [
        a_trial(case, arm, passed=arm is Arm.BASELINE or index == 0, trial=index)
        for case in ("late", "lost")
        for arm in Arm
        for index in range(3)
    ]
    assert a_report(trials=trials) == a_report(trials=trials[::-1])


def test_the_causes_of_errors_bring_their_own_next_step_when_nothing_was_decided(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    error = TrialError(kind="authentication", message="no")
    trial = replace(a_trial(), status=TrialStatus.ERRORED, passed=None, error=error)
    reasons = (Reason(code="error_budget", message="Too many."),)
    run = a_run(a_verdict(verdict=Verdict.ERROR, reasons=reasons, delta=None))
    steps = a_report(replace(run, reasons=reasons), trials=[trial]).next_steps
    assert len(steps) == 1
    assert "ANTHROPIC_API_KEY" in steps[0]


def test_a_run_without_a_prompt_is_told_by_its_reason(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    report = a_report(nothing_changed)
    assert report.prompts == ()
    assert report.headline == ("Nothing to decide: No prompt changed between main and the head.")
    assert report.consequence == "The gate lets this change through."


def test_a_waived_case_is_told_apart_unless_it_has_no_grade(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
    a_trial: Callable[..., Trial],
) -> None:
    lost = TrialError(kind="timeout", message="no answer")
    trials = [
        a_trial("a", Arm.BASELINE),
        a_trial("a", passed=False),
        a_trial("new", passed=False),
        replace(a_trial("lost"), status=TrialStatus.ERRORED, passed=None, error=lost),
    ]
    waived = tuple(a_waiver(case) for case in ("a", "lost", "new"))
    report = a_report(a_run(a_verdict(flips=Flips(), waived=waived)), trials=trials)
    assert outcomes(report) == {
        "a": Outcome.WAIVED,
        "lost": Outcome.ERRORED,
        "new": Outcome.WAIVED,
    }
    story = report.prompts[0]
    assert [told.result.case for told in story.waived.told] == ["a", "lost", "new"]
    assert (story.failing.total, story.regressed.total) == (0, 0)
    answer = story.waived.told[0].arms[Arm.CANDIDATE].answer
    assert answer.text == "answer of v4"
