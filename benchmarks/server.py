"""A fast loopback server that speaks the Messages API, for measuring what stands before it.

It answers every call after a fixed time with a fixed text: a judge's request, known by its output
schema, with a pass for each criterion. On request it limits the rate by a token bucket whose
headers are true, and refuses or drops calls at fixed shares. Faults are drawn by the number of the
call, so every run of a benchmark meets the same ones.

A prompt that holds `[[reply:NAME]]` gets the reply of that name instead: judges of other tools ask
for their verdict in other forms.

Usage: python -m benchmarks.server [--latency MS] [--limit R] [--faults] [--port PORT]

The address stands on the first line of standard output. GET /counts tells what was served so far;
SIGTERM ends the server, which prints the same.
"""

import asyncio
import json
import math
import re
import signal
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

ANSWER = "Thank you for asking. Items can be returned within 30 days of delivery, free of charge."
REPLIES = {
    "flag": '{"pass": true, "score": 1, "reason": "It states what is asked for."}',
    "score": '{"score": 10, "reason": "It states what is asked for."}',
    "grade": "It states what is asked for.\n\nGRADE: C",
}
"""What judges of other tools read a pass from."""

_WANTED_REPLY = re.compile(rb"\[\[reply:(\w+)\]\]")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
_PLENTY = {
    f"anthropic-ratelimit-{what}-{name}": "1000000000"
    for what in ("requests", "input-tokens", "output-tokens")
    for name in ("limit", "remaining")
}
_PHRASES = {200: "OK", 429: "Too Many Requests", 529: "Overloaded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the server behaves: latency in seconds, calls per second if limited, faults if any."""

    latency: float = 0.0
    limit: float | None = None
    faults: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a call gets; a response without a status drops the connection."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    latency: float = 0.0

    def encode(self) -> bytes:
        """Return the bytes that go out."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = (
            f"HTTP/1.1 {self.status} {_PHRASES[self.status]}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(self.body)}\r\n{lines}\r\n"
        )
        return head.encode() + self.body


DROPPED = Response(status=0, body=b"")


class Bucket:
    """A token bucket that holds what one second allows, refilled steadily."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._size = max(1.0, rate)
        self._level = self._size
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Take one token if there is one."""
        now = time.monotonic()
        self._level = min(self._size, self._level + (now - self._filled_at) * self._rate)
        self._filled_at = now
        allowed = self._level >= 1
        self._level -= allowed
        return allowed

    def headers(self) -> dict[str, str]:
        """Return the limit per minute, what is left of the bucket, and when it is full again."""
        full_in = (self._size - self._level) / self._rate
        full_at = datetime.now(UTC) + timedelta(seconds=full_in)
        return {
            "anthropic-ratelimit-requests-limit": str(round(60 * self._rate)),
            "anthropic-ratelimit-requests-remaining": str(int(self._level)),
            "anthropic-ratelimit-requests-reset": f"{full_at:%Y-%m-%dT%H:%M:%S}Z",
        }

    def wait(self) -> int:
        """Return in how many whole seconds there is a token again."""
        return math.ceil(max(0.0, 1 - self._level) / self._rate)


class Service:
    """Answers calls and counts what became of them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.counts: Counter[str] = Counter()
        self._behaviour = behaviour
        self._bucket = None if behaviour.limit is None else Bucket(behaviour.limit)
        self._calls = 0
        self._in_flight = 0
        self._first = self._last = 0.0

    def respond(self, head: bytes, body: bytes) -> Response:
        """Return what one request gets."""
        if head.startswith(b"GET "):
            return Response(status=200, body=self.report())
        self._calls += 1
        self._last = time.monotonic()
        self._first = self._first or self._last
        if self._bucket is not None and not self._bucket.take():
            wait = {"retry-after": str(self._bucket.wait()), **self._limits()}
            return self._refused("limited", 429, "rate_limit_error", wait)
        if self._behaviour.faults and (fault := self._fault()) is not None:
            return fault
        return self._answered(body)

    def report(self) -> bytes:
        """Return the counts, and over how many seconds the calls came, as JSON."""
        seconds = round(self._last - self._first, 3)
        return json.dumps({"calls": self._calls, **self.counts, "seconds": seconds}).encode()

    def started(self) -> None:
        """Count a call that is being answered."""
        self._in_flight += 1
        self.counts["most_in_flight"] = max(self.counts["most_in_flight"], self._in_flight)

    def ended(self) -> None:
        """Count a call whose answer went out, or whose client went away."""
        self._in_flight -= 1

    def _limits(self) -> dict[str, str]:
        return _PLENTY if self._bucket is None else self._bucket.headers()

    def _fault(self) -> Response | None:
        drawn = self._calls * 0.6180339887498949 % 1  # steps that fill 0..1 evenly
        if drawn < 0.05:
            return self._refused("refused_429", 429, "rate_limit_error", {"retry-after": "1"})
        if drawn < 0.07:
            return self._refused("refused_529", 529, "overloaded_error", {})
        if drawn < 0.08:
            self.counts["dropped"] += 1
            return DROPPED
        return None

    def _refused(self, name: str, status: int, kind: str, headers: dict[str, str]) -> Response:
        self.counts[name] += 1
        body = {"type": "error", "error": {"type": kind, "message": "as the benchmark wants it"}}
        return Response(status=status, body=json.dumps(body).encode(), headers=headers)

    def _answered(self, body: bytes) -> Response:
        request = cast("dict[str, object]", json.loads(body))
        criteria = criteria_of(request)
        text = _verdicts(criteria) if criteria else _reply(body)
        self.counts["judged" if text != ANSWER else "answered"] += 1
        number = self._calls
        message = {
            "id": f"msg_{number}",
            "type": "message",
            "role": "assistant",
            "model": request["model"],
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": len(body) // 4, "output_tokens": len(text) // 4},
        }
        return Response(
            status=200,
            body=json.dumps(message).encode(),
            headers={"request-id": f"req_{number}", **self._limits()},
            latency=self._behaviour.latency,
        )


def criteria_of(request: Mapping[str, object]) -> list[str]:
    """Return the keys c1, c2, … that a judge's reply must have; none for other requests."""
    place: object = request
    for key in ("output_config", "format", "schema", "properties"):
        place = place.get(key) if isinstance(place, Mapping) else None
    keys = [str(key) for key in place] if isinstance(place, Mapping) else []
    return keys if all(re.fullmatch(r"c\d+", key) for key in keys) else []


def _verdicts(criteria: list[str]) -> str:
    finding = {"reason": "The answer states it.", "verdict": "pass"}
    return json.dumps(dict.fromkeys(criteria, finding))


def _reply(body: bytes) -> str:
    wanted = _WANTED_REPLY.search(body)
    return REPLIES[wanted[1].decode()] if wanted else ANSWER


class Connection(asyncio.Protocol):
    """One connection that is kept open; a client sends its next request after the answer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the other end."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the answer that nobody waits for."""
        self._transport = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._done()

    def data_received(self, data: bytes) -> None:
        """Answer when a request is whole."""
        self._received += data
        end = self._received.find(_END)
        if end < 0:
            return
        length = _LENGTH.search(self._received, 0, end)
        size = end + len(_END) + (int(length[1]) if length else 0)
        if len(self._received) < size:
            return
        head, body = self._received[:end], self._received[end + len(_END) : size]
        self._received = self._received[size:]
        self._answer(self._service.respond(head, body))

    def _answer(self, response: Response) -> None:
        if response is DROPPED:
            self._drop()
        elif response.latency:
            loop = asyncio.get_running_loop()
            self._service.started()
            self._waiting = loop.call_later(response.latency, self._send_late, response)
        else:
            self._send(response)

    def _send_late(self, response: Response) -> None:
        self._done()
        self._send(response)

    def _done(self) -> None:
        self._waiting = None
        self._service.ended()

    def _send(self, response: Response) -> None:
        if self._transport is not None:
            self._transport.write(response.encode())

    def _drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def serve(behaviour: Behaviour, port: int) -> bytes:
    """Serve until SIGTERM or SIGINT and return the report."""
    service = Service(behaviour)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", port, backlog=1024)
    host, number = server.sockets[0].getsockname()
    print(f"http://{host}:{number}", flush=True)
    await ended.wait()
    server.close()
    return service.report()


def main() -> None:
    """Read the arguments, serve, and print what was served."""
    parser = ArgumentParser(description="A fast loopback server that speaks the Messages API.")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS")
    parser.add_argument("--limit", type=float, metavar="R", help="calls per second")
    parser.add_argument("--faults", action="store_true", help="5 %% 429, 2 %% 529, 1 %% dropped")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    behaviour = Behaviour(
        latency=options.latency / 1000, limit=options.limit, faults=options.faults
    )
    print(asyncio.run(serve(behaviour, options.port)).decode())


if __name__ == "__main__":
    main()
