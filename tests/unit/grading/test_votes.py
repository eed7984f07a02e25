from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.votes import is_settled, majority
from evalgate.model.trial import Grade

ROOT = Path(__file__).parents[3]

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


@pytest.mark.parametrize(
    ("cast", "passed", "asked"),
    [
        ([False, False, False, True, True], False, 3),
        ([False, True, False, True, True], True, 5),
        ([False, None, None, True, True], None, 4),
        ([False, None, None, False, False], False, 5),
        ([False, None, None, None, False], None, 4),
    ],
)
def test_five_votes(cast: list[Vote], passed: Vote, asked: int) -> None:
    assert held(cast, 5) == (passed, asked)


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


def test_the_score_is_that_of_the_side_that_wins() -> None:
    votes = [replace(grade(False), score=0.2), grade(True), replace(grade(False), score=0.6)]
    assert majority(votes, 3).score == 0.2


def test_without_a_majority_the_cause_is_that_of_the_last_vote_without_a_verdict() -> None:
    first = replace(grade(None, "it broke"), cause="call_failed")
    last = replace(grade(None, "it spoke in prose"), cause="unparsable")
    found = majority([grade(False), first, last], 3)
    assert (found.passed, found.score, found.cause) == (None, None, "unparsable")
    assert found.reason == ("No majority in 3 votes: 0 pass, 1 fail, 2 ungraded: it spoke in prose")


@given(st.sampled_from([1, 3, 5, 7]), st.data())
def test_ungraded_votes_never_decide(most: int, data: st.DataObject) -> None:
    cast = data.draw(st.lists(st.sampled_from([True, False, None]), min_size=most, max_size=most))
    passed, asked = held(cast, most)
    assert asked <= most
    if passed is not None and cast[0] is False:
        assert cast[:asked].count(passed) > most // 2


def test_a_single_vote_keeps_its_reason() -> None:
    assert majority([grade(True, "fine")], 3).reason == "fine"


def weighed(single: float, most: int) -> tuple[float, float]:
    """Return the chance that the vote fails, and the mean number of calls.

    Args:
        single: the chance that one vote fails, whatever the others do.
        most: how many votes there can be.
    """
    failing = calls = 0.0
    for cast in product([True, False], repeat=most):
        weight = prod(1 - single if vote else single for vote in cast)
        passed, asked = held(list(cast), most)
        failing += weight * (passed is False)
        calls += weight * asked
    return failing, calls


@pytest.mark.parametrize(
    ("most", "row"),
    [
        (1, "5 % | 5 % | 1 / 1 | 4.50"),
        (3, "0.4875 % | 5.2375 % | 1.10 / 2.00 | 4.71"),
        (5, "0.0701 % | 5.0457 % | 1.16 / 3.00 | 4.74"),
    ],
)
def test_the_documented_error_rates_are_exact(most: int, row: str) -> None:
    good, calls_for_good = weighed(0.05, most)
    bad, calls_for_bad = weighed(0.95, most)
    calls = f"{calls_for_good:.2f} / {calls_for_bad:.2f}".replace("1.00 / 1.00", "1 / 1")
    exact = f"{good:.4%} | {1 - bad:.4%} | {calls} | {5 * (bad - good):.2f}"
    assert exact.replace("5.0000%", "5%").replace("%", " %") == row
    assert f"| {most} | {row} points |" in (ROOT / "docs/rubrics.md").read_text()
