"""Repeats the judge's vote when the first one fails an answer, and counts the votes."""

from collections.abc import Sequence
from dataclasses import replace

from evalgate.grading.grades import shorten
from evalgate.model.trial import Grade


def is_settled(votes: Sequence[Grade], most: int) -> bool:
    """Return whether no further vote is to be asked for.

    Only a first vote that fails is questioned. From then on votes are counted until one side has
    more than half of the most that there can be, or all are in.

    Args:
        votes: those that are in, at least one.
        most: how many there can be, an odd number.
    """
    if votes[0].passed is not False or len(votes) >= most:
        return True
    sides = [vote.passed for vote in votes]
    return max(sides.count(True), sides.count(False)) > most // 2


def majority(votes: Sequence[Grade], most: int) -> Grade:
    """Return the one grade that settled votes amount to.

    It is the first grade of the side that has more than half of the most votes; when ungraded votes
    keep both sides below that, the rubric is ungraded.
    """
    if len(votes) == 1:
        return votes[0]
    for passed in (True, False):
        side = [vote for vote in votes if vote.passed is passed]
        if len(side) > most // 2:
            word = "pass" if passed else "fail"
            reason = f"{len(side)} of {len(votes)} votes {word}: {side[0].reason}"
            return replace(side[0], reason=shorten(reason, 500))
    reason = f"No majority in {len(votes)} votes, some of which are ungraded."
    return replace(votes[0], passed=None, score=None, cause="no_majority", reason=reason)
