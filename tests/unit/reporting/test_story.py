from collections.abc import Callable

from evalgate.model.trial import Arm, Grade, Trial
from evalgate.reporting.story import ArmOutcome, Report, Stories, first_complaint


def test_the_complaint_is_the_fullest_reason_of_a_failing_grade(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    grades = (
        Grade(grader="a", passed=False, score=0.0, reason="Short."),
        Grade(grader="b", passed=False, score=0.0, reason="A longer reason."),
        Grade(grader="c", passed=True, score=1.0, reason="The longest reason of all, but passing."),
    )
    report = a_report(trials=[a_trial(passed=False, grades=grades)])
    assert first_complaint(report.prompts[0].regressed.told[0]) == "A longer reason."


def test_an_answer_that_passes_or_is_absent_has_no_complaint(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    for trials in ([a_trial(passed=True)], [a_trial(arm=Arm.BASELINE)]):
        story = a_report(trials=trials).prompts[0].regressed.told[0]
        assert first_complaint(story) == ""


def test_an_arm_without_a_grade_has_no_mean() -> None:
    assert ArmOutcome(errored=3).mean is None
    assert ArmOutcome(outcomes=(1.0, 0.0)).mean == 0.5


def test_untold_cases_are_counted() -> None:
    assert Stories(told=(), total=7).untold == 7


def test_a_grade_that_is_missing_is_no_complaint(
    a_report: Callable[..., Report], a_trial: Callable[..., Trial]
) -> None:
    grade = Grade(grader="a", passed=None, score=None, reason="Unreadable.", cause="unparsable")
    report = a_report(trials=[a_trial(passed=False, grades=(grade,))])
    assert first_complaint(report.prompts[0].regressed.told[0]) == ""
