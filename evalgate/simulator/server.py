"""Serves the simulated Claude API over HTTP on this machine."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import web

from evalgate.errors import UsageError
from evalgate.simulator.actor import Actor
from evalgate.simulator.batch_wire import LARGEST_BATCH
from evalgate.simulator.batches import DEFAULT_SECONDS, Batches
from evalgate.simulator.control import PATH, control_answer, read_control
from evalgate.simulator.draw import digest
from evalgate.simulator.exchange import Incoming, Line, Outgoing
from evalgate.simulator.limits import Meter, first_stated
from evalgate.simulator.messages import Messages
from evalgate.simulator.providers import CLAUDE, MESSAGES, Caller, as_message, caller_of, has_key
from evalgate.simulator.response import rejected
from evalgate.simulator.routing import Endpoint, Matched, route
from evalgate.simulator.rules import Rules
from evalgate.simulator.wire import Rejection

MEGABYTE = 1024**2
LARGEST_BODY = 32 * MEGABYTE
"""The API's limit on a request, in bytes."""


class SimulatorServer:
    """A server that runs inside `async with` and answers by rules.

    Args:
        rules: one or more rule files; the first that speaks for a prompt answers.
        port: the port to listen on; 0 takes any free one.
        host: the address to listen on.
        latency_ms: how long every answer takes at least.
    """

    def __init__(
        self,
        rules: Iterable[Rules],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        latency_ms: float = 0.0,
    ) -> None:
        files = tuple(rules)
        self._address = (host, port)
        self._counts: Counter[str] = Counter()
        self._meter = Meter(first_stated([each.limits for each in files]), now=time.time())
        self._actor = Actor(files, counts=self._counts)
        self._messages = Messages(
            self._actor, self._meter, counts=self._counts, latency=latency_ms / 1000
        )
        stated = (each.batch_seconds for each in files if each.batch_seconds is not None)
        self._batches = Batches(
            self._actor, counts=self._counts, seconds=next(stated, DEFAULT_SECONDS)
        )
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_post(PATH, self._control)
        application.router.add_route("*", "/{path:.*}", self._handle)
        # A client that has gone is not waited for: slow replies would pile up.
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )

    @property
    def base_url(self) -> str:
        """The address to give to a client while the server runs."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    @property
    def counts(self) -> Mapping[str, int]:
        """What has been counted so far.

        Requests for a message, in batches too, were `answers`, `judge`, `rejected` or `limited`;
        each kind of fault has its own count, and so have `token_counts` and `batches`.
        """
        return dict(self._counts)

    async def __aenter__(self) -> Self:
        self._actor.begin(now=time.time())
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
        caller = caller_of(http.path, http.headers) or CLAUDE
        matched, trial = _matched(http, caller), http.headers.get("X-Evalgate-Trial", "")
        body = await _body(http, matched)
        if isinstance(body, bytes) and caller is not CLAUDE:
            caller, body = as_message(caller, body)
        key = digest(trial, "" if isinstance(body, Rejection) else body.decode("utf-8", "replace"))
        if isinstance(matched, Rejection):
            return await self._refuse(http, matched, key=key[:24])
        if isinstance(body, Rejection):
            return await self._refuse(http, body, key=key[:24])
        call = Incoming(
            body=body,
            trial=trial,
            names=matched.names,
            query=http.query,
            origin=f"{http.scheme}://{http.host}",
            caller=caller,
            key=key[:24],
            now=time.time(),
        )
        return await self._send(http, await self._answer(matched.endpoint, call))

    async def _control(self, http: web.Request) -> web.StreamResponse:
        read = read_control(await http.read(), remote=http.remote)
        if not isinstance(read, Rejection):
            self._actor.fail_by(read, now=time.time())
        return await self._send(http, Outgoing(response=control_answer(read)))

    async def _answer(self, endpoint: Endpoint, call: Incoming) -> Outgoing:
        if endpoint is Endpoint.MESSAGE:
            return self._messages.answer(call)
        if endpoint is Endpoint.COUNT_TOKENS:
            return self._messages.count(call)
        return await self._batches.serve(endpoint, call)

    async def _refuse(
        self, http: web.Request, rejection: Rejection, *, key: str
    ) -> web.StreamResponse:
        self._counts["rejected"] += 1
        return await self._send(http, Outgoing(response=rejected(rejection, key=key)))

    async def _send(self, http: web.Request, outgoing: Outgoing) -> web.StreamResponse:
        if outgoing.seconds:
            await asyncio.sleep(outgoing.seconds)
        headers, tokens = outgoing.response.headers, outgoing.output_tokens
        if tokens is not None:
            headers = {**headers, **self._meter.settle(tokens, now=time.time())}
        if outgoing.line is Line.DROPPED:
            _close(http)
        elif outgoing.pieces is not None or outgoing.line is Line.CUT:
            return await _stream(http, outgoing, headers)
        response = outgoing.response
        return web.Response(status=response.status, headers=headers, body=response.body)


def _matched(http: web.Request, caller: Caller) -> Matched | Rejection:
    matched = route(http.method, http.path if caller is CLAUDE else MESSAGES)
    if isinstance(matched, Matched) and not has_key(http.headers):
        message = "expected the header `Authorization: Bearer <key>`; any key will do"
        return Rejection(status=401, kind="authentication_error", message=message)
    return matched


async def _body(http: web.Request, matched: Matched | Rejection) -> bytes | Rejection:
    creates = isinstance(matched, Matched) and matched.endpoint is Endpoint.BATCH_CREATE
    most = LARGEST_BATCH if creates else LARGEST_BODY
    try:
        return await (http.clone(client_max_size=most) if creates else http).read()
    except web.HTTPRequestEntityTooLarge:
        message = f"expected at most {most // MEGABYTE} MB"
        return Rejection(status=413, kind="request_too_large", message=message)


async def _stream(
    http: web.Request, outgoing: Outgoing, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Send events one by one, or half of a body; a line that is cut is closed after the last."""
    body = outgoing.response.body
    stream = web.StreamResponse(status=outgoing.response.status, headers=headers)
    if outgoing.pieces is None:
        stream.content_length = len(body)
    # The client may have gone by now; what is left unsaid then is nobody's loss.
    with suppress(ConnectionError):
        await stream.prepare(http)
        for piece in outgoing.pieces or (body[: len(body) // 2],):
            if isinstance(piece, bytes):
                await stream.write(piece)
            else:
                await asyncio.sleep(piece)
    if outgoing.line is Line.CUT:
        _close(http)
    return stream


def _close(http: web.Request) -> None:
    if http.transport is not None:
        http.transport.close()
