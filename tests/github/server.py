"""A fake GitHub on this machine that keeps state and holds every exchange to the description.

Usage: `with serve() as github:` gives `github.url`, the API's base. It also runs apart:
`python -m tests.github.server --port-file PORT --state STATE.json --dump DUMP.json`.
"""

import argparse
import os
import re
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.github.contract import description
from tests.github.desk import Desk, Hook, Incoming, Reply
from tests.github.state import BOT, State

TOKEN = "a-token-for-tests"  # noqa: S105 - opens nothing but the fake
Connection = socket.socket | tuple[bytes, socket.socket]
Address = tuple[str, int] | str
Respond = Callable[[Incoming], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What a server that runs apart writes down after each request; tokens aren't in it."""

    state: State
    requests: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running server.

    Args:
        url: the API's base, without a slash at its end.
        token: the first of the tokens that it takes.
    """

    url: str
    token: str
    desk: Desk

    @property
    def state(self) -> State:
        """What the repository holds; prepare it before requests, inspect it after."""
        return self.desk.state

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and target of every request, in order."""
        return self.desk.requests

    @property
    def refused(self) -> list[str]:
        """What came and was not as GitHub describes it, or is not served."""
        return self.desk.refused

    @property
    def violations(self) -> list[str]:
        """What the fake answered otherwise than GitHub describes it: its own mistakes."""
        return self.desk.violations

    def before(self, method: str, path: str, act: Callable[[State], object]) -> None:
        """Let something happen once, before the next request that matches is carried out.

        Args:
            method: such as POST; every method when empty.
            path: a pattern that is searched for in the path below the API's base.
            act: changes the state, as another run would.
        """
        with self.desk.lock:
            self.desk.hooks.append(Hook(method=method, path=path, act=act))

    def requests_for(self, path: str) -> list[str]:
        """Return the methods of the requests whose target matches a pattern, in order."""
        return [method for method, target in self.requests if re.search(path, target)]


class _Server(ThreadingHTTPServer):
    """Listens on this machine; closing it ends all connections and waits for their threads."""

    daemon_threads = False

    def __init__(self, respond: Respond, *, blame: Callable[[str], object]) -> None:
        self.respond = respond
        self.blame = blame
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: Connection, client_address: Address) -> None:
        if isinstance(request, socket.socket):
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        if isinstance(request, socket.socket):
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Connection, client_address: Address) -> None:
        del request, client_address
        if not isinstance(sys.exception(), ConnectionError):
            self.blame(traceback.format_exc())

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        for connection in [*self._open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536
    """Head and body go out together."""
    server: _Server

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        incoming = Incoming(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        reply = self.server.respond(incoming)
        if reply.seconds:
            self.server.closing.wait(reply.seconds)
        if reply.status is None:
            self.close_connection = True
            return
        self._send(reply, status=reply.status)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815

    def _send(self, reply: Reply, *, status: int) -> None:
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


@contextmanager
def serve(
    state: State | None = None,
    *,
    prefix: str = "",
    tokens: Mapping[str, str] | None = None,
    after: Callable[[Desk], object] | None = None,
) -> Iterator[Serving]:
    """Run a fake GitHub until the block ends.

    Args:
        state: what the repository holds at the start.
        prefix: the path of the API's base, such as `/api/v3` for GitHub Enterprise.
        tokens: token → the account that it speaks for; one for the Actions bot when left out.
        after: called with the desk after every request.
    """
    known = dict(tokens or {TOKEN: BOT})
    desk = Desk(state=state or State(), tokens=known)
    description()  # read before the first request, whose time may be limited

    def respond(incoming: Incoming) -> Reply:
        reply = desk.reply(incoming)
        if after:
            with desk.lock:
                after(desk)
        return reply

    api = _Server(respond, blame=desk.violations.append)
    blobs = _Server(lambda incoming: _archive(desk, incoming), blame=desk.violations.append)
    desk.base, desk.blobs = api.origin + prefix, blobs.origin
    with _running(api), _running(blobs):
        yield Serving(url=desk.base, token=next(iter(known)), desk=desk)


@contextmanager
def _running(server: _Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join()


def _archive(desk: Desk, incoming: Incoming) -> Reply:
    """Answer as blob storage does, which wants the signed address and no other credentials."""
    address = urlsplit(incoming.target)
    if "authorization" in incoming.headers:
        return Reply(status=400, body=b"<Error><Code>InvalidAuthenticationInfo</Code></Error>")
    with desk.lock:
        artifact = desk.state.artifacts.get(int(address.path.strip("/") or 0))
    if artifact is None or address.query != "sig=signed":
        return Reply(status=404, body=b"<Error><Code>BlobNotFound</Code></Error>")
    return Reply(status=200, headers={"Content-Type": "application/zip"}, body=artifact.archive)


def write_state(path: Path, state: State) -> None:
    """Write a state for a server that runs apart."""
    _replace(path, msgspec.json.encode(state))


def read_dump(path: Path) -> Dump:
    """Read what a server that runs apart has written down."""
    return msgspec.json.decode(path.read_bytes(), type=Dump)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that no reader meets half of it."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _written(desk: Desk, path: Path) -> None:
    dump = Dump(
        state=desk.state,
        requests=desk.requests,
        refused=desk.refused,
        violations=desk.violations,
    )
    _replace(path, msgspec.json.encode(dump))


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True, help="where the port is written")
    parser.add_argument("--state", type=Path, help="the state to begin with, as JSON")
    parser.add_argument("--dump", type=Path, help="where all is written after each request")
    parser.add_argument("--prefix", default="", help="the path of the API's base")
    options = parser.parse_args()
    state = msgspec.json.decode(options.state.read_bytes(), type=State) if options.state else None
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    tokens = {os.environ.get("FAKE_GITHUB_TOKEN", TOKEN): BOT}
    write: Path | None = options.dump
    after = (lambda desk: _written(desk, write)) if write else None
    with serve(state, prefix=options.prefix, tokens=tokens, after=after) as github:
        _replace(options.port_file, f"{urlsplit(github.url).port}\n".encode())
        stop.wait()


if __name__ == "__main__":
    main()
