"""Servers on this machine that take alerts, or fail to in the ways in which servers do."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from evalgate.model.document import Data


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Data]:
        """The body, read as a JSON object."""
        read = json.loads(self.body)
        assert isinstance(read, dict)
        return read


@dataclass(slots=True)
class Receiver:
    """A server and what came; set `status`, `answer` or `headers` to have it answer otherwise."""

    url: str = ""
    status: int = 200
    answer: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Received] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Data]]:
        """What came, read as JSON objects."""
        return [each.data for each in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a server that takes everything."""
    it = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            it.got.append(Received(path=self.path, headers=headers, body=body))
            self.send_response(it.status)
            for name, value in it.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(it.answer)))
            self.end_headers()
            self.wfile.write(it.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent(*, trickle: bytes = b"") -> Iterator[str]:
    """Run a server that accepts, and then says nothing, or these bytes one by one for ever."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    threads = [threading.Thread(target=_accept, args=(listening, trickle, over))]
    threads[0].start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        threads[0].join()


def _accept(listening: socket.socket, trickle: bytes, over: threading.Event) -> None:
    talks: list[threading.Thread] = []
    while not over.is_set():
        try:
            line, _ = listening.accept()
        except OSError:
            break
        talks.append(threading.Thread(target=_talk, args=(line, trickle, over)))
        talks[-1].start()
    for each in talks:
        each.join()


def _talk(line: socket.socket, trickle: bytes, over: threading.Event) -> None:
    with line, suppress(OSError):
        if trickle:
            line.recv(65_536)
        for number in range(10_000_000):
            if over.wait(0.05):
                return
            if trickle:
                line.sendall(trickle[number : number + 1] or b"x")


def seconds_of(begun: float) -> float:
    """Return the seconds since an instant of the monotonic clock."""
    return time.monotonic() - begun
