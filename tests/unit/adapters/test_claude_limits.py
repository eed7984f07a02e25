"""Facts about reading the headers of rate limits and waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_limits import read_limits, retry_after
from evalgate.model.chat import Allowance, RateLimits


def header(kind: str, limit: str, remaining: str) -> dict[str, str]:
    name = f"anthropic-ratelimit-{kind}"
    return {f"{name}-limit": limit, f"{name}-remaining": remaining}


def test_each_limit_is_read_from_its_own_headers() -> None:
    headers = (
        header("requests", "50", "49")
        | header("input-tokens", "30000", "29000")
        | header("output-tokens", "8000", "0")
    )
    assert read_limits(headers) == RateLimits(
        requests=Allowance(limit=50, remaining=49),
        input_tokens=Allowance(limit=30_000, remaining=29_000),
        output_tokens=Allowance(limit=8_000, remaining=0),
    )


def test_a_response_without_limits_states_none() -> None:
    assert read_limits({"request-id": "r"}) is None
    assert read_limits(header("tokens", "1", "1")) is None


@pytest.mark.parametrize(
    "value", ["", "-1", "1.5", "1e3", "many", "\u0663", " 5", "9" * 5_000, "NaN"]
)
def test_a_limit_that_is_no_whole_number_is_not_stated(value: str) -> None:
    assert read_limits(header("requests", value, "1")) is None
    assert read_limits(header("requests", "1", value)) is None
    other = header("requests", value, "1") | header("output-tokens", "2", "1")
    assert read_limits(other) == RateLimits(output_tokens=Allowance(limit=2, remaining=1))


def test_a_limit_of_nothing_is_nonsense() -> None:
    assert read_limits(header("requests", "0", "0")) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_header_of_any_text_raises(limit: str, wait: str) -> None:
    read_limits(header("requests", limit, limit))
    seconds = retry_after({"retry-after": wait})
    assert seconds is None or seconds >= 0


def test_a_wait_in_milliseconds_is_the_more_exact_one() -> None:
    assert retry_after({"retry-after-ms": "1500", "retry-after": "2"}) == 1.5


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf", "-1", "Fri, 20 Nov 2026 00:00:00 GMT"])
def test_a_wait_that_is_no_sensible_number_is_none(value: str) -> None:
    assert retry_after({"retry-after": value}) is None
