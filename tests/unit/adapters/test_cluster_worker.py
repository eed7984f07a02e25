"""What travels through a cluster: it arrives as it was sent, and shows nothing on the way."""

import pickle

import pytest

from evalgate.adapters.cluster_worker import Errand
from evalgate.model.chat import (
    Allowance,
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    Purpose,
    RateLimits,
    Usage,
)
from evalgate.model.content import Attachment, Opaque, Text, Tool, ToolCall, ToolResult, Turn

CALL = ToolCall(id="t1", name="look", input={"at": [1, {"deep": None}]})
REQUEST = ChatRequest(
    model="claude-sonnet-5-5",
    max_tokens=64,
    turns=(
        Turn(role="user", content="half a pair: \ud800"),
        Turn(role="assistant", content=(Text(text="x"), CALL, Opaque(data={"type": "thinking"}))),
        Turn(role="user", content=(ToolResult(call="t1", content="seen", failed=True),)),
        Turn(
            role="user",
            content=(
                Attachment(name="a.png", media_type="image/png", content=b"\x00", sha256="0"),
            ),
        ),
    ),
    system="Be brief.",
    effort="low",
    output_schema={"type": "object"},
    tools=(Tool(name="look", description="Looks.", input_schema={"type": "object"}),),
    trial="case/1",
    sample=2,
    purpose=Purpose.JUDGE,
    fence="f",
    caches_prefix=True,
    route="eu",
)
LIMITS = RateLimits(requests=Allowance(limit=50, remaining=3))
COMPLETION = Completion(
    text="x",
    model="claude-sonnet-5-5",
    stop_reason="tool_use",
    usage=Usage(input_tokens=1, output_tokens=2, cache_read_tokens=3),
    latency_ms=4,
    request_id="req_1",
    simulated=True,
    blocks=(Text(text="x"), CALL),
    tool_calls=(CALL,),
    limits=LIMITS,
)
FAILURE = CallFailure(
    kind=FailureKind.RATE_LIMIT, message="slow down", retry_after=1.5, request_id="r", limits=LIMITS
)


@pytest.mark.parametrize("value", [REQUEST, COMPLETION, FAILURE], ids=["asked", "said", "failed"])
def test_what_is_asked_and_answered_survives_the_way(
    value: ChatRequest | Completion | CallFailure,
) -> None:
    arrived = pickle.loads(pickle.dumps(value))  # noqa: S301 - as Dask does
    assert arrived == value
    assert repr(arrived) == repr(value), "fields that do not count for equality travel too"


def test_an_errand_shows_nothing_of_the_request_where_dask_would_log_it() -> None:
    errand = Errand(ticket="t", process="p", link="l", request=pickle.dumps(REQUEST), within=1.0)
    assert "Be brief" not in repr(errand)
    assert "request" not in repr(errand)
