"""A server of this machine that obeys a script, and a GitHub client that talks to it."""

import json
import ssl
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from evalgate.adapters.github_client import GitHubClient, Patience
from evalgate.adapters.github_exchange import Permission, Request, Response
from evalgate.errors import GitHubError

KEY = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
NOW = 1_700_000_000.0
QUICK = Patience(connect=2.0, read=0.3, answer=5.0, in_all=120.0)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server does when it is asked: answer, or hang up, or keep silent."""

    status: int = 200
    reason: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = field(default_factory=dict)
    hangs_up: bool = False
    cuts_off: bool = False
    seconds: float = 0.0

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True, kw_only=True)
class Received:
    """What the server was asked."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


class Server(ThreadingHTTPServer):
    """Gives its replies one after the other, and the last one for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, replies: list[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = replies
        self.received: list[Received] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about clients that hang up."""


class Handler(BaseHTTPRequestHandler):
    """Notes a request and obeys the script."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        self.server.received.append(
            Received(method=self.command, target=self.path, headers=headers, body=body)
        )
        reply = self.server.next_reply()
        self.close_connection = reply.hangs_up or reply.cuts_off
        if not reply.hangs_up:
            self._send(reply)

    do_GET = do_POST = do_PATCH = do_DELETE = do_CONNECT = answer  # noqa: N815

    def _send(self, reply: Reply) -> None:
        content = reply.content()
        if reply.seconds:
            self.connection.settimeout(reply.seconds)
            with suppress(TimeoutError):
                self.connection.recv(1)
        self.send_response(reply.status, reply.reason)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content) + reply.cuts_off))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""


@contextmanager
def serving(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(list(replies))
    if tls is not None:
        server.scheme = "https"
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Clock:
    """A clock that moves when somebody sleeps."""

    time: float = NOW
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def now(self) -> float:
        return self.time


@contextmanager
def client_of(url: str, clock: Clock | None = None) -> Iterator[GitHubClient]:
    clock = clock or Clock()
    with GitHubClient(KEY, api_url=url, patience=QUICK, sleep=clock.sleep, now=clock.now) as client:
        yield client


@contextmanager
def talking(
    *replies: Reply, clock: Clock | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[GitHubClient, Server]]:
    """Give a client and the server that it talks to."""
    with serving(*replies, tls=tls) as server, client_of(server.url, clock) as client:
        yield client, server


def asking(
    method: str = "GET",
    *,
    path: str = "repos/o/r/x",
    query: Mapping[str, str] | None = None,
    allows: frozenset[int] = frozenset(),
    is_repeatable: bool = False,
) -> Request:
    return Request(
        method=method,
        path=path,
        needs=Permission.CHECKS_WRITE,
        query=query or {},
        body={"body": "hello"} if method in {"POST", "PATCH"} else None,
        allows=allows,
        is_repeatable=is_repeatable,
    )


def call(*replies: Reply, request: Request | None = None) -> tuple[Response, Server, Clock]:
    """Ask once, against a script, and return the answer with what led to it."""
    clock = Clock()
    with talking(*replies, clock=clock) as (client, server):
        return client.call(request or asking()), server, clock


def refused(
    *replies: Reply, request: Request | None = None, clock: Clock | None = None
) -> tuple[GitHubError, Server]:
    """Ask once, and return the error, which tells no secret in any form."""
    with (
        talking(*replies, clock=clock) as (client, server),
        pytest.raises(GitHubError) as caught,
    ):
        client.call(request or asking())
    assert_no_secret(caught.value)
    return caught.value, server


def assert_no_secret(error: BaseException, *more: str) -> None:
    """Assert that neither an error nor any that stands behind it knows the token."""
    seen: BaseException | None = error
    while seen is not None:
        lines = traceback.TracebackException.from_exception(seen, capture_locals=False).format()
        told = [str(seen), repr(seen), repr(seen.args), repr(vars(seen)), *lines]
        assert not hasattr(seen, "request")
        for secret in (KEY, KEY[:8], "Bearer", *more):
            assert secret not in "\n".join(told)
        seen = seen.__cause__ or seen.__context__


LIMITED = Reply(status=403, headers={"Retry-After": "7"}, body={"message": "secondary rate limit"})
DOWN = Reply(status=502, body=b"<html>bad gateway</html>")
FINE = Reply(body={"id": 1})
HANGS_UP = Reply(hangs_up=True)


def leading_to(url: str) -> Reply:
    return Reply(status=302, headers={"location": url}, body=b"")
