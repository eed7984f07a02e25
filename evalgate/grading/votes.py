"""Repeats the judge's vote when the first one fails an answer, and counts the votes."""

from collections.abc import Sequence
from dataclasses import replace

from evalgate.grading.grades import shorten
from evalgate.model.trial import Grade


def is_settled(votes: Sequence[Grade], most: int) -> bool:
    """Return whether no further vote is to be asked for.

    Only a first vote that fails the answer is questioned. From then on votes are asked for until
    one side has more than half of the most that there can be, or neither side can get there.

    Args:
        votes: those that are in, at least one.
        most: how many there can be, an odd number.
    """
    if votes[0].passed is not False:
        return True
    passing, failing = _counts(votes)
    ahead = max(passing, failing)
    left = most - len(votes)
    return ahead > most // 2 or ahead + left <= most // 2


def majority(votes: Sequence[Grade], most: int) -> Grade:
    """Return the one grade that settled votes amount to.

    It is the first grade of the side that has more than half of the most votes. Ungraded votes
    count for neither side: when they keep both below that, the rubric is ungraded, with the cause
    of the last of them.
    """
    if len(votes) == 1:
        return votes[0]
    passing, failing = _counts(votes)
    for passed, count in ((True, passing), (False, failing)):
        if count > most // 2:
            first = next(vote for vote in votes if vote.passed is passed)
            verb = "pass" if passed else "fail"
            reason = f"{count} of {len(votes)} votes {verb}: {first.reason}"
            return replace(first, reason=shorten(reason, 500))
    missing = [vote for vote in votes if vote.passed is None][-1]
    reason = (
        f"No majority in {len(votes)} votes: {passing} pass, {failing} fail, "
        f"{len(votes) - passing - failing} ungraded: {missing.reason}"
    )
    return replace(missing, reason=shorten(reason, 500))


def _counts(votes: Sequence[Grade]) -> tuple[int, int]:
    """Return how many votes pass and how many fail."""
    sides = [vote.passed for vote in votes]
    return sides.count(True), sides.count(False)
