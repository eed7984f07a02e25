from datetime import datetime
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.simulator.limits import (
    TOLERANCE,
    UNLIMITED,
    Limits,
    Meter,
    first_stated,
    instant,
)

START = 1_800_000_000.0
RPM_60 = Limits(requests_per_minute=60)
PREFIX = "anthropic-ratelimit"


def meter(limits: Limits) -> Meter:
    return Meter(limits, now=START)


def told(
    running: Meter, *, now: float = START, output: int = 0
) -> dict[str, tuple[int, int, float]]:
    """Return limit, rest, and seconds to the full refill, by name."""
    headers = running.settle(output, now=now)
    return {
        name: (
            int(headers[f"{PREFIX}-{name}-limit"]),
            int(headers[f"{PREFIX}-{name}-remaining"]),
            datetime.fromisoformat(headers[f"{PREFIX}-{name}-reset"]).timestamp() - now,
        )
        for name in ("requests", "input-tokens", "output-tokens", "tokens")
    }


def test_without_limits_everyone_is_let_in() -> None:
    free = meter(Limits())
    assert not free.is_limited
    assert {free.admit(10**9, now=START) for _ in range(1_000)} == {None}


def test_without_limits_the_headers_state_rates_that_nobody_reaches() -> None:
    state = told(meter(Limits()), output=10**6)
    assert {name: state[name] for name in UNLIMITED} == {
        name: (limit, limit, 0) for name, limit in UNLIMITED.items()
    }


def test_the_headers_of_a_server_without_limits_go_with_the_time() -> None:
    free = meter(Limits())
    assert told(free, now=START)["requests"][2] == told(free, now=START + 5)["requests"][2] == 0


def test_a_minutes_worth_can_be_taken_at_once_and_no_more() -> None:
    running = meter(RPM_60)
    waits = [running.admit(1, now=START) for _ in range(61)]
    assert waits == [None] * 60 + [1.0]


def test_a_burst_is_a_share_of_a_minute() -> None:
    running = meter(Limits(requests_per_minute=60, burst=0.1))
    assert [running.admit(1, now=START) for _ in range(7)].count(None) == 6
    assert told(running)["requests"] == (60, 0, 6)


def test_the_smallest_bucket_holds_one_request() -> None:
    running = meter(Limits(requests_per_minute=6, burst=0.001))
    assert told(running)["requests"] == (6, 1, 0)
    assert [running.admit(1, now=START) for _ in range(2)] == [None, 10.0]


def test_a_request_that_is_turned_away_takes_nothing() -> None:
    running = meter(Limits(requests_per_minute=60, input_tokens_per_minute=100))
    assert running.admit(100, now=START) is None
    assert running.admit(50, now=START) == 30.0
    assert told(running)["requests"][1] == 59
    assert running.admit(50, now=START + 30) is None


def test_the_longest_wait_counts() -> None:
    running = meter(Limits(requests_per_minute=1, input_tokens_per_minute=100))
    assert running.admit(100, now=START) is None
    assert running.admit(10, now=START) == 60.0


def test_a_request_larger_than_the_bucket_waits_for_a_full_one_and_leaves_a_debt() -> None:
    running = meter(Limits(input_tokens_per_minute=60))
    assert running.admit(120, now=START) is None
    assert told(running)["input-tokens"] == (60, 0, 120)
    assert running.admit(1, now=START) == 61.0
    assert running.admit(120, now=START + 119) == 1.0
    assert running.admit(120, now=START + 120) is None


def test_output_is_taken_when_the_answer_is_made_and_its_debt_keeps_others_out() -> None:
    running = meter(Limits(output_tokens_per_minute=60))
    assert running.admit(1, now=START) is None
    assert told(running, output=90)["output-tokens"] == (60, 0, 90)
    assert running.admit(1, now=START) == 31.0
    assert running.admit(1, now=START + 31) is None


def test_the_rest_of_requests_and_of_small_limits_is_told_exactly() -> None:
    running = meter(Limits(requests_per_minute=20_000, input_tokens_per_minute=9_999))
    running.admit(1_234, now=START)
    state = told(running)
    assert state["requests"][:2] == (20_000, 19_999)
    assert state["input-tokens"][:2] == (9_999, 8_765)


