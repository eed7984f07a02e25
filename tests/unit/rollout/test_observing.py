"""What counts as one observation of a unit, by each criterion."""

import random
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.concurrent import Observation
from evalgate.model.call import Arm
from evalgate.model.exposure import Exposure, Score
from evalgate.model.rollout import Criterion
from evalgate.rollout.observing import (
    GUARDRAILS,
    PATIENCE,
    Scoring,
    observed,
    outcomes_of,
    scored,
)
from tests.unit.rollout.traffic import START, call, score

LATER = START + 2 * PATIENCE


def seen(criterion: Criterion, *calls: Exposure) -> list[tuple[float, bool, float]]:
    """Return the observations by a guardrail: seconds after the start, arm, value."""
    found = observed(calls, GUARDRAILS[criterion])
    return [(each.at - START, each.is_canary, each.value) for each in found]


def judged(calls: Sequence[Exposure], scores: Sequence[Score], *, now: float = LATER) -> Scoring:
    return scored(calls, outcomes_of(scores), now=now)


def shortfalls(scoring: Scoring) -> list[float]:
    return [each.value for each in scoring.observations]


# One observation for each unit


def test_a_unit_counts_once_by_its_first_call() -> None:
    calls = [call(at, "a", canary=True, failed=at > 0) for at in range(20)]
    assert seen(Criterion.ERRORS, *calls, call(30, "b")) == [(0, True, 0.0), (30, False, 0.0)]


def test_each_criterion_takes_the_first_call_that_it_has_a_word_about() -> None:
    calls = [
        call(1, "a", failed=True),
        call(2, "a", is_fresh=False, latency_ms=2, cost_usd=0.0),
        call(3, "a", refused=True, latency_ms=None, cost_usd=0.03),
        call(4, "a", latency_ms=44, cost_usd=0.04),
    ]
    assert seen(Criterion.ERRORS, *calls) == [(1, False, 1.0)]
    assert seen(Criterion.REFUSALS, *calls) == [(2, False, 0.0)]
    assert seen(Criterion.COST, *calls) == [(3, False, 0.03)]
    assert seen(Criterion.LATENCY, *calls) == [(4, False, 44.0)]


def test_without_a_call_that_it_has_a_word_about_a_unit_does_not_count() -> None:
    calls = [call(at, "a", latency_ms=None, cost_usd=None) for at in range(3)]
    assert seen(Criterion.LATENCY, *calls) == seen(Criterion.COST, *calls) == []
    assert seen(Criterion.LATENCY) == []


def test_a_refusal_is_no_error_and_an_error_is_no_refusal() -> None:
    assert seen(Criterion.REFUSALS, call(1, "a", refused=True)) == [(1, False, 1.0)]
    assert seen(Criterion.ERRORS, call(1, "a", refused=True)) == [(1, False, 0.0)]
    assert seen(Criterion.REFUSALS, call(1, "a", refused=True, failed=True)) == []
    assert seen(Criterion.ERRORS, call(1, "a", failed=True)) == [(1, False, 1.0)]


@pytest.mark.parametrize("silent", [call(1, "a", failed=True), call(1, "a", is_fresh=False)])
def test_remembered_and_failed_answers_say_nothing_of_time_and_money(silent: Exposure) -> None:
    assert seen(Criterion.LATENCY, silent) == seen(Criterion.COST, silent) == []


def test_an_answer_that_cost_nothing_and_took_no_time_counts() -> None:
    free = call(1, "a", latency_ms=0, cost_usd=0.0)
    assert seen(Criterion.LATENCY, free) == seen(Criterion.COST, free) == [(1, False, 0.0)]


def test_the_guardrails_are_all_criteria_but_quality() -> None:
    assert {*GUARDRAILS} == {*Criterion} - {Criterion.QUALITY}


# How good an answer was


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([1.0], 1.0),
        ([0.0], 0.0),
        ([0.8, 0.3, 1.0], 0.3),
        ([0.0, 1.0], 0.0),
        ([None], None),
        ([1.0, None], None),
        ([None, 1.0], None),
        ([0.0, None, 0.0], None),
    ],
)
def test_an_answer_is_as_good_as_by_its_worst_criterion(
    outcomes: list[float | None], expected: float | None
) -> None:
    asked = call(1, "a")
    told = [score(asked, each, f"criterion {place}") for place, each in enumerate(outcomes)]
    assert outcomes_of(told) == {asked.request_id: expected}


