"""What is told of one trial."""

from collections.abc import Callable
from dataclasses import replace

from evalgate.model.content import ToolCall
from evalgate.model.trial import CONFIRMATION, Trial, TrialError, TrialStatus
from evalgate.reporting.trial_telling import arm_story, error_story, trial_story


def lost(trial: Trial, error: TrialError | None) -> Trial:
    return replace(trial, status=TrialStatus.ERRORED, passed=None, error=error)


def test_the_tools_that_an_answer_calls_are_told_below_its_words(
    a_trial: Callable[..., Trial],
) -> None:
    trial = a_trial(text="One moment.")
    assert trial.completion is not None
    calls = (ToolCall(id="1", name="find_order", input={"id": 7}),)
    trial = replace(trial, completion=replace(trial.completion, tool_calls=calls))
    lines = arm_story(trial, 1_000).answer.text.splitlines()
    assert lines[0] == "One moment."
    assert lines[1].startswith("[calls find_order")


def test_the_answer_is_told_in_short_only_where_it_is_wanted(a_trial: Callable[..., Trial]) -> None:
    trial = a_trial(text="Hello.")
    assert trial_story(trial, told=False).answer is None
    answer = trial_story(trial, told=True).answer
    assert answer is not None
    assert answer.text == "Hello."


def test_a_trial_says_why_it_has_no_grade_and_what_it_is_for(a_trial: Callable[..., Trial]) -> None:
    timeout = trial_story(lost(a_trial(), TrialError(kind="timeout", message="x")), told=False)
    assert (timeout.outcome, timeout.why) == (None, "timeout")
    assert trial_story(lost(a_trial(), None), told=False).why == "errored"
    assert trial_story(a_trial(), told=False).why == ""
    assert trial_story(replace(a_trial(), purpose=CONFIRMATION), told=False).confirms
    assert not trial_story(a_trial(), told=False).confirms


def test_an_error_without_a_word_is_told_as_unknown(a_trial: Callable[..., Trial]) -> None:
    story = error_story(lost(a_trial(trial=2), None))
    assert (story.kind, story.message, story.trial) == ("unknown", "", 2)
    long = error_story(lost(a_trial(), TrialError(kind="server", message="m" * 1_000)))
    assert len(long.message) <= 500
    assert long.message.endswith("…")
