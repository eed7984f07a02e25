"""Tells one trial: as the one that stands for its arm, in short, or as one without a grade."""

from dataclasses import replace

from evalgate.deciding.accounts import outcome_of
from evalgate.grading.transcript import tool_call_line
from evalgate.model.chat import Completion
from evalgate.model.trial import CONFIRMATION, Trial, TrialStatus
from evalgate.reporting.story import ArmStory, ErrorStory, TrialStory
from evalgate.reporting.visible import ended, excerpt

_OTHER_ANSWER_LIMIT = 4_000
_MESSAGE_LIMIT = 500
_REASON_LIMIT = 2_000


def arm_story(trial: Trial, limit: int) -> ArmStory:
    """Return a trial as the one that stands for its arm; its answer is cut after `limit`."""
    completion = trial.completion
    return ArmStory(
        version=trial.version,
        trial=trial.trial,
        answer=excerpt(said(completion) if completion else "", limit),
        stop_reason=completion.stop_reason if completion else "",
        grades=tuple(
            replace(grade, reason=ended(grade.reason, _REASON_LIMIT)) for grade in trial.grades
        ),
    )


def trial_story(trial: Trial, *, told: bool) -> TrialStory:
    """Return a trial in short, with its answer where that is `told`."""
    completion = trial.completion
    graded = trial.status is TrialStatus.GRADED
    return TrialStory(
        trial=trial.trial,
        outcome=outcome_of(trial),
        why="" if graded else trial.error.kind if trial.error else trial.status.value,
        latency_ms=completion.latency_ms if completion else None,
        cost_usd=trial.cost_usd,
        reused=trial.reused,
        confirms=trial.purpose == CONFIRMATION,
        answer=excerpt(said(completion), _OTHER_ANSWER_LIMIT) if told and completion else None,
    )


def error_story(trial: Trial) -> ErrorStory:
    """Return why a trial has no grade."""
    message = trial.error.message if trial.error else ""
    return ErrorStory(
        case=trial.case,
        arm=trial.arm,
        trial=trial.trial,
        kind=trial.error.kind if trial.error else "unknown",
        message=ended(message, _MESSAGE_LIMIT),
    )


def said(completion: Completion) -> str:
    """Return the words of an answer, and below them the tools that it called."""
    calls = (f"[calls {tool_call_line(call)}]" for call in completion.tool_calls)
    return "\n".join(filter(None, (completion.text, *calls)))