SCORES = st.lists(
    st.builds(
        Score,
        request_id=st.sampled_from("abc"),
        outcome=st.sampled_from([None, 0.0, 0.2, 1.0]),
        criterion=st.sampled_from(["", "x"]),
    ),
    max_size=12,
)


@given(SCORES, st.randoms(use_true_random=False))
def test_neither_the_order_of_scores_nor_their_number_matters(
    scores: list[Score], order: random.Random
) -> None:
    assert outcomes_of([*order.sample(scores, len(scores)), *scores]) == outcomes_of(scores)


def test_a_unit_is_judged_by_its_first_answer_with_a_score() -> None:
    calls = [call(at, unit, canary=True) for at, unit in enumerate("aabba")]
    scores = [score(calls[1], 0.25), score(calls[3], 1.0), score(calls[4], 0.0)]
    found = judged(calls, scores)
    assert found.observations == (
        Observation(START + 1, True, 0.75),
        Observation(START + 3, True, 0.0),
    )


def test_a_call_that_was_not_sampled_counts_where_it_has_a_score() -> None:
    asked = call(1, "a", sampled=None)
    assert shortfalls(judged([asked], [score(asked, 0.5)])) == [0.5]


def test_a_failed_call_is_no_bad_answer() -> None:
    failed = call(1, "a", failed=True, sampled=1.0)
    assert judged([failed], [score(failed, 0.0)]) == Scoring(observations=(), unknown=(0, 0))
    assert judged([failed], []) == Scoring(observations=(), unknown=(0, 0))


def test_a_score_of_a_call_that_is_not_there_says_nothing() -> None:
    assert judged([], [score(call(1, "a"), 0.0)]) == Scoring(observations=(), unknown=(0, 0))


# What has no score


def test_a_sampled_call_without_a_score_is_unknown_after_an_hour() -> None:
    asked = call(0, "a", canary=True, sampled=0.5)
    assert PATIENCE == 3600
    assert judged([asked], [], now=START + PATIENCE).unknown == (0, 0)
    assert judged([asked], [], now=START + PATIENCE + 0.1).unknown == (0, 1)
    assert judged([asked], [score(asked, 0.9)]).unknown == (0, 0)


def test_a_score_without_an_outcome_is_unknown_at_once() -> None:
    for sampled in (None, 0.5):
        asked = call(0, "a", sampled=sampled)
        found = judged([asked], [score(asked, None)], now=START + 1)
        assert found == Scoring(observations=(), unknown=(1, 0))


def test_a_call_that_was_not_sampled_is_not_waited_for() -> None:
    assert judged([call(0, "a", sampled=None)], []).unknown == (0, 0)


def test_a_unit_whose_first_sampled_call_has_no_score_is_unknown_once() -> None:
    calls = [call(at, "a", canary=True, sampled=1.0) for at in range(20)]
    calls += [call(30, "b", sampled=1.0), call(31, "b", sampled=1.0)]
    found = judged(calls, [score(calls[7], 1.0), score(calls[20], 1.0)])
    assert found.unknown == (0, 1)
    # Another answer stands in for it all the same.
    assert shortfalls(found) == [0.0, 0.0]


def test_a_call_whose_score_may_yet_come_leaves_the_word_to_the_next_one() -> None:
    calls = [call(0, "a", sampled=1.0), call(5, "a", sampled=1.0)]
    found = judged(calls, [score(calls[1], None)], now=START + 10)
    assert found.unknown == (1, 0)


# Calls that were likelier to be sampled


def sampled_at(number: int, probability: float, *, canary: bool = True) -> Exposure:
    return call(number, f"u{number}", canary=canary, sampled=probability)


def test_calls_of_one_probability_count_all() -> None:
    calls = [sampled_at(number, 0.07) for number in range(300)]
    scores = [score(each, 1.0) for each in calls]
    assert len(judged(calls, scores).observations) == 300


