"""Takes requests to the fake GitHub one at a time: who asks, what, may they, is it as described."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from evalgate.model.document import Data
from tests.github import artifacts, checks, comments, deployments, issues, objects, pulls, statuses
from tests.github.contract import Asked, ContractError, check_answer, check_request
from tests.github.exchange import Answer, Call, RefusedError, Route, missing
from tests.github.faults import EARLY, Fault, Kind, take
from tests.github.state import State

MODULES = (artifacts, checks, comments, deployments, issues, objects, pulls, statuses)
ROUTES: Sequence[Route] = tuple(chain.from_iterable(module.ROUTES for module in MODULES))
VERSIONS = frozenset({"", "2022-11-28", "2026-03-10"})
UNDERSTOOD = re.compile(r"\*/\*|application/(\*|json|vnd\.github[\w.+-]*)")
CREATION_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as it came; the names of headers are in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes over the wire; None in place of a status closes the connection at once."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0


@dataclass(slots=True, kw_only=True)
class Hook:
    """Something that happens once, before a matching request is looked at."""

    method: str
    path: str
    act: Callable[[State], object]


@dataclass(slots=True, kw_only=True)
class Desk:
    """Answers for one repository.

    Args:
        state: what it knows.
        tokens: token → who it speaks for.
        base: the API's URL; its path is where requests begin.
        blobs: the URL of the server of archives.
        requests: method and target of all that came, in order.
        refused: what came and was not as GitHub describes it, or is not served here.
        violations: what was answered and isn't as GitHub describes it: mistakes of the fake.
        hooks: what happens before requests that match.
    """

    state: State
    tokens: Mapping[str, str] = field(repr=False)
    base: str = ""
    blobs: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, incoming: Incoming) -> Reply:
        """Carry out a request and return what is sent back."""
        with self.lock:
            self.requests.append((incoming.method, incoming.target))
            path = self._path(incoming)
            self._run_hooks(incoming.method, path)
            fault = take(self.state.faults, method=incoming.method, path=path)
            if fault and fault.kind is Kind.DROP_BEFORE:
                return Reply(status=None)
            if fault and fault.kind in EARLY:
                return _sent(_struck(fault))
            return _spoilt(self._checked(incoming, path), fault)

    def _path(self, incoming: Incoming) -> str:
        """Return a request's path below the API's base, or nothing when it lies elsewhere."""
        path, start = urlsplit(incoming.target).path, urlsplit(self.base).path
        return path.removeprefix(start) if path.startswith(f"{start}/") else ""

    def _run_hooks(self, method: str, path: str) -> None:
        for hook in [*self.hooks]:
            if hook.method in {"", method} and re.search(hook.path, path):
                self.hooks.remove(hook)
                hook.act(self.state)

    def _checked(self, incoming: Incoming, path: str) -> Reply:
        """Answer, and hold the answer to the description."""
        try:
            author = self._author(incoming)
            route, asked = self._found(incoming, path)
        except RefusedError as error:
            return _sent(error.answer)
        answer = self._answered(route, asked, incoming=incoming, author=author)
        reply = _sent(answer)
        try:
            if answer.raw is None:  # the raw type is described nowhere
                check_answer(asked, answer.status, body=reply.body, headers=reply.headers)
        except ContractError as error:
            self.violations.append(str(error))
            return _sent(RefusedError(500, str(error)).answer)
        return reply

    def _author(self, incoming: Incoming) -> str:
        """Return who asks, in a way that GitHub would listen to."""
        headers = incoming.headers
        if not headers.get("user-agent"):
            raise RefusedError(403, "Request forbidden by administrative rules: no User-Agent.")
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() not in {"bearer", "token"} or token not in self.tokens:
            raise RefusedError(401, "Bad credentials" if token else "Requires authentication")
        if headers.get("x-github-api-version", "") not in VERSIONS:
            raise RefusedError(400, "Invalid API version")
        if not UNDERSTOOD.search(headers.get("accept", "*/*")):
            raise RefusedError(415, "Unsupported 'Accept' header")
        return self.tokens[token]

    def _found(self, incoming: Incoming, path: str) -> tuple[Route, Asked]:
        """Return the operation that is asked for."""
        homes = (f"/repos/{self.state.repository}", f"/repositories/{self.state.repository_id}")
        home = next((each for each in homes if path.startswith(f"{each}/")), None)
        if home is None:
            raise missing()
        for route in ROUTES:
            parts = route.parts(unquote(path.removeprefix(home)))
            if parts is not None and route.method == incoming.method:
                owner, _, name = self.state.repository.partition("/")
                return route, Asked(
                    method=incoming.method,
                    template=route.template,
                    parts={"owner": owner, "repo": name, **parts},
                    query=urlsplit(incoming.target).query,
                    content_type=incoming.headers.get("content-type", ""),
                    body=incoming.body,
                )
        self.refused.append(f"{incoming.method} {path} is not served")
        raise missing()

    def _answered(self, route: Route, asked: Asked, *, incoming: Incoming, author: str) -> Answer:
        """Carry out what is permitted and as described."""
        scopes = route.scopes(private=self.state.private)
        try:
            if scopes and not self.state.permissions.intersection(scopes):
                raise RefusedError(403, "Resource not accessible by integration")
            body = _body(asked)
            self._check(asked)
            return route.act(
                Call(
                    asked=asked,
                    state=self.state,
                    query=dict(parse_qsl(asked.query)),
                    body=body,
                    author=author,
                    base=self.base,
                    blobs=self.blobs,
                    accept=incoming.headers.get("accept", ""),
                )
            )
        except RefusedError as error:
            return error.answer

    def _check(self, asked: Asked) -> None:
        try:
            check_request(asked)
        except ContractError as error:
            self.refused.append(str(error))
            raise RefusedError(422, f"Invalid request.\n\n{error}") from error


def _body(asked: Asked) -> Mapping[str, Data]:
    if not asked.body:
        return {}
    try:
        body = msgspec.json.decode(asked.body)
    except msgspec.DecodeError as error:
        raise RefusedError(400, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise RefusedError(400, "Body should be a JSON object")
    return body


def _sent(answer: Answer) -> Reply:
    """Return an answer in bytes."""
    headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "994", **answer.headers}
    if answer.raw is not None:
        return Reply(status=answer.status, headers=headers, body=answer.raw)
    if answer.status in {204, 302}:
        return Reply(status=answer.status, headers=headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    body = json.dumps(answer.body, ensure_ascii=False).encode()
    return Reply(status=answer.status, headers=headers, body=body)


def _struck(fault: Fault) -> Answer:
    """Return what a fault answers in place of GitHub."""
    if fault.kind is Kind.BROKEN:
        return RefusedError(fault.status, "Server Error").answer
    limited = RefusedError(429 if fault.kind is Kind.TOO_MANY else 403, CREATION_LIMIT).answer
    if fault.kind is not Kind.PRIMARY_LIMIT:
        headers = {"Retry-After": f"{fault.seconds:.0f}"}
        return Answer(status=limited.status, body=limited.body, headers=headers)
    reset = f"{time.time() + fault.seconds:.0f}"
    exhausted = RefusedError(403, "API rate limit exceeded for installation.").answer
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return Answer(status=403, body=exhausted.body, headers=headers)


def _spoilt(reply: Reply, fault: Fault | None) -> Reply:
    """Return a reply as a fault leaves it."""
    if fault is None:
        return reply
    if fault.kind is Kind.DROP_AFTER:
        return Reply(status=None)
    cut = reply.body[: len(reply.body) // 2] if fault.kind is Kind.MALFORMED else reply.body
    late = fault.seconds if fault.kind is Kind.SLOW else 0
    return Reply(status=reply.status, headers=reply.headers, body=cut, seconds=late)
