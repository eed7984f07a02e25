"""A server in a process of its own that plays four providers, each with weather of its own.

Run as a program it prints its ports, one for each route, and one more at which its weather is set
and its counts are read. It shares no code with evalgate: what it serves is written from the
providers' documents.
"""

import asyncio
import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

DICE = random.Random(8)  # noqa: S311 - the weather of a test

ROUTES = ("direct", "bedrock", "vertex", "foundry")
KEY = "key-of-{route}-0123456789"
TOO_LONG = 3600.0
USAGE_IN = 40
WORDS = tuple(f"You can return it within 30 days, says part {part}. " for part in range(6))

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass
class Route:
    """The weather over one route, and what was asked of it and served over it."""

    name: str
    kind: str = "fine"
    seconds: float = 0.02
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    share: float = 1.0
    asked: int = 0
    served: int = 0
    tokens_out: int = 0
    by_model: Counter[str] = field(default_factory=Counter)
    site: web.TCPSite | None = None


def _error(route: Route, status: int, code: str = "") -> web.Response:
    kind = _ERRORS.get(status, "api_error")
    error: dict[str, object] = {"type": kind, "message": "PRIVATE words of a server"}
    if code:
        error["details"] = {"error_code": code}
    body = {"type": "error", "error": error, "request_id": "req_weather"}
    headers = route.headers if status == route.status else {}
    return web.json_response(body, status=status, headers={"request-id": "req_weather", **headers})


def _message(model: str, text: str, tokens: int) -> dict[str, object]:
    return {
        "id": "msg_weather",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": "end_turn" if text else None,
        "stop_sequence": None,
        "usage": {"input_tokens": USAGE_IN, "output_tokens": tokens},
    }


def _events(model: str) -> list[bytes]:
    start = {"type": "message_start", "message": _message(model, "", 1)}
    block: Mapping[str, object] = {"type": "text", "text": ""}
    told: list[Mapping[str, object]] = [
        start,
        {"type": "content_block_start", "index": 0, "content_block": block},
    ]
    for word in WORDS:
        delta = {"type": "text_delta", "text": word}
        told.append({"type": "content_block_delta", "index": 0, "delta": delta})
    told.append({"type": "content_block_stop", "index": 0})
    stop = {"stop_reason": "end_turn", "stop_sequence": None}
    told.append({"type": "message_delta", "delta": stop, "usage": {"output_tokens": len(WORDS)}})
    told.append({"type": "message_stop"})
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in told]


def _key(request: web.Request) -> str:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bearer or request.headers.get("x-api-key", "") or request.headers.get("api-key", "")


