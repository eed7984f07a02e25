"""Facts about repeated votes of the judge."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.votes import is_settled, majority
from evalgate.model.trial import Grade

Vote = bool | None


def grade(passed: Vote, reason: str = "because") -> Grade:
    score = None if passed is None else float(passed)
    return Grade(grader="g", passed=passed, score=score, reason=reason)


def held(cast: list[Vote], most: int) -> tuple[Vote, int]:
    """Hold a vote with so many ballots ready; return its result and how many were asked for."""
    votes: list[Grade] = []
    while not votes or not is_settled(votes, most):
        votes.append(grade(cast[len(votes)]))
    return majority(votes, most).passed, len(votes)


@pytest.mark.parametrize(
    ("cast", "passed", "asked"),
    [
        ([True, False, False], True, 1),
        ([None, False, False], None, 1),
        ([False, False, True], False, 2),
        ([False, True, True], True, 3),
        ([False, True, False], False, 3),
        ([False, None, False], False, 3),
        ([False, None, True], None, 3),
        ([False, None, None], None, 3),
    ],
)
def test_three_votes(cast: list[Vote], passed: Vote, asked: int) -> None:
    assert held(cast, 3) == (passed, asked)


def test_one_vote_is_final() -> None:
    assert held([False], 1) == (False, 1)


@given(st.sampled_from([3, 5, 7, 9]), st.data())
def test_the_result_is_what_all_votes_together_would_say(most: int, data: st.DataObject) -> None:
    cast = data.draw(st.lists(st.sampled_from([True, False]), min_size=most, max_size=most))
    passed, asked = held([False, *cast[1:]], most)
    assert passed is (cast[1:].count(True) > most // 2)
    assert asked <= most


def test_the_reason_counts_the_votes_and_gives_the_first_of_the_side() -> None:
    votes = [grade(False, "too short"), grade(True, "fine"), grade(False, "rude")]
    assert majority(votes, 3).reason == "2 of 3 votes fail: too short"


def test_a_single_vote_keeps_its_reason() -> None:
    assert majority([grade(True, "fine")], 3).reason == "fine"


def chance_of_failing(single: float, most: int) -> float:
    """Return the chance that the vote fails when each ballot fails with the given chance."""
    total = 0.0
    for cast in product([True, False], repeat=most):
        weight = 1.0
        for ballot in cast:
            weight *= single if not ballot else 1 - single
        total += weight * (held(list(cast), most)[0] is False)
    return total


def test_the_documented_error_rates_are_exact() -> None:
    # docs/rubrics.md states these figures.
    assert round(chance_of_failing(0.05, 3), 4) == 0.0049
    assert round(1 - chance_of_failing(0.95, 3), 4) == 0.0524
    assert round(chance_of_failing(0.05, 5), 4) == 0.0007
    assert round(1 - chance_of_failing(0.95, 5), 4) == 0.0505