def test_the_rest_of_large_token_limits_is_told_in_thousands() -> None:
    running = meter(Limits(input_tokens_per_minute=10_000, output_tokens_per_minute=50_000))
    running.admit(1_400, now=START)
    state = told(running, output=1_600)
    assert state["input-tokens"][:2] == (10_000, 9_000)
    assert state["output-tokens"][:2] == (50_000, 48_000)


def test_tokens_are_the_sum_of_input_and_output_and_full_with_the_later_one() -> None:
    running = meter(Limits(input_tokens_per_minute=100, output_tokens_per_minute=200))
    running.admit(40, now=START)
    assert told(running, output=100)["tokens"] == (300, 160, 30)


def test_a_reset_is_never_told_too_early() -> None:
    running = meter(RPM_60)
    for _ in range(10):
        running.admit(1, now=START + 0.5)
    assert told(running, now=START + 0.75)["requests"] == (60, 50, 10.25)


def test_buckets_refill_all_the_time_and_never_over_the_brim() -> None:
    running = meter(RPM_60)
    for _ in range(60):
        running.admit(1, now=START)
    assert told(running, now=START + 2.5)["requests"][1] == 2
    assert told(running, now=START + 3_600)["requests"][1] == 60


def test_a_clock_that_is_set_back_refills_nothing() -> None:
    running = meter(RPM_60)
    for _ in range(60):
        running.admit(1, now=START)
    assert told(running, now=START - 100)["requests"][1] == 0
    assert told(running, now=START - 99)["requests"][1] == 1


def test_each_limit_is_the_first_that_is_stated() -> None:
    first = Limits(requests_per_minute=1, burst=0.5)
    second = Limits(requests_per_minute=2, output_tokens_per_minute=3, burst=1.0)
    third = Limits(input_tokens_per_minute=4, output_tokens_per_minute=5)
    assert first_stated([first, second, third]) == Limits(
        requests_per_minute=1, input_tokens_per_minute=4, output_tokens_per_minute=3, burst=0.5
    )
    assert first_stated([]) == Limits()


def test_an_instant_is_written_in_whole_seconds_of_utc() -> None:
    assert instant(0.9) == "1970-01-01T00:00:00Z"


@given(
    rate=st.integers(1, 100_000),
    burst=st.floats(0.001, 1.0),
    gaps=st.lists(st.floats(0.0, 5.0), max_size=200),
)
def test_no_stretch_of_time_lets_in_more_than_the_burst_and_its_refill(
    rate: int, burst: float, gaps: list[float]
) -> None:
    running = meter(Limits(requests_per_minute=rate, burst=burst))
    now, admitted = START, 0
    for gap in gaps:
        now += gap
        admitted += running.admit(1, now=now) is None
    most = max(1.0, rate * burst) + (now - START + TOLERANCE * len(gaps)) * rate / 60
    assert admitted <= most + 1e-6


@given(
    rates=st.tuples(*[st.integers(1, 10**7) | st.none()] * 3),
    tokens=st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), max_size=30),
)
def test_whoever_waits_as_told_is_let_in_and_not_a_moment_before(
    rates: tuple[int | None, int | None, int | None], tokens: list[tuple[int, int]]
) -> None:
    running = meter(
        Limits(
            requests_per_minute=rates[0],
            input_tokens_per_minute=rates[1],
            output_tokens_per_minute=rates[2],
        )
    )
    now = START
    for given_tokens, made_tokens in tokens:
        wait = running.admit(given_tokens, now=now)
        if wait is not None:
            assert running.admit(given_tokens, now=now + wait * 0.9 - 2 * TOLERANCE) is not None
            now += wait + TOLERANCE
            assert running.admit(given_tokens, now=now) is None
        running.settle(made_tokens, now=now)


@pytest.mark.parametrize("seconds", [1, 7, 30])
def test_a_client_that_keeps_to_the_rate_never_waits(seconds: int) -> None:
    running = meter(Limits(requests_per_minute=600, burst=0.01))
    times = [START + index / 10 for index in range(ceil(seconds * 10))]
    assert {running.admit(1, now=now) for now in times} == {None}
