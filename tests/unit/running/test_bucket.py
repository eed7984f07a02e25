"""Facts about what is left of one rate limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.running.bucket import MARGIN, MOST_REQUESTS, Bucket


def bucket(level: float, *, limit: float = 600, capacity: float = 600) -> Bucket:
    return Bucket(limit=limit, level=level, at=0.0, capacity=capacity)


def test_what_is_there_can_be_taken_at_once() -> None:
    assert bucket(10).wait(1, 0.0) == 0


def test_a_few_requests_are_left_unused() -> None:
    assert bucket(MOST_REQUESTS + 1).wait(1, 0.0) == 0
    assert bucket(MOST_REQUESTS).wait(1, 0.0) == pytest.approx(0.1)


def test_a_share_of_the_tokens_is_left_unused() -> None:
    assert bucket(MARGIN * 600 + 100).wait(100, 0.0) == 0
    assert bucket(MARGIN * 600).wait(100, 0.0) == pytest.approx(10)


def test_a_bucket_fills_at_the_rate_of_its_limit() -> None:
    empty = bucket(0)
    wait = empty.wait(1, 0.0)
    assert wait == pytest.approx((1 + MOST_REQUESTS) / 10)
    assert empty.wait(1, wait / 2) == pytest.approx(wait / 2)
    assert empty.wait(1, wait + 1e-9) == 0


def test_a_bucket_does_not_fill_beyond_what_it_holds() -> None:
    small = bucket(5, capacity=5)
    small.take(5, 1000.0)
    assert small.level == 0


def test_more_than_it_holds_is_let_through_when_it_is_full_and_leaves_a_debt() -> None:
    full = bucket(5, capacity=5)
    assert full.wait(50, 0.0) == 0
    full.take(50, 0.0)
    assert full.wait(1, 0.0) > 4.5


def test_a_bucket_that_was_never_seen_to_hold_anything_lets_single_requests_through() -> None:
    dry = bucket(0, capacity=0)
    assert dry.wait(1, 0.0) == pytest.approx(0.1)


def test_a_lower_statement_is_believed_at_once() -> None:
    own = bucket(500)
    own.correct(600, 100, since=0.0, taken=0, now=0.0)
    assert own.level == 100


def test_a_higher_statement_is_believed_bit_by_bit() -> None:
    own = bucket(100)
    own.correct(600, 500, since=0.0, taken=0, now=0.0)
    assert 100 < own.level < 500
    for _ in range(200):
        own.correct(600, 500, since=0.0, taken=0, now=0.0)
    assert own.level == pytest.approx(500)


def test_a_statement_is_brought_up_to_date() -> None:
    own = bucket(600)
    own.correct(600, 100, since=0.0, taken=30, now=2.0)
    assert own.level == 100 + 2 * 10 - 30


def test_a_new_limit_changes_the_rate() -> None:
    own = bucket(0)
    own.correct(1200, 0, since=0.0, taken=0, now=0.0)
    assert own.wait(1, 0.0) == pytest.approx((1 + MOST_REQUESTS) / 20)


def test_a_small_bucket_is_known_by_what_it_is_seen_to_hold() -> None:
    own = bucket(0, capacity=0)
    own.correct(600, 10, since=0.0, taken=0, now=0.0)
    assert (own.capacity, own.wait(1000, 1000.0)) == (10, 0)
    own.correct(600, 3, since=0.0, taken=0, now=0.0)
    assert own.capacity == 10


@given(
    level=st.floats(-1e6, 1e6),
    capacity=st.floats(0, 1e6),
    limit=st.floats(1, 1e6),
    amount=st.floats(0, 1e7),
)
def test_whoever_waits_as_told_may_go(
    level: float, capacity: float, limit: float, amount: float
) -> None:
    own = bucket(min(level, capacity), limit=limit, capacity=min(capacity, limit))
    wait = own.wait(amount, 0.0)
    assert wait >= 0
    assert own.wait(amount, wait * (1 + 1e-9) + 1e-9) == 0
