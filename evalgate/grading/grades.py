"""Makes grades from what a grader found, in the one way that all graders share."""

from evalgate.model.evalset import GraderSpec
from evalgate.model.trial import Grade

MOST_WEIGHT = 1000.0
"""The largest weight of a grader or a criterion."""


def graded(
    spec: GraderSpec, holds: bool, *, reason: str, score: float | None = None, final: bool = False
) -> Grade:
    """Return the grade of an answer of which the grader's statement holds or not.

    Args:
        spec: the grader; `negated` turns both the result and the score around.
        holds: whether the statement, taken without `not:`, is true of the answer.
        reason: one sentence about the answer, true with and without `not:`.
        score: the degree in 0..1; 1 or 0 after `holds` when absent.
        final: `holds` speaks about the negated statement too, and is not turned around.
    """
    degree = float(holds) if score is None else score
    turned = spec.negated and not final
    return Grade(
        grader=spec.name,
        passed=holds != turned,
        score=1.0 - degree if turned else degree,
        reason=reason,
        required=spec.required,
        weight=spec.weight,
    )


def ungraded(spec: GraderSpec, *, cause: str, reason: str) -> Grade:
    """Return the grade of an answer that the grader could not judge; `not:` leaves it as it is."""
    return Grade(
        grader=spec.name,
        passed=None,
        score=None,
        reason=reason,
        cause=cause,
        required=spec.required,
        weight=spec.weight,
    )


def quote(text: str, limit: int = 80) -> str:
    """Return a text between backquotes, on one line and cut to so many characters."""
    return f"`{shorten(text, limit)}`"


def shorten(text: str, limit: int) -> str:
    """Return a text on one line, cut to so many characters."""
    # A line is looked at only as far as it can matter: answers may be very long.
    line = " ".join(text[: limit * 8].split())
    whole = len(line) <= limit and len(text) <= limit * 8
    return line if whole else f"{line[: limit - 1]}…"
