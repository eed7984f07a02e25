import json
from typing import cast

import pytest

from evalgate.model.chat import Usage
from evalgate.model.content import ToolCall
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.reply import Reply
from evalgate.simulator.response import Response, carrying, failed, limited, message_of, rejected
from evalgate.simulator.wire import Rejection

KEY = "0123456789abcdef01234567"
USAGE = Usage(input_tokens=3, output_tokens=2)
REPLY = Reply(text="Hello", stop_reason="end_turn", usage=USAGE)
GOOD = carrying(message_of(REPLY, model="claude-haiku-5-5", key=KEY), key=KEY)


def data(response: Response) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(response.body))


def test_a_message_carries_the_reply() -> None:
    message = data(GOOD)
    assert GOOD.status == 200
    assert message["content"] == [{"type": "text", "text": "Hello", "citations": None}]
    assert (message["stop_reason"], message["stop_details"]) == ("end_turn", None)
    assert (message["type"], message["role"]) == ("message", "assistant")
    assert (message["id"], message["model"]) == (f"msg_{KEY}", "claude-haiku-5-5")


def test_an_empty_reply_has_no_content_block() -> None:
    empty = Reply(text="", stop_reason="end_turn", usage=USAGE)
    assert message_of(empty, model="m", key=KEY)["content"] == []


def test_a_reply_that_calls_tools_has_a_block_for_each_call() -> None:
    call = ToolCall(id="toolu_1", name="get", input={"a": [1]})
    calling = Reply(text="Wait.", stop_reason="tool_use", usage=USAGE, calls=(call,))
    message = message_of(calling, model="m", key=KEY)
    assert message["stop_reason"] == "tool_use"
    assert message["content"] == [
        {"type": "text", "text": "Wait.", "citations": None},
        {
            "type": "tool_use",
            "id": "toolu_1",
            "name": "get",
            "input": {"a": [1]},
            "caller": {"type": "direct"},
            "toolset_name": None,
        },
    ]


def test_a_refusal_has_details() -> None:
    refused = Reply(text="", stop_reason="refusal", usage=USAGE)
    details = message_of(refused, model="m", key=KEY)["stop_details"]
    assert details == {"type": "refusal", "category": None, "explanation": "Simulated: refused."}


def test_the_service_tier_is_told_in_the_usage() -> None:
    usage = message_of(REPLY, model="m", key=KEY, tier="batch")["usage"]
    assert cast("dict[str, object]", usage)["service_tier"] == "batch"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "1"), (0.01, "1"), (1.0, "1"), (1.0000001, "1"), (1.5, "2"), (59.2, "60")],
)
def test_a_rate_limit_tells_whole_seconds_to_wait(seconds: float, told: str) -> None:
    response = limited(seconds, key=KEY)
    error = cast("dict[str, object]", data(response)["error"])
    assert (response.status, error["type"]) == (429, "rate_limit_error")
    assert response.headers["retry-after"] == told


def test_an_error_has_the_shape_of_the_api() -> None:
    response = rejected(Rejection(status=404, kind="not_found_error", message="no"), key=KEY)
    assert response.status == 404
    assert data(response) == {
        "type": "error",
        "error": {"type": "not_found_error", "message": "no"},
        "request_id": f"req_{KEY}",
    }


@pytest.mark.parametrize(
    "response",
    [GOOD, rejected(Rejection(status=400, kind="k", message="m"), key=KEY), limited(1, key=KEY)]
    + [failed(Fault(kind=kind), GOOD, key=KEY) for kind in FaultKind],
)
def test_every_response_says_that_it_is_simulated_and_has_a_request_id(response: Response) -> None:
    assert response.headers["x-evalgate-simulator"] == "1"
    assert response.headers["request-id"] == f"req_{KEY}"


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        (FaultKind.RATE_LIMIT, 429, "rate_limit_error"),
        (FaultKind.SPEND_LIMIT, 429, "rate_limit_error"),
        (FaultKind.OVERLOADED, 529, "overloaded_error"),
        (FaultKind.SERVER_ERROR, 500, "api_error"),
        (FaultKind.TIMEOUT, 504, "timeout_error"),
        (FaultKind.BAD_KEY, 401, "authentication_error"),
    ],
)
def test_a_fault_of_the_service_is_an_error(kind: FaultKind, status: int, error: str) -> None:
    response = failed(Fault(kind=kind), GOOD, key=KEY)
    said = cast("dict[str, object]", data(response)["error"])
    assert (response.status, said["type"]) == (status, error)


def test_only_a_rate_limit_says_when_to_retry() -> None:
    waiting = {
        kind
        for kind in FaultKind
        if "retry-after" in failed(Fault(kind=kind), GOOD, key=KEY).headers
    }
    assert waiting == {FaultKind.RATE_LIMIT}
    limited = failed(Fault(kind=FaultKind.RATE_LIMIT, seconds=2.5), GOOD, key=KEY)
    assert limited.headers["retry-after"] == "2.5"


def test_only_a_spend_limit_has_a_code() -> None:
    error = cast(
        "dict[str, object]", data(failed(Fault(kind=FaultKind.SPEND_LIMIT), GOOD, key=KEY))["error"]
    )
    assert error["details"] == {"error_code": "enforced_spend_limit_reached"}


def test_html_comes_with_status_200() -> None:
    response = failed(Fault(kind=FaultKind.HTML), GOOD, key=KEY)
    assert (response.status, response.headers["content-type"]) == (200, "text/html")
    assert response.body.startswith(b"<!doctype html>")


def test_broken_json_is_half_of_the_body() -> None:
    response = failed(Fault(kind=FaultKind.BROKEN_JSON), GOOD, key=KEY)
    assert GOOD.body.startswith(response.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.body)


@pytest.mark.parametrize(
    "kind", [FaultKind.CUT, FaultKind.DROPPED, FaultKind.SLOW, FaultKind.TRUNCATED]
)
def test_faults_of_the_reply_and_of_the_line_leave_the_response_alone(kind: FaultKind) -> None:
    assert failed(Fault(kind=kind), GOOD, key=KEY) == GOOD
