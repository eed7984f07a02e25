"""Brings requests in the form of other providers of Claude into the form of the Messages API."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.model.route import Provider

MESSAGES = "/v1/messages"

_PATHS = (
    # Bedrock and Foundry name the model in the body, and only the header of the key differs.
    (Provider.BEDROCK, re.compile(r"/anthropic/v1/messages")),
    (Provider.BEDROCK_INVOKE, re.compile(r"/model/(?P<model>[^/].*)/invoke")),
    (
        Provider.VERTEX,
        re.compile(
            r"/v1/projects/[^/]+/locations/(?P<region>[^/]+)/publishers/anthropic/models/"
            r"(?P<model>[^/:]+):(streamR|r)awPredict"
        ),
    ),
)

_ID = re.compile(r"(?:.*\.)?(?P<name>claude-[a-z0-9-]+?)(?:@(?P<date>\d{8}))?(?:-v\d+(?::\d+)?)?")
"""A provider's id: a region and the vendor before Claude's own, a date or version behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """In the form of which provider a call came.

    `model` is the provider's id of the model and `region` where it is served, when the call names
    them in the provider's own way.
    """

    provider: Provider = Provider.DIRECT
    region: str = ""
    model: str = ""


CLAUDE = Caller()
"""Calls in the form of the Claude API itself."""


def caller_of(path: str, headers: Mapping[str, str]) -> Caller | None:
    """Return whose form a call for a message has, or None when it has that of no other provider.

    Args:
        path: of the request.
        headers: of the request; a key in Foundry's own header tells Foundry from Bedrock.
    """
    for provider, pattern in _PATHS:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        names = found.groupdict()
        is_foundry = provider is Provider.BEDROCK and bool(headers.get("api-key"))
        return Caller(
            provider=Provider.FOUNDRY if is_foundry else provider,
            region=names.get("region", ""),
            model=names.get("model", ""),
        )
    return None


def as_message(caller: Caller, body: bytes) -> tuple[Caller, bytes]:
    """Return the body that asks the same of the Messages API, with Claude's own id of the model.

    The caller comes back with the provider's id of it. A body that is no JSON object stays as it
    is.

    Args:
        caller: another provider than the Claude API.
        body: of the request.
    """
    try:
        data = json.loads(body)
        return _asked(caller, data) if isinstance(data, dict) else (caller, body)
    except (ValueError, RecursionError):
        return caller, body


def _asked(caller: Caller, data: dict[str, object]) -> tuple[Caller, bytes]:
    model = caller.model or data.get("model")
    rest = {key: value for key, value in data.items() if key != "anthropic_version"}
    if not isinstance(model, str):
        return caller, json.dumps({**rest, "model": model}).encode()
    return replace(caller, model=model), json.dumps({**rest, "model": own_id(model)}).encode()


def own_id(model: str) -> str:
    """Return Claude's own id of a model; an id that holds none is returned as it is."""
    found = _ID.fullmatch(model)
    if found is None:
        return model
    return "-".join(filter(None, (found["name"], found["date"])))


def has_key(headers: Mapping[str, str]) -> bool:
    """Whether a request brings credentials, whatever they are; Foundry has a header of its own."""
    return bool(headers.get("Authorization") or headers.get("api-key"))
