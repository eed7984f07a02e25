"""Claude over the official SDK: one attempt per call, and every failure a typed value."""

import asyncio
import json
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpx2
from anthropic import AsyncStream, DefaultAioHttpClient, RequestOptions, Timeout
from anthropic.resources.messages import DEPRECATED_MODELS

from evalgate.adapters.claude_clients import Client, open_client
from evalgate.adapters.claude_limits import read_limits
from evalgate.adapters.claude_reply import BadReply, read_reply
from evalgate.adapters.claude_request import body, trial_header
from evalgate.adapters.claude_routes import Clouds, server
from evalgate.adapters.claude_stream import STREAM_ABOVE, collect
from evalgate.adapters.claude_telling import Teller
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.route import WITHOUT_OUTPUT_SCHEMA, Provider, Route

CONNECT_SECONDS = 10.0
MESSAGES = "/v1/messages"

_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

_Response = httpx2.Response | AsyncStream[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """An open route."""

    route: Route
    client: Client
    teller: Teller


class ClaudeModel:
    """Claude, or any server that speaks its API, as `evalgate.model.ports.ChatModel` asks for it.

    Each route gets a client of its own when it is first called; all share their connections. The
    SDK's own retries are off. Use it as an asynchronous context manager, or call `aclose()`.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        clouds: Clouds | None = None,
        routes: Mapping[str, Route] | None = None,
    ) -> None:
        """Prepare the connections; nothing is sent yet.

        Args:
            api_key: of the Claude API, sent as a bearer token.
            base_url: of its server; None means the Claude API itself.
            clouds: credentials and servers of the other providers.
            routes: by name; the Claude API itself needs none.
        """
        # A deprecated model still answers: its warning is shown once, and is never an error.
        warnings.filterwarnings("once", r"The model '.*' is deprecated", DeprecationWarning)
        self._api_key = api_key
        self._base_url = base_url or ""
        self._clouds = clouds or Clouds()
        self._routes = {"": Route(), **(routes or {})}
        self._connections = DefaultAioHttpClient()
        self._lines: dict[str, _Line] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return the answer to one attempt, or the typed failure."""
        line = self._lines.get(request.route) or self._open(request.route)
        refusal = _refusal(request, line.route)
        if refusal is not None:
            return refusal
        if request.model in DEPRECATED_MODELS:
            _warn_of(request.model)
        started = time.perf_counter()
        response: _Response | None = None
        with line.teller.watching(within=within) as watch:
            async with asyncio.timeout(within):
                response = await _post(line, request, within)
                answer = await _body(response)
        headers = {} if response is None else _headers(response)
        if watch.failure is not None:
            return watch.failure if response is None else _placed(watch.failure, headers)
        latency_ms = round(1000 * (time.perf_counter() - started))
        return _completion(answer, request, line, headers=headers, latency_ms=latency_ms)

    def _open(self, name: str) -> _Line:
        route = self._routes[name]
        url = server(route, base_url=self._base_url, clouds=self._clouds)
        client = open_client(
            route,
            url=url,
            api_key=self._api_key,
            clouds=self._clouds,
            connections=self._connections,
        )
        is_direct = route.provider is Provider.DIRECT
        secrets = (self._api_key,) if is_direct else self._clouds.secrets(route.provider)
        teller = Teller(provider=route.provider, url=url, secrets=secrets)
        line = self._lines[name] = _Line(route=route, client=client, teller=teller)
        return line


def _refusal(request: ChatRequest, route: Route) -> CallFailure | None:
    if request.output_schema is None or route.provider not in WITHOUT_OUTPUT_SCHEMA:
        return None
    message = (
        f"{route.provider} offers no structured output: leave `output_schema` out of the prompt, "
        "or run it over direct, vertex or foundry"
    )
    return CallFailure(kind=FailureKind.REQUEST, message=message)


def _warn_of(model: str) -> None:
    """Say what the SDK says in the method that evalgate does not call."""
    ends = DEPRECATED_MODELS[model]
    told = f"The model '{model}' is deprecated and will reach its end of life on {ends}."
    warnings.warn(told, DeprecationWarning, stacklevel=3)


async def _post(line: _Line, request: ChatRequest, within: float) -> _Response:
    # The client's own method would build a model of the answer, which is read from its JSON anyway.
    post, asked = line.client.post, body(request, model=line.route.model_id(request.model))
    timeout = Timeout(within, connect=min(within, CONNECT_SECONDS))
    options: RequestOptions = {"headers": trial_header(request.trial), "timeout": timeout}
    if _streams(request, line.route):
        return await post(
            MESSAGES,
            cast_to=object,
            body={**asked, "stream": True},
            options=options,
            stream=True,
            stream_cls=AsyncStream[object],
        )
    if line.route.provider is not Provider.DIRECT:
        return await post(MESSAGES, cast_to=httpx2.Response, body=asked, options=options)
    # A whole address and a body that is ready save the client a tenth of its work.
    address, content = str(line.client.base_url).rstrip("/") + MESSAGES, _WRITER.encode(asked)
    return await post(address, cast_to=httpx2.Response, content=content.encode(), options=options)


def _streams(request: ChatRequest, route: Route) -> bool:
    # InvokeModel streams in frames of its own, which take a package of AWS to read.
    by_events = route.provider is not Provider.BEDROCK_INVOKE
    return by_events and request.max_tokens > STREAM_ABOVE


async def _body(response: _Response) -> object:
    """Read the body ourselves: the SDK returns HTML as text and fills missing fields with None."""
    if isinstance(response, httpx2.Response):
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            return _no_json(response)
    async with response:
        return await collect(response)


def _no_json(response: httpx2.Response) -> BadReply:
    got = response.headers.get("content-type", "no content type")[:60]
    told = f"HTTP {response.status_code} with a body that is not JSON ({got})"
    return BadReply(kind=FailureKind.MALFORMED, message=told)


def _headers(response: _Response) -> Mapping[str, str]:
    whole = response if isinstance(response, httpx2.Response) else response.response
    return dict(whole.headers.items())  # each look into its own kind of headers goes through all


def _placed(failure: CallFailure, headers: Mapping[str, str]) -> CallFailure:
    return replace(failure, request_id=headers.get("request-id"), limits=read_limits(headers))


def _completion(
    answer: object,
    request: ChatRequest,
    line: _Line,
    *,
    headers: Mapping[str, str],
    latency_ms: int,
) -> Completion | CallFailure:
    reply = (
        answer
        if isinstance(answer, BadReply)
        else read_reply(answer, requested=request.model, route=line.route)
    )
    if isinstance(reply, BadReply):
        return _placed(line.teller.told(reply.kind, reply.message), headers)
    return reply.completion(headers, latency_ms=latency_ms)
