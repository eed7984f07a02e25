"""Brings requests in the form of other providers of Claude into the form of the Messages API."""

import json
import re
from collections.abc import Mapping

MESSAGES = "/v1/messages"

_PATHS = (
    # Bedrock and Foundry name the model in the body, so that this path names none.
    re.compile(r"/anthropic/v1/messages(?P<model>)"),
    re.compile(r"/model/(?P<model>[^/].*)/invoke"),
    re.compile(
        r"/v1/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/"
        r"(?P<model>[^/:]+):(streamR|r)awPredict"
    ),
)

_ID = re.compile(r"(?:.*\.)?(?P<name>claude-[a-z0-9-]+?)(?:@(?P<date>\d{8}))?(?:-v\d+(?::\d+)?)?")
"""A provider's id: a region and the vendor before Claude's own, a date or version behind it."""


def own_path(path: str) -> str:
    """Return the path of the Messages API for that of another provider's messages."""
    return MESSAGES if any(pattern.fullmatch(path) for pattern in _PATHS) else path


def as_message(path: str, body: bytes) -> bytes:
    """Return the body that asks the same of the Messages API, with Claude's own id of the model.

    A body that is no JSON object stays as it is.

    Args:
        path: of the request.
        body: of the request.
    """
    found = next(filter(None, (pattern.fullmatch(path) for pattern in _PATHS)), None)
    if found is None:
        return body
    try:
        data = json.loads(body)
        return body if not isinstance(data, dict) else _asked(data, found["model"])
    except (ValueError, RecursionError):
        return body


def _asked(data: dict[str, object], in_path: str | None) -> bytes:
    model = in_path or data.get("model")
    rest = {key: value for key, value in data.items() if key != "anthropic_version"}
    return json.dumps(
        {**rest, "model": own_id(model) if isinstance(model, str) else model}
    ).encode()


def own_id(model: str) -> str:
    """Return Claude's own id of a model; an id that holds none is returned as it is."""
    found = _ID.fullmatch(model)
    if found is None:
        return model
    return "-".join(filter(None, (found["name"], found["date"])))


def has_key(headers: Mapping[str, str]) -> bool:
    """Whether a request brings credentials, whatever they are; Foundry has a header of its own."""
    return bool(headers.get("Authorization") or headers.get("api-key"))