def _abort(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _answer(request: web.Request, route: Route) -> web.StreamResponse:
    route.asked += 1
    asked = await request.json()
    model = asked.get("model") or request.path.rpartition("/")[2].partition(":")[0]
    is_stream = bool(asked.get("stream")) or request.path.endswith(":streamRawPredict")
    plain = model.removeprefix("anthropic.")
    route.by_model[plain] += 1
    if _key(request) != KEY.format(route=route.name):
        return _error(route, 401)
    kind = route.kind if DICE.random() < route.share else "fine"
    early = await _EARLY[kind](request, route) if kind in _EARLY else None
    if early is not None:
        return early
    await asyncio.sleep(route.seconds if kind == "fine" and route.kind == "fine" else 0.02)
    if is_stream:
        return await _stream(request, route, plain, kind)
    return await _whole(request, route, plain, kind)


async def _status(_request: web.Request, route: Route) -> web.StreamResponse:
    await asyncio.sleep(0.005)
    return _error(route, route.status, route.code)


async def _hang(_request: web.Request, _route: Route) -> web.StreamResponse:
    await asyncio.sleep(TOO_LONG)
    return web.Response()


async def _refuse(request: web.Request, _route: Route) -> web.StreamResponse:
    return _abort(request)


async def _slow(_request: web.Request, route: Route) -> None:
    await asyncio.sleep(route.seconds)


_EARLY: dict[str, Callable[[web.Request, Route], Awaitable[web.StreamResponse | None]]] = {
    "status": _status,
    "hang": _hang,
    "refuse": _refuse,
    "slow": _slow,
}


async def _whole(request: web.Request, route: Route, model: str, kind: str) -> web.StreamResponse:
    text = "".join(WORDS)
    body = json.dumps(_message(model, text, len(WORDS))).encode()
    response = web.StreamResponse(
        headers={"content-type": "application/json", "request-id": "req_weather"}
    )
    response.content_length = len(body)
    if kind == "garbage":
        return web.Response(text="<html>PRIVATE", content_type="text/html")
    await response.prepare(request)
    if kind == "cut":
        await response.write(body[: DICE.randrange(len(body))])
        await asyncio.sleep(0.005)
        return _abort(request)
    if kind in ("drip", "silence"):
        for place in range(len(body)):
            await response.write(body[place : place + 1])
            await asyncio.sleep(1.0 if kind == "drip" else TOO_LONG)
    else:
        await response.write(body)
    route.served += 1
    route.tokens_out += len(WORDS)
    await response.write_eof()
    return response


async def _stream(request: web.Request, route: Route, model: str, kind: str) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"content-type": "text/event-stream", "request-id": "req_weather"}
    )
    await response.prepare(request)
    events = _events(model)
    ends = DICE.randrange(len(events)) if kind in ("cut", "error_event", "silence") else len(events)
    for event in events[:ends]:
        await response.write(event)
        await asyncio.sleep(1.0 if kind == "drip" else 0.002)
    if kind == "cut":
        return _abort(request)
    if kind == "error_event":
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "PRIVATE"}}
        await response.write(f"event: error\ndata: {json.dumps(error)}\n\n".encode())
        return response
    if kind == "silence":
        await asyncio.sleep(TOO_LONG)
    route.served += 1
    route.tokens_out += len(WORDS)
    return response


async def _set(
    routes: dict[str, Route], runners: dict[str, web.AppRunner], request: web.Request
) -> web.Response:
    for name, weather in (await request.json()).items():
        route = routes[name]
        was = route.kind
        route.kind, route.share, route.headers, route.code = "fine", 1.0, {}, ""
        route.seconds = 0.02
        for key, value in weather.items():
            setattr(route, key, value)
        if route.kind == "refuse" and was != "refuse" and route.site is not None:
            await route.site.stop()
        elif was == "refuse" and route.kind != "refuse" and route.site is not None:
            port = int(route.site.name.rpartition(":")[2])
            route.site = web.TCPSite(runners[name], "127.0.0.1", port, backlog=4096)
            await route.site.start()
    return web.json_response({})


async def _counts(routes: dict[str, Route], _request: web.Request) -> web.Response:
    told = {
        each.name: {
            "asked": each.asked,
            "served": each.served,
            "tokens_out": each.tokens_out,
            "by_model": dict(each.by_model),
        }
        for each in routes.values()
    }
    return web.json_response(told)


async def main() -> None:
    """Serve until standard input is closed."""
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # clients go away, that is the point
    routes = {name: Route(name) for name in ROUTES}
    runners: dict[str, web.AppRunner] = {}
    ports: list[int] = []
    for name, route in routes.items():

        def handler(request: web.Request, route: Route = route) -> Awaitable[web.StreamResponse]:
            return _answer(request, route)

        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_post("/{tail:.*}", handler)
        runners[name] = runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
        await site.start()
        port = runner.addresses[0][1]
        ports.append(port)
        # So that it can be closed, and opened again in the same place.
        await site.stop()
        route.site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
        await route.site.start()
    control = web.Application()
    control.router.add_post("/", lambda request: _set(routes, runners, request))
    control.router.add_get("/", lambda request: _counts(routes, request))
    runner = web.AppRunner(control, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{' '.join(map(str, [*ports, runner.addresses[0][1]]))}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
