"""Facts about running one trial of the judge."""

from dataclasses import replace

import pytest

from evalgate.model.calibration import AnchorCheck
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.policy import JudgeSettings
from evalgate.model.trial import TrialError, TrialStatus
from evalgate.running.calls import Called
from evalgate.running.judging import JudgeTrials, known_trial
from evalgate.running.plan import PlannedTrial
from tests.unit.running.test_trial import RUBRIC, judges, planned, run, says

SETTINGS = JudgeSettings(model="claude-judge", effort=None, max_tokens=1_000)


class Once:
    """Answers one call."""

    def __init__(self, reply: Completion) -> None:
        self.reply = reply

    async def call(self, request: ChatRequest) -> Called:
        assert request.model == SETTINGS.model
        return Called(result=self.reply)


def check(*, human: bool | None = True, known: bool | None = None) -> AnchorCheck:
    return AnchorCheck(answer="Please wait.", human=human, settings=SETTINGS, known=known)


def checked(given: AnchorCheck) -> PlannedTrial:
    return replace(planned(RUBRIC), check=given)


@pytest.mark.parametrize(
    ("human", "verdict", "right"),
    [
        (True, "pass", True),
        (True, "fail", False),
        (False, "fail", True),
        (None, "fail", False),
        (None, "pass", True),
    ],
)
async def test_a_trial_passes_when_the_verdict_is_the_label(
    human: bool | None, verdict: str, right: bool
) -> None:
    trial, _ = await run(checked(check(human=human)), judges(verdict))
    assert (trial.status, trial.passed, trial.score) == (TrialStatus.GRADED, right, float(right))
    assert trial.completion is not None
    assert (trial.completion.text, trial.completion.model) == ("Please wait.", "claude-judge")


async def test_only_the_judge_is_called_and_with_the_settings_of_the_check() -> None:
    trial, [request] = await run(checked(check()), judges("pass"))
    assert (request.model, request.max_tokens) == ("claude-judge", 1_000)
    assert trial.calls == 1
    assert trial.cost_usd == trial.judge_cost_usd == 1.0
    assert trial.reused == ""


async def test_a_known_verdict_needs_no_call() -> None:
    trial, asked = await run(checked(check(human=False, known=True)))
    assert asked == []
    assert (trial.passed, trial.calls, trial.cost_usd, trial.reused) == (False, 0, 0.0, "record")
    assert known_trial(checked(check()), check()) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (judges("cannot_tell"), "ungraded"),
        (says("nonsense", model="claude-judge"), "ungraded"),
        (CallFailure(kind=FailureKind.REQUEST, message="no"), "request"),
    ],
)
async def test_a_judge_without_a_verdict_leaves_the_trial_errored(
    reply: Completion | CallFailure, kind: str
) -> None:
    trial, _ = await run(checked(check()), reply)
    assert (trial.status, trial.passed) == (TrialStatus.ERRORED, None)
    assert trial.error is not None
    assert trial.error.kind == kind


async def test_what_the_judge_said_of_each_criterion_comes_with_the_trial() -> None:
    judge = JudgeTrials(calls=Once(judges("fail")), draw_boundary=lambda: "ab" * 16)
    trial, judgement = await judge.run(checked(check()), check())
    assert judgement.criteria == {"Is polite.": False}
    assert judgement.reason == trial.grades[1].reason == "It says please."


async def test_a_trial_says_first_what_people_and_the_judge_say() -> None:
    trial, _ = await run(checked(check(human=False)), judges("pass"))
    assert [(grade.grader, grade.passed) for grade in trial.grades] == [
        ("label", False),
        ("is polite", True),
    ]
    assert trial.grades[0].reason == "People say fail, the judge says pass."
    known, _ = await run(checked(check(known=True)))
    assert [(grade.grader, grade.passed) for grade in known.grades] == [("label", True)]


async def test_a_judge_that_may_not_be_called_leaves_its_trial_out() -> None:
    given = checked(check())
    trial, _ = await run(given, CallFailure(kind=FailureKind.CALL_NEEDED, message="no call"))
    assert trial == given.trial(
        TrialStatus.SKIPPED, TrialError(kind="call_needed", message="no call")
    )
