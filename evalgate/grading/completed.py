"""The grade that every answer gets unasked: was it completed, or refused or cut short?"""

from collections.abc import Mapping, Sequence

from evalgate.grading.grades import quote
from evalgate.model.chat import Completion
from evalgate.model.evalset import GraderSpec
from evalgate.model.trial import Grade

NAME = "completed"

COMPLETE = frozenset({"end_turn", "stop_sequence", "tool_use"})
"""The stop reasons of an answer that ended where the model meant it to end."""

_REASONS: Mapping[str, str] = {
    "refusal": "The model refused to answer.",
    "max_tokens": "The answer was cut off at the version's `max_tokens`.",
    "model_context_window_exceeded": "The answer was cut off at the end of the context window.",
    "pause_turn": "The model paused its turn and the answer is not finished.",
}


def completed(completion: Completion, *, specs: Sequence[GraderSpec] = ()) -> Grade:
    """Return a required grade that fails an answer which is not whole.

    A refusal or a cut-off is the version's own behaviour, so it fails the trial and does not make
    it errored. The stop reason is the grade's cause. An end that a grader of the case asks for is
    as it should be.

    Args:
        completion: the answer.
        specs: the graders of the case.
    """
    stop = completion.stop_reason
    if stop in COMPLETE:
        return Grade(grader=NAME, passed=True, score=1.0, reason="The answer is complete.")
    if any(_asks_for(spec, stop) for spec in specs):
        reason = f"The answer ended with {quote(stop)}, as the case asks."
        return Grade(grader=NAME, passed=True, score=1.0, reason=reason)
    unknown = f"The answer ended with the stop reason {quote(stop)}."
    return Grade(
        grader=NAME, passed=False, score=0.0, reason=_REASONS.get(stop, unknown), cause=stop
    )


def _asks_for(spec: GraderSpec, stop: str) -> bool:
    if spec.negated:
        return False
    named = spec.argument if isinstance(spec.argument, list) else [spec.argument]
    asks = spec.kind == "stop_reason" and stop in named
    return asks or (spec.kind == "refusal" and stop == "refusal")
