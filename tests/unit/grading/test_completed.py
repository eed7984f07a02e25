import pytest

from evalgate.grading.completed import completed
from evalgate.model.chat import Completion, Usage


def answer(stop_reason: str) -> Completion:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Completion(text="", model="m", stop_reason=stop_reason, usage=usage, latency_ms=1)


@pytest.mark.parametrize("stop_reason", ["end_turn", "stop_sequence", "tool_use"])
def test_an_answer_that_ended_as_meant_is_complete(stop_reason: str) -> None:
    grade = completed(answer(stop_reason))
    assert (grade.passed, grade.score, grade.cause) == (True, 1.0, None)


@pytest.mark.parametrize(
    ("stop_reason", "reason"),
    [
        ("refusal", "The model refused to answer."),
        ("max_tokens", "The answer was cut off at the version's `max_tokens`."),
        (
            "model_context_window_exceeded",
            "The answer was cut off at the end of the context window.",
        ),
        ("pause_turn", "The model paused its turn and the answer is not finished."),
        ("brand_new", "The answer ended with the stop reason `brand_new`."),
        ("", "The answer ended with the stop reason ``."),
    ],
)
def test_an_answer_that_is_not_whole_fails_and_is_required(stop_reason: str, reason: str) -> None:
    grade = completed(answer(stop_reason))
    assert (grade.passed, grade.score, grade.required) == (False, 0.0, True)
    assert (grade.grader, grade.reason, grade.cause) == ("completed", reason, stop_reason)
