"""Builds responses in the shape of the Messages API: messages, errors and broken replies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from evalgate.model.content import Text, ToolCall
from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.limits import TOLERANCE
from evalgate.simulator.reply import Reply
from evalgate.simulator.wire import Rejection

REJECTIONS: Mapping[FaultKind, Rejection] = {
    FaultKind.RATE_LIMIT: Rejection(
        status=429, kind="rate_limit_error", message="simulated: too many requests"
    ),
    FaultKind.SPEND_LIMIT: Rejection(
        status=429,
        kind="rate_limit_error",
        message="simulated: the spend limit is reached",
        code="enforced_spend_limit_reached",
    ),
    FaultKind.OVERLOADED: Rejection(
        status=529, kind="overloaded_error", message="simulated: overloaded"
    ),
    FaultKind.SERVER_ERROR: Rejection(
        status=500, kind="api_error", message="simulated: internal server error"
    ),
    FaultKind.TIMEOUT: Rejection(
        status=504, kind="timeout_error", message="simulated: the request timed out"
    ),
    FaultKind.BAD_KEY: Rejection(
        status=401, kind="authentication_error", message="simulated: the key is not valid"
    ),
}
"""The faults that are answers of the service, and what it says then."""

_PAGE = b"<!doctype html><title>simulated</title><p>Simulated: a page from a proxy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response. Every one of them says that it comes from the simulator."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def as_json(data: object) -> bytes:
    """Return data as JSON without blanks."""
    return json.dumps(data, separators=(",", ":")).encode()


def message_of(reply: Reply, *, model: str, key: str, tier: str = "standard") -> dict[str, object]:
    """Return a reply as the API writes it.

    Args:
        reply: what the simulated model says.
        model: the model that the message names.
        key: what the id of the message is made of.
        tier: the service tier that the usage names.
    """
    return {
        "id": f"msg_{key}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [_block(block) for block in reply.blocks],
        "container": None,
        "diagnostics": None,
        "stop_reason": reply.stop_reason,
        "stop_sequence": None,
        "stop_details": _stop_details(reply.stop_reason),
        "usage": _usage(reply, tier),
    }


def error_of(rejection: Rejection, *, key: str) -> dict[str, object]:
    """Return an error as the API writes it."""
    error: dict[str, object] = {"type": rejection.kind, "message": rejection.message}
    if rejection.code:
        error["details"] = {"error_code": rejection.code}
    return {"type": "error", "error": error, "request_id": f"req_{key}"}


def carrying(data: object, *, key: str, status: int = 200) -> Response:
    """Return the response that carries data as JSON."""
    return Response(status=status, headers=_headers(key), body=as_json(data))


def rejected(rejection: Rejection, *, key: str) -> Response:
    """Return the response that carries an error."""
    return carrying(error_of(rejection, key=key), key=key, status=rejection.status)


def limited(seconds: float, *, key: str) -> Response:
    """Return the response to a request over the rate limit, which may come again in so long."""
    error = rejected(REJECTIONS[FaultKind.RATE_LIMIT], key=key)
    return _with_header(error, "retry-after", str(max(1, ceil(seconds - TOLERANCE))))


def failed(fault: Fault, response: Response, *, key: str) -> Response:
    """Return what a fault makes of a response; faults of the reply and the line leave it alone."""
    if fault.kind in REJECTIONS:
        error = rejected(REJECTIONS[fault.kind], key=key)
        waits = fault.kind is FaultKind.RATE_LIMIT
        return _with_header(error, "retry-after", f"{fault.seconds:g}") if waits else error
    if fault.kind is FaultKind.HTML:
        return replace(_with_header(response, "content-type", "text/html"), body=_PAGE)
    if fault.kind is FaultKind.BROKEN_JSON:
        return replace(response, body=response.body[: len(response.body) // 2])
    return response


def _with_header(response: Response, name: str, value: str) -> Response:
    return replace(response, headers={**response.headers, name: value})


def _headers(key: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "request-id": f"req_{key}",
        "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
        "x-evalgate-simulator": "1",
    }


def _usage(reply: Reply, tier: str) -> dict[str, object]:
    return {
        "input_tokens": reply.usage.input_tokens,
        "output_tokens": reply.usage.output_tokens,
        "output_tokens_details": {"thinking_tokens": 0},
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "server_tool_use": None,
        "service_tier": tier,
        "speed": "standard",
        "inference_geo": "not_available",
    }


def _block(block: Text | ToolCall) -> dict[str, object]:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text, "citations": None}
    named = {"type": "tool_use", "id": block.id, "name": block.name, "input": dict(block.input)}
    return {**named, "caller": {"type": "direct"}, "toolset_name": None}


def _stop_details(stop_reason: str) -> dict[str, str | None] | None:
    if stop_reason != "refusal":
        return None
    return {"type": "refusal", "category": None, "explanation": "Simulated: refused."}
