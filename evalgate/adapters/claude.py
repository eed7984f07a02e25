"""Claude over the official SDK: one attempt per call, and every failure a typed value."""

import asyncio
import json
import time
import warnings
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Self

import httpx2
from anthropic import AsyncStream, RequestOptions, Timeout
from anthropic.resources.messages import DEPRECATED_MODELS

from evalgate.adapters.claude_clients import open_client, open_connections
from evalgate.adapters.claude_hearing import Hearing, Patience
from evalgate.adapters.claude_line import Line, placed
from evalgate.adapters.claude_quiet import keep_quiet, quietly
from evalgate.adapters.claude_reply import BadReply
from evalgate.adapters.claude_request import body, trial_header
from evalgate.adapters.claude_routes import Clouds, server
from evalgate.adapters.claude_stream import STREAM_ABOVE
from evalgate.adapters.claude_telling import Teller
from evalgate.adapters.claude_waiting import Waits
from evalgate.model.call_ports import Piece
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.document import Data
from evalgate.model.route import Provider, Route

CONNECT_SECONDS = 10.0
MESSAGES = "/v1/messages"

_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class ClaudeModel:
    """Claude, or any server that speaks its API, as `evalgate.model.call_ports` asks for it.

    Each route gets a client of its own when it is first called; all share their connections. The
    SDK's own retries are off. It belongs to one event loop. Use it as an asynchronous context
    manager, or call `aclose()`: what is in flight then fails, and so do later calls.
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
        keep_quiet()
        self._api_key = api_key
        self._base_url = base_url or ""
        self._clouds = clouds or Clouds()
        self._routes = {"": Route(), **(routes or {})}
        self._connections = open_connections()
        self._waits = Waits()
        self._lines: dict[str, Line] = {}

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
        self._waits.close()
        await self._connections.aclose()

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return the answer to one attempt, or the typed failure."""
        if request.max_tokens <= STREAM_ABOVE or not self._line(request).streams:
            return await self._whole(request, within=within)
        told = self.stream(request, within=within, first_content=within, between=within)
        (last,) = [each async for each in told if not isinstance(each, Piece)]
        return last

    async def stream(
        self, request: ChatRequest, *, within: float, first_content: float, between: float
    ) -> AsyncGenerator[Piece | Completion | CallFailure, None]:
        """Yield pieces as they come, and last the whole answer or the typed failure.

        A ping is an event, but no content. Where a provider does not stream by events, one piece
        holds the whole answer, and `within` alone limits the wait. Whoever leaves early closes the
        generator, and with it the response.

        Args:
            request: what to ask, once.
            within: seconds after which the attempt has failed, however far it has come.
            first_content: seconds until the first event about content, thinking included.
            between: seconds between any two later events.
        """
        line = self._line(request)
        if not line.streams or line.refusal(request) is not None:
            whole = await self._whole(request, within=within)
            if isinstance(whole, Completion) and whole.text:
                yield Piece(whole.text)
            yield whole
            return
        _warn_of(request.model)
        started = time.perf_counter()
        patience = Patience(within=within, first_content=first_content, between=between)
        hearing = Hearing(patience, self._waits)
        response: httpx2.Response | None = None
        try:
            with line.teller.watching(within=within) as watch:
                async with hearing.patience():
                    with quietly():
                        response = await _open_stream(line, request, within)
                hearing.begin(response.aiter_bytes())
                while (words := await hearing.words()) is not None:
                    if words:
                        yield Piece(words)
            latency_ms = round(1000 * (time.perf_counter() - started))
            with line.teller.watching(within=within):
                await hearing.linger()
        finally:
            if response is not None:
                await response.aclose()
        headers = {} if response is None else _headers(response)
        if watch.failure is not None:
            yield watch.failure if response is None else placed(watch.failure, headers)
            return
        answer = hearing.answer.outcome()
        yield line.completion(answer, request, headers=headers, latency_ms=latency_ms)

    async def _whole(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return the answer to a request that is not streamed."""
        line = self._line(request)
        refusal = line.refusal(request)
        if refusal is not None:
            return refusal
        _warn_of(request.model)
        started = time.perf_counter()
        with line.teller.watching(within=within) as watch:
            async with self._waits.until(_now() + within, f"no answer within {within:.3g} s"):
                with quietly():
                    response = await _post(line, request, within)
        if watch.failure is not None:
            return watch.failure
        latency_ms = round(1000 * (time.perf_counter() - started))
        answer, headers = _read(response), _headers(response)
        return line.completion(answer, request, headers=headers, latency_ms=latency_ms)

    def _line(self, request: ChatRequest) -> Line:
        return self._lines.get(request.route) or self._open(request.route)

    def _open(self, name: str) -> Line:
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
        line = self._lines[name] = Line(route=route, client=client, teller=teller)
        return line


def load_all() -> None:
    """Load what the SDK loads with its first connections."""
    open_connections()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _warn_of(model: str) -> None:
    """Say what the SDK says in the method that evalgate does not call."""
    if model not in DEPRECATED_MODELS:
        return
    ends = DEPRECATED_MODELS[model]
    told = f"The model '{model}' is deprecated and will reach its end of life on {ends}."
    warnings.warn(told, DeprecationWarning, stacklevel=4)


async def _post(line: Line, request: ChatRequest, within: float) -> httpx2.Response:
    # The client's own method would build a model of the answer, which is read from its JSON anyway.
    post, asked, options = line.client.post, _asked(line, request), _options(request, within)
    if line.route.provider is not Provider.DIRECT:
        return await post(MESSAGES, cast_to=httpx2.Response, body=asked, options=options)
    # A whole address and a body that is ready save the client a tenth of its work.
    address, content = str(line.client.base_url).rstrip("/") + MESSAGES, _WRITER.encode(asked)
    return await post(address, cast_to=httpx2.Response, content=content.encode(), options=options)


async def _open_stream(line: Line, request: ChatRequest, within: float) -> httpx2.Response:
    """Return the response once its head has come; it is the caller's to close."""
    stream = await line.client.post(
        MESSAGES,
        cast_to=object,
        body={**_asked(line, request), "stream": True},
        options=_options(request, within),
        stream=True,
        stream_cls=AsyncStream[object],
    )
    return stream.response


def _asked(line: Line, request: ChatRequest) -> dict[str, Data]:
    return body(request, model=line.route.model_id(request.model))


def _options(request: ChatRequest, within: float) -> RequestOptions:
    timeout = Timeout(within, connect=min(within, CONNECT_SECONDS))
    return {"headers": trial_header(request.trial), "timeout": timeout}


def _read(response: httpx2.Response) -> object:
    """Read the body ourselves: the SDK returns HTML as text and fills missing fields with None."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        got = response.headers.get("content-type", "no content type")[:60]
        told = f"HTTP {response.status_code} with a body that is not JSON ({got})"
        return BadReply(kind=FailureKind.MALFORMED, message=told)


def _headers(response: httpx2.Response) -> Mapping[str, str]:
    return dict(response.headers.items())  # each look into its own kind of headers goes through all
