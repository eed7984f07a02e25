"""Facts about how long calls take."""

import pytest

from evalgate.model.chat import Allowance, RateLimits
from evalgate.model.policy import RunSettings
from evalgate.running.duration import (
    Bottleneck,
    Duration,
    run_time,
    stated_limits,
    time_by_concurrency,
    time_by_limits,
)
from evalgate.running.estimate import Estimate
from evalgate.running.size import Forecast
from evalgate.running.spending import Load

ANSWERS, JUDGE = ("", "haiku"), ("", "sonnet")


def load(calls: int, input_tokens: int, output_tokens: int) -> Load:
    return Load(
        calls=Forecast(expected=calls, most=10 * calls),
        input_tokens=Forecast(expected=input_tokens, most=10 * input_tokens),
        output_tokens=Forecast(expected=output_tokens, most=10 * output_tokens),
    )


def limits(
    requests: int | None, input_tokens: int | None = None, output_tokens: int | None = None
) -> RateLimits:
    return RateLimits(
        requests=allowance(requests),
        input_tokens=allowance(input_tokens),
        output_tokens=allowance(output_tokens),
    )


def allowance(limit: int | None) -> Allowance | None:
    return None if limit is None else Allowance(limit=limit, remaining=limit // 2)


@pytest.mark.parametrize(
    ("rates", "seconds", "decides"),
    [
        (limits(50, 1_000_000, 1_000_000), 120.0, Bottleneck.REQUESTS),
        (limits(5_000, 20_000, 1_000_000), 150.0, Bottleneck.INPUT_TOKENS),
        (limits(5_000, 1_000_000, 1_000), 600.0, Bottleneck.OUTPUT_TOKENS),
        (limits(None, None, 1_000), 600.0, Bottleneck.OUTPUT_TOKENS),
    ],
)
def test_the_slowest_limit_decides(rates: RateLimits, seconds: float, decides: Bottleneck) -> None:
    lanes = {ANSWERS: load(100, 50_000, 10_000)}
    assert time_by_limits(lanes, {ANSWERS: rates}) == Duration(
        seconds=seconds, decided_by=decides, model="haiku"
    )


def test_each_model_has_its_own_limits_and_the_slower_one_decides() -> None:
    lanes = {ANSWERS: load(100, 0, 0), JUDGE: load(300, 0, 0)}
    found = time_by_limits(lanes, dict.fromkeys(lanes, limits(100)))
    assert found == Duration(seconds=180.0, decided_by=Bottleneck.REQUESTS, model="sonnet")


def test_without_a_known_limit_there_is_no_answer() -> None:
    lanes = {ANSWERS: load(100, 1, 1)}
    assert time_by_limits(lanes, {}) is None
    assert time_by_limits(lanes, {JUDGE: limits(1)}) is None
    assert time_by_limits(lanes, {ANSWERS: RateLimits()}) is None


def test_a_limit_of_nothing_is_taken_as_one() -> None:
    none = RateLimits(requests=Allowance(limit=0, remaining=0))
    found = time_by_limits({ANSWERS: load(10, 0, 0)}, {ANSWERS: none})
    assert found is not None
    assert found.seconds == 600.0


def test_trials_in_flight_share_the_work_but_one_trial_is_not_divided() -> None:
    long = Estimate(work_seconds=1_000.0, longest_trial=5.0)
    few = Estimate(work_seconds=10.0, longest_trial=5.0)
    assert time_by_concurrency(long, 10).seconds == 100.0
    assert time_by_concurrency(few, 10).seconds == 5.0


def test_a_run_takes_as_long_as_the_slower_of_concurrency_and_limits() -> None:
    estimate = Estimate(lanes={ANSWERS: load(100, 0, 0)}, work_seconds=960.0)
    fast = run_time(estimate, RunSettings(concurrency=16, requests_per_minute=6_000))
    slow = run_time(estimate, RunSettings(concurrency=16, requests_per_minute=10))
    unknown = run_time(estimate, RunSettings(concurrency=16))
    assert fast == unknown == Duration(seconds=60.0, decided_by=Bottleneck.CONCURRENCY)
    assert slow == Duration(seconds=600.0, decided_by=Bottleneck.REQUESTS, model="haiku")


def test_a_policy_states_each_limit_or_none() -> None:
    stated = stated_limits(RunSettings(input_tokens_per_minute=7))
    assert stated.requests is None
    assert stated.output_tokens is None
    assert stated.input_tokens is not None
    assert stated.input_tokens.limit == 7
    assert stated_limits(RunSettings()) == RateLimits()
