"""Serves verdicts over HTTP to delivery engines: one small answer for each connection."""

import base64
import binascii
import hmac
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from threading import Lock

from evalgate.adapters.quiet_server import QuietHandler, QuietServer, unusable
from evalgate.model.served_verdict import HEALTH, ServedAnswer, refusal

Answer = Callable[[str, str], ServedAnswer]
"""Answers a method and a target; it is called by many threads at once."""

MOST_AT_ONCE = 64
"""Connections beyond this number are closed unanswered, so that they cost no thread."""

MOST_BYTES = 65_536
"""Of a request's body: Flagger's are some hundreds."""

PATIENCE = 15.0
"""Seconds that a connection may last: more than an assessment is waited for."""

_INSTEAD = "name another by --port, 0 for any free one, or another address by --host"

_SILENCE = 5.0
"""Seconds that a client may take for its next bytes."""

_DRAINED = 2_000_000
"""Bytes of a body that is too long which are read all the same, so that the refusal is heard."""


class VerdictServer(QuietServer):
    """Listens from the moment that it is made; `serve_forever` answers."""

    request_queue_size = MOST_AT_ONCE

    def __init__(
        self, answer: Answer, *, host: str, port: int, token: str = "", patience: float = PATIENCE
    ) -> None:
        """Begin to listen.

        Args:
            answer: what is answered.
            host: the address to listen on.
            port: 0 takes a free one.
            token: what a request must bring along; empty for nothing.
            patience: seconds that a connection may last, however slow its client is.

        Raises:
            UsageError: when host and port cannot be had.
        """
        self._patience, self._lock = patience, Lock()
        self._open: dict[object, float] = {}
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), partial(_Asker, answer, token.encode()))
        except OSError as error:
            raise unusable(f"{host}, port {port}", port, error, instead=_INSTEAD) from error

    @property
    def address(self) -> str:
        """Where it is asked: `http://127.0.0.1:8600`."""
        host = str(self.server_address[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}"

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002
        """Return whether one more connection may be answered."""
        with self._lock:
            if len(self._open) >= MOST_AT_ONCE:
                return False
            self._open[request] = time.monotonic()
            return True

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection, and forget it."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """End what has lasted too long; it is called about twice a second."""
        with self._lock:
            late = time.monotonic() - self._patience
            for line in [line for line, begun in self._open.items() if begun < late]:
                if isinstance(line, socket.socket):
                    with suppress(OSError):
                        line.shutdown(socket.SHUT_RDWR)


class _Asker(QuietHandler):
    """Answers one connection."""

    timeout = _SILENCE

    def __init__(self, answer: Answer, token: bytes, *rest: object) -> None:
        self._answer, self._token = answer, token
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 - the name that the library looks for
        """Read what was sent, look whether the asker may ask, and answer."""
        why_not = self._body()
        if why_not:
            self._send(why_not)
        elif self._is_trusted():
            self._send(self._answer(self.command, self.path))
        else:
            self._send(refusal(HTTPStatus.UNAUTHORIZED, "a token is needed, or this is not it"))

    do_HEAD = do_GET  # noqa: N815 - the names that the library looks for
    do_POST = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what the library refuses, and methods that it does not know."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self.do_GET()
        else:
            self._send(refusal(code, HTTPStatus(code).phrase.lower()))

    def _body(self) -> ServedAnswer | None:
        """Read the body, of which nothing is needed, and return what is wrong with it."""
        if self.headers.get("Transfer-Encoding"):
            return refusal(HTTPStatus.LENGTH_REQUIRED, "send a body with its Content-Length")
        lengths = self.headers.get_all("Content-Length", ["0"])
        if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdecimal()):
            return refusal(HTTPStatus.BAD_REQUEST, "expected one Content-Length, in digits")
        length = int(lengths[0][:12])
        left = min(length, _DRAINED)
        while left > 0 and (chunk := self.rfile.read1(min(left, MOST_BYTES))):
            left -= len(chunk)
        if length > MOST_BYTES:
            most = f"a body has at most {MOST_BYTES:,} bytes"
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, most)
        return None

    def _is_trusted(self) -> bool:
        """Whether the request brought the token, as a bearer's or as the password of anybody."""
        if not self._token or self.path == HEALTH:
            return True
        return hmac.compare_digest(_secret(self.headers.get("Authorization", "")), self._token)

    def _send(self, answer: ServedAnswer) -> None:
        body = (json.dumps(answer.document) + "\n").encode()
        self.request_version = "HTTP/1.0"  # a request without a version would get no headers
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if answer.allow:
            self.send_header("Allow", ", ".join(answer.allow))
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _secret(header: str) -> bytes:
    """Return what a header `Authorization` brings along, nothing where it is of no known kind."""
    kind, _, value = header.partition(" ")
    given = value.strip().encode("latin-1", "replace")
    if kind.lower() == "bearer":
        return given
    if kind.lower() == "basic":  # what Go's client makes of `http://anybody:TOKEN@host/`
        with suppress(binascii.Error):
            return base64.b64decode(given, validate=True).partition(b":")[2]
    return b""
