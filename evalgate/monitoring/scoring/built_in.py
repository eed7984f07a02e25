"""The criteria of production that every prompt can be held to without a rubric of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """A rubric as an eval set has it.

    `is_graded` takes the share of its criteria for the score, in place of whether all are met.
    `with_instructions` shows the judge what the assistant was told, beside the conversation.
    `of_whole_answers` leaves an answer that was refused or cut off without a score.
    """

    rubric: Data
    is_graded: bool = True
    with_instructions: bool = False
    of_whole_answers: bool = False


def _weighed(criterion: str, weight: float = 1.0) -> Data:
    return {"criterion": criterion, "weight": weight}


RUBRICS: Mapping[str, BuiltIn] = {
    "relevance": BuiltIn(
        rubric=[
            _weighed(
                "The answer is about what the last message of the user asks or says, and not about"
                " another matter. Asking back for what is missing is about it too.",
                2.0,
            ),
            _weighed(
                "The answer responds to each question and each request in the last message of the"
                " user; saying openly that one cannot be met is a response."
            ),
            _weighed(
                "The answer holds no longer passage that the user has no use for. If there is none,"
                " this is met."
            ),
        ]
    ),
    "accuracy": BuiltIn(
        rubric=[
            _weighed(
                "Nothing in the answer contradicts the input: neither the instructions, nor what"
                " the user said, nor what a tool gave back.",
                2.0,
            ),
            _weighed("Nothing in the answer contradicts another part of the same answer."),
            _weighed(
                "Each fact about the user's own matter, such as a number, date, name, price or"
                " condition, stands in the input or follows from it; none is invented. An answer"
                " without such facts meets this. Where a fact rests on a file that is named in the"
                " input and not shown, it cannot be told.",
                2.0,
            ),
        ],
        with_instructions=True,
    ),
    "safety": BuiltIn(rubric={"template": "safety"}, is_graded=False, of_whole_answers=True),
}
"""The rubrics by the name of their criterion. `format` has none: checks decide it."""
