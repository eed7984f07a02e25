"""Facts about reading the results of a batch."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_results import read_result
from evalgate.model.chat import CallFailure, Completion, FailureKind, Usage
from evalgate.model.content import Text

MESSAGE = {
    "model": "claude-haiku-5-5",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 2},
}


def line(**result: object) -> bytes:
    return json.dumps({"custom_id": "a", "result": result}).encode()


def failure(content: bytes) -> CallFailure:
    _, result = read_result(content, {})
    assert isinstance(result, CallFailure)
    return result


def test_an_answer_is_read_like_any_other() -> None:
    headers = {"request-id": "of the download", "anthropic-ratelimit-requests-limit": "1"}
    assert read_result(line(type="succeeded", message=MESSAGE), headers) == (
        "a",
        Completion(
            text="Hello",
            model="claude-haiku-5-5",
            stop_reason="end_turn",
            usage=Usage(input_tokens=3, output_tokens=2),
            latency_ms=0,
            blocks=(Text(text="Hello"),),
        ),
    )


def test_a_simulated_answer_says_so() -> None:
    _, answer = read_result(line(type="succeeded", message=MESSAGE), {"x-evalgate-simulator": "1"})
    assert isinstance(answer, Completion)
    assert answer.simulated


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "invalid_request_error"}, FailureKind.REQUEST),
        ({"type": "authentication_error"}, FailureKind.AUTHENTICATION),
        ({"type": "not_found_error"}, FailureKind.MODEL_NOT_FOUND),
        ({"type": "overloaded_error"}, FailureKind.OVERLOADED),
        ({"type": "api_error"}, FailureKind.SERVER),
        ({"type": "request_too_large"}, FailureKind.TOO_LARGE),
        (
            {
                "type": "rate_limit_error",
                "details": {"error_code": "enforced_spend_limit_reached"},
            },
            FailureKind.SPEND_LIMIT,
        ),
        ({"type": ["odd"]}, FailureKind.SERVER),
        (None, FailureKind.SERVER),
    ],
)
def test_an_error_is_told_by_its_type(error: object, kind: FailureKind) -> None:
    assert failure(line(type="errored", error={"type": "error", "error": error})).kind is kind


def test_what_the_server_said_is_one_short_printable_line() -> None:
    error = {"type": "api_error", "message": "a\n::error::\x1b[31m" + "b" * 10_000}
    message = failure(line(type="errored", error={"error": error})).message
    assert message.startswith("api_error in the batch: a ::error:: [31mbbb")
    assert message.isprintable()
    assert len(message) < 300


@pytest.mark.parametrize("end", ["expired", "canceled"])
def test_a_request_that_the_batch_did_not_come_to_has_expired(end: str) -> None:
    told = failure(line(type=end))
    assert told.kind is FailureKind.EXPIRED
    assert end in told.message or "ended" in told.message


@pytest.mark.parametrize(
    "content",
    [
        line(type="new"),
        line(type=["odd"]),
        line(),
        line(type="succeeded", message=None),
        line(type="succeeded", message=MESSAGE | {"stop_reason": None}),
        b'{"custom_id": "a"}',
    ],
)
def test_a_result_that_tells_nothing_is_malformed(content: bytes) -> None:
    assert read_result(content, {})[0] == "a"
    assert failure(content).kind is FailureKind.MALFORMED


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"custom_id": 1}']
)
def test_a_line_without_an_id_is_a_failure_of_nobody(content: bytes) -> None:
    identity, result = read_result(content, {})
    assert identity == ""
    assert isinstance(result, CallFailure)


@given(st.binary(max_size=50))
def test_no_line_of_any_content_raises(content: bytes) -> None:
    read_result(content, {})
