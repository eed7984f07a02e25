"""Holds requests and answers to GitHub's own description of its API."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, MultiDict

from evalgate.model.document import Data
from tests.github.make_slice import REPOSITORY, SLICE

HOST = "https://api.github.com"


class ContractError(Exception):
    """A request or an answer isn't as GitHub describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request whose operation has been found.

    Args:
        method: in capitals.
        template: the operation's path below the repository, such as `/git/ref/{ref}`.
        parts: what stands in the places of the template.
        query: the query string.
        content_type: of the body.
        body: as it came.
    """

    method: str
    template: str
    parts: Mapping[str, str]
    query: str = ""
    content_type: str = ""
    body: bytes = b""


@dataclass(slots=True, kw_only=True)
class _Request:
    """A request in the shape that the validator reads."""

    path: str
    path_pattern: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    host_url: str = HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """An answer in the shape that the validator reads."""

    status_code: int
    data: bytes | None
    headers: Headers
    content_type: str = "application/json"


@cache
def description() -> Mapping[str, Data]:
    """Return the slice of GitHub's description."""
    loaded: dict[str, Data] = json.loads(SLICE.read_text("utf-8"))
    return loaded


@cache
def _validator() -> OpenAPI:
    return OpenAPI.from_dict(dict(description()))


def follow(schema: Data) -> dict[str, Data]:
    """Return a schema, or the one that it refers to."""
    assert isinstance(schema, dict)
    target = schema.get("$ref")
    return follow(part(*target.split("/")[1:])) if isinstance(target, str) else schema


def part(*keys: str) -> Data:
    """Return what lies under keys in the description."""
    node: Data = dict(description())
    for key in keys:
        assert isinstance(node, dict)
        node = node[key]
    return node


def operation(template: str, method: str) -> dict[str, Data]:
    """Return what GitHub says about an operation."""
    return follow(part("paths", REPOSITORY + template, method.lower()))


def check_request(asked: Asked) -> None:
    """Hold a request to the description; unknown parameters and members are errors too.

    Raises:
        ContractError: it isn't as described; the message says where.
    """
    problems = [_told(error) for error in _validator().iter_request_errors(_request(asked))]
    problems += [f"unknown parameter {name}" for name in _unknown_parameters(asked)]
    if not problems and asked.body:
        problems += [f"unknown member {name}" for name in _unknown_members(asked)]
    if problems:
        raise ContractError(f"{asked.method} {asked.template}: {'; '.join(problems)}")


def check_answer(asked: Asked, status: int, *, body: bytes, headers: Mapping[str, str]) -> None:
    """Hold an answer to the description, where that speaks of its status.

    What every operation may answer (401, 403, 429 and the like) is described nowhere; such an answer
    is held to the shape of errors.

    Raises:
        ContractError: it isn't as described; the message says where.
    """
    responses = operation(asked.template, asked.method)["responses"]
    assert isinstance(responses, dict)
    if str(status) not in responses:
        _check_error(asked, status, body=body)
        return
    response = _Response(status_code=status, data=body or None, headers=Headers([*headers.items()]))
    found = _validator().iter_response_errors(_request(asked), response)
    problems = [_told(error) for error in found]
    if problems:
        raise ContractError(
            f"answer {status} to {asked.method} {asked.template}: {'; '.join(problems)}"
        )


def _check_error(asked: Asked, status: int, *, body: bytes) -> None:
    answer = json.loads(body)
    if status < 400 or not isinstance(answer, dict) or not isinstance(answer.get("message"), str):
        raise ContractError(f"answer {status} to {asked.method} {asked.template} is not described")


def _request(asked: Asked) -> _Request:
    query = [
        (name, value)
        for name, values in parse_qs(asked.query, keep_blank_values=True).items()
        for value in values
    ]
    pattern = REPOSITORY + asked.template
    return _Request(
        path=pattern.format(**asked.parts),
        path_pattern=pattern,
        method=asked.method.lower(),
        parameters=RequestParameters(path=dict(asked.parts), query=MultiDict(query)),
        content_type=asked.content_type.lower(),
        body=asked.body or None,
    )


def _told(error: Exception) -> str:
    """Return what is wrong in few words, without the values themselves."""
    cause = error.__cause__ or error
    details = getattr(cause, "schema_errors", None)
    if not details or not isinstance(cause, OpenAPIError):
        return f"{error}"[:500]
    return "; ".join(
        f"{'.'.join(map(str, each.absolute_path)) or 'body'}: {each.message[-300:]}"
        for each in details
    )


def _unknown_parameters(asked: Asked) -> Iterator[str]:
    listed = operation(asked.template, asked.method).get("parameters", [])
    assert isinstance(listed, list)
    parameters = [follow(each) for each in listed]
    known = {each["name"] for each in parameters if each["in"] == "query"}
    return (name for name in parse_qs(asked.query, keep_blank_values=True) if name not in known)


def _unknown_members(asked: Asked) -> Iterator[str]:
    described = operation(asked.template, asked.method).get("requestBody")
    if described is None:
        return iter(["a body where none belongs"])
    content = follow(described)["content"]
    assert isinstance(content, dict)
    schema = follow(content["application/json"])["schema"]
    return _strangers(json.loads(asked.body), schema)


def _strangers(value: Data, schema: Data, *, at: str = "") -> Iterator[str]:
    """Yield the members of a value that its schema has no name for."""
    known = follow(schema)
    if isinstance(value, list) and "items" in known:
        for each in value:
            yield from _strangers(each, known["items"], at=at)
    properties = known.get("properties")
    if not isinstance(value, dict) or not isinstance(properties, dict):
        return
    for name, each in value.items():
        if name not in properties:
            yield at + name
        else:
            yield from _strangers(each, properties[name], at=f"{at}{name}.")
