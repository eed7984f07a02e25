"""Reads the results of a batch, one line each; nothing here loads the SDK."""

import json
from collections.abc import Mapping

from evalgate.adapters.claude_failures import kind_of
from evalgate.adapters.claude_reply import SIMULATED, BadReply, read_reply
from evalgate.model.chat import CallFailure, Completion, FailureKind
from evalgate.model.route import Route

LONGEST_REASON = 200

_ENDS: Mapping[str, str] = {
    "expired": "the batch ended before it came to this request",
    "canceled": "the batch was canceled before it came to this request",
}


def read_result(line: bytes, headers: Mapping[str, str]) -> tuple[str, Completion | CallFailure]:
    """Return the id of a request and its result; the id is empty when the line tells none.

    The answer names the model that gave it: the results do not repeat what was asked.

    Args:
        line: JSON, as the API writes it.
        headers: of the response that carries the results.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return "", _failure(FailureKind.MALFORMED, "a line of the results is not JSON")
    identity, result = _object(data).get("custom_id"), _object(_object(data).get("result"))
    if not isinstance(identity, str):
        return "", _failure(FailureKind.MALFORMED, "a line of the results has no `custom_id`")
    return identity, _outcome(result, headers)


def _outcome(result: Mapping[str, object], headers: Mapping[str, str]) -> Completion | CallFailure:
    kind = result.get("type")
    if kind == "succeeded":
        reply = read_reply(result.get("message"), requested=None, route=Route())
        if isinstance(reply, BadReply):
            return _failure(reply.kind, reply.message)
        # Request id and limits are those of the download, not of the answer.
        own = {name: value for name, value in headers.items() if name == SIMULATED}
        return reply.completion(own)
    if kind == "errored":
        return _errored(_object(_object(result.get("error")).get("error")))
    told = _ENDS.get(kind) if isinstance(kind, str) else None
    if told is not None:
        return _failure(FailureKind.EXPIRED, told)
    return _failure(FailureKind.MALFORMED, "a result of the batch is of no kind that is known")


def _errored(error: Mapping[str, object]) -> CallFailure:
    error_type, code = (
        _text(error.get("type")),
        _text(_object(error.get("details")).get("error_code")),
    )
    said = " ".join(
        "".join(c if c.isprintable() else " " for c in _text(error.get("message"))).split()
    )
    kind = kind_of(200, error_type=error_type, code=code)
    return _failure(kind, f"{error_type or 'error'} in the batch: {said[:LONGEST_REASON]}")


def _failure(kind: FailureKind, message: str) -> CallFailure:
    return CallFailure(kind=kind, message=message)


def _object(data: object) -> Mapping[str, object]:
    return data if isinstance(data, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