def test_calls_that_were_likelier_to_be_sampled_count_with_the_chance_of_the_others() -> None:
    usual = [sampled_at(number, 0.2) for number in range(100)]
    raised = [sampled_at(number, 0.8) for number in range(100, 2100)]
    calls = [*usual, *raised]
    found = judged(calls, [score(each, float(each in usual)) for each in calls])
    assert shortfalls(found).count(0.0) == 100
    # A quarter of 2,000, give or take four standard errors.
    assert 422 < shortfalls(found).count(1.0) < 578


def test_which_of_them_count_does_not_change_from_look_to_look() -> None:
    calls = [sampled_at(0, 0.1), *(sampled_at(number, 1.0) for number in range(1, 200))]
    scores = [score(each, 1.0) for each in calls]
    first = judged(calls, scores).observations
    assert judged(calls[:100], scores, now=LATER + 9).observations == tuple(
        each for each in first if each.at < START + 100
    )


def test_each_arm_is_levelled_by_itself() -> None:
    # The canary is sampled as a whole, the other arm one in a hundred: neither loses a call.
    calls = [sampled_at(number, 1.0) for number in range(50)]
    calls += [sampled_at(number, 0.01, canary=False) for number in range(50, 100)]
    assert len(judged(calls, [score(each, 1.0) for each in calls]).observations) == 100


def test_what_is_left_out_to_level_is_not_unknown_either() -> None:
    calls = [sampled_at(0, 0.001), *(sampled_at(number, 1.0) for number in range(1, 500))]
    assert judged(calls, []).unknown[1] < 20


def test_failed_calls_do_not_set_the_level() -> None:
    failed = call(0, "f", canary=True, failed=True, sampled=0.001)
    calls = [failed, *(sampled_at(number, 1.0) for number in range(1, 50))]
    assert len(judged(calls, [score(each, 1.0) for each in calls]).observations) == 49


@pytest.mark.parametrize("raised", [1.0, 0.5])
def test_an_arm_whose_bad_answers_are_sampled_more_is_judged_without_bias(raised: float) -> None:
    rng = random.Random(f"raised {raised}")  # noqa: S311 - repeatable draws, no secret
    calls, scores = [], []
    for number, canary in product(range(20_000), (False, True)):
        is_bad = rng.random() < 0.1
        # The canary's bad answers smell, and what smells is sampled more often.
        probability = raised if is_bad and canary else 0.1
        if rng.random() < probability:
            asked = call(number, f"{canary}{number}", canary=canary, sampled=probability)
            calls.append(asked)
            scores.append(score(asked, float(not is_bad)))
    found = judged(calls, scores).observations
    for is_canary in (False, True):
        values = [each.value for each in found if each.is_canary is is_canary]
        assert len(values) > 1700
        # Standard error .007.
        assert sum(values) / len(values) == pytest.approx(0.1, abs=0.02)


# Whatever the lines are


CALLS = st.lists(
    st.builds(
        call,
        st.integers(0, 9000).map(float),
        st.sampled_from("abcdef"),
        failed=st.booleans(),
        is_fresh=st.booleans(),
        latency_ms=st.sampled_from([None, 5, 900]),
        sampled=st.sampled_from([None, 0.2, 1.0]),
    ),
    max_size=30,
    unique_by=lambda each: each.request_id,
)


@given(CALLS, st.data())
def test_no_unit_counts_twice_by_any_criterion(calls: list[Exposure], data: st.DataObject) -> None:
    outcomes = st.sampled_from([None, 0.0, 0.5, 1.0])
    scores = [score(each, data.draw(outcomes)) for each in calls if data.draw(st.booleans())]
    units = {each.unit for each in calls}
    for value in GUARDRAILS.values():
        assert len([*observed(calls, value)]) <= len(units)
    found = judged(calls, scores)
    assert len(found.observations) <= len(units)
    assert sum(found.unknown) <= len(units)
    assert not any(each.is_canary for each in found.observations)
    assert all(each.arm is Arm.STABLE for each in calls)
