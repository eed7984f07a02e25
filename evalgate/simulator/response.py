"""Builds HTTP responses in the shape of the Messages API: answers, errors and broken replies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.model.content import Text, ToolCall
from evalgate.simulator.reply import Reply
from evalgate.simulator.rules import Fault, FaultKind
from evalgate.simulator.wire import Rejection

OTHER_MODEL = "claude-simulated-other"
"""The model that answers where the fault is `wrong_model`."""

_LIMITS: Mapping[str, int] = {
    "requests": 4_000,
    "tokens": 2_400_000,
    "input-tokens": 2_000_000,
    "output-tokens": 400_000,
}

_REJECTIONS: Mapping[FaultKind, Rejection] = {
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
    FaultKind.BAD_KEY: Rejection(
        status=401, kind="authentication_error", message="simulated: the key is not valid"
    ),
}

_PAGE = b"<!doctype html><title>simulated</title><p>Simulated: a page from a proxy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response. Every one of them says that it comes from the simulator."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answered(reply: Reply, *, model: str, key: str, now: str) -> Response:
    """Return the response that carries a reply.

    Args:
        reply: what the simulated model says.
        model: the model that the response names.
        key: what the ids of message and request are made of.
        now: an RFC 3339 instant; the rate limits are full again at it.
    """
    data = {
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
        "usage": _usage(reply),
    }
    return Response(status=200, headers=_headers(key) | _limits(now), body=_json(data))


def rejected(rejection: Rejection, *, key: str) -> Response:
    """Return the response that carries an error."""
    error: dict[str, object] = {"type": rejection.kind, "message": rejection.message}
    if rejection.code:
        error["details"] = {"error_code": rejection.code}
    data = {"type": "error", "error": error, "request_id": f"req_{key}"}
    return Response(status=rejection.status, headers=_headers(key), body=_json(data))


def failed(fault: Fault, response: Response, *, key: str) -> Response:
    """Return what a fault makes of a response; faults of the reply and the line leave it alone."""
    if fault.kind in _REJECTIONS:
        error = rejected(_REJECTIONS[fault.kind], key=key)
        limited = fault.kind is FaultKind.RATE_LIMIT
        return _with_header(error, "retry-after", f"{fault.seconds:g}") if limited else error
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


def _limits(now: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, limit in _LIMITS.items():
        headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-remaining"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-reset"] = now
    return headers


def _usage(reply: Reply) -> dict[str, object]:
    return {
        "input_tokens": reply.usage.input_tokens,
        "output_tokens": reply.usage.output_tokens,
        "output_tokens_details": {"thinking_tokens": 0},
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "server_tool_use": None,
        "service_tier": "standard",
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


def _json(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()
