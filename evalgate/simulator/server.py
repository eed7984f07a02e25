"""Serves the simulated Messages API over HTTP on this machine."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from evalgate.errors import UsageError
from evalgate.model.chat import ChatRequest
from evalgate.simulator.draw import digest
from evalgate.simulator.faults import calls_of, fault_for, spoil
from evalgate.simulator.reply import reply_to
from evalgate.simulator.response import OTHER_MODEL, Response, answered, failed, rejected
from evalgate.simulator.rules import Fault, FaultKind, Rules
from evalgate.simulator.wire import Rejection, read_request

LARGEST_BODY = 32 * 1024**2
"""The API's limit on a request, in bytes."""


class SimulatorServer:
    """A server that runs inside `async with` and answers by rules.

    Args:
        rules: one or more rule files; the first that speaks for a prompt answers.
        port: the port to listen on; 0 takes any free one.
        host: the address to listen on.
        latency_ms: how long every reply takes at least.
    """

    def __init__(
        self,
        rules: Iterable[Rules],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        latency_ms: float = 0.0,
    ) -> None:
        self._rules = tuple(rules)
        self._address = (host, port)
        self._latency = latency_ms / 1000
        self._counts: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)

    @property
    def base_url(self) -> str:
        """The address to give to a client while the server runs."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests were `answers`, `judge` or `rejected`, and each kind of fault."""
        return dict(self._counts)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        host, port = self._address
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise UsageError(
                f"the simulator cannot listen on {host}:{port} ({error.strerror}); "
                "choose another port, or 0 for any free one"
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        rejection = _rejection(http)
        try:
            body = await http.read()
        except web.HTTPRequestEntityTooLarge:
            body = b""
            rejection = Rejection(
                status=413, kind="request_too_large", message="expected at most 32 MB"
            )
        trial = http.headers.get("X-Evalgate-Trial", "")
        key = digest(trial, body.decode("utf-8", "replace"))[:24]
        request = rejection or read_request(body, trial=trial)
        if isinstance(request, Rejection):
            self._counts["rejected"] += 1
            return _sent(rejected(request, key=key))
        return await self._answer(http, request, key=key)

    async def _answer(
        self, http: web.Request, request: ChatRequest, *, key: str
    ) -> web.StreamResponse:
        self._counts[calls_of(request)] += 1
        fault = fault_for(self._rules, request, attempt=self._attempt(key))
        response = self._response(request, fault, key=key)
        await asyncio.sleep(self._latency)
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind is FaultKind.CUT:
            return await _cut(http, response)
        return _sent(response)

    def _attempt(self, key: str) -> int:
        """Count attempts, but remember them only where a fault ends after some."""
        if not any(fault.first_attempts for each in self._rules for fault in each.faults):
            return 1
        self._attempts[key] += 1
        return self._attempts[key]

    def _response(self, request: ChatRequest, fault: Fault | None, *, key: str) -> Response:
        reply = reply_to(self._rules, request)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if fault is None:
            return answered(reply, model=request.model, key=key, now=now)
        self._counts[fault.kind] += 1
        model = OTHER_MODEL if fault.kind is FaultKind.WRONG_MODEL else request.model
        spoiled = answered(spoil(reply, fault.kind), model=model, key=key, now=now)
        return failed(fault, spoiled, key=key)


def _rejection(http: web.Request) -> Rejection | None:
    if http.path != "/v1/messages":
        return Rejection(status=404, kind="not_found_error", message="Not Found")
    if http.method != "POST":
        return Rejection(status=405, kind="invalid_request_error", message="Method Not Allowed")
    if not http.headers.get("Authorization"):
        message = "expected the header `Authorization: Bearer <key>`; any key will do"
        return Rejection(status=401, kind="authentication_error", message=message)
    return None


def _sent(response: Response) -> web.Response:
    return web.Response(status=response.status, headers=response.headers, body=response.body)


async def _cut(http: web.Request, response: Response) -> web.StreamResponse:
    """Send half of a response and close the connection."""
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(response.body)
    await stream.prepare(http)
    await stream.write(response.body[: len(response.body) // 2])
    if http.transport is not None:
        http.transport.close()
    return stream
