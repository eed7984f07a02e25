"""Serves metrics over HTTP to this machine alone: what the last look has found, at once."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from threading import Thread
from types import TracebackType
from typing import Self

from evalgate.adapters.quiet_server import QuietHandler, QuietServer, unusable
from evalgate.adapters.served_paths import is_ours

HOST = "127.0.0.1"
METRICS = "/metrics"

_PATIENCE = 10.0
"""Seconds that an asker may take to ask or to listen."""

_INSTEAD = "name another one by --prometheus, 0 for any free one"
_PLAIN = "text/plain; charset=utf-8"


class MetricsServer(QuietServer):
    """Listens from the moment that it is made, and answers while it is entered."""

    def __init__(self, text: Callable[[], str], *, port: int, content_type: str) -> None:
        """Begin to listen.

        Args:
            text: what is answered; it is asked by several threads and must not wait.
            port: 0 takes a free one.
            content_type: what the text is.

        Raises:
            UsageError: the port cannot be had.
        """
        try:
            super().__init__((HOST, port), partial(_Asker, text, content_type))
        except OSError as error:
            raise unusable(f"port {port}", port, error, instead=_INSTEAD) from error

    @property
    def address(self) -> str:
        """Where the metrics are: `http://127.0.0.1:9464/metrics`."""
        return f"http://{HOST}:{self.server_port}{METRICS}"

    def __enter__(self) -> Self:
        """Begin to answer, in a thread."""
        Thread(target=self.serve_forever, name="metrics", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Asker(QuietHandler):
    """Answers one connection."""

    timeout = _PATIENCE
    server: MetricsServer

    def __init__(self, text: Callable[[], str], content_type: str, *rest: object) -> None:
        self._text, self._content_type = text, content_type
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 - the name that the library looks for
        """Send the metrics, or why not."""
        if not is_ours(self.headers.get_all("Host", []), self.server.server_port):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.path.partition("?")[0] != METRICS:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif text := self._text():
            self._send(HTTPStatus.OK, text, self._content_type)
        else:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)  # before the first look

    do_HEAD = do_GET  # noqa: N815 - the name that the library looks for

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Send why not, as plain text; nothing of the request is said back."""
        if code == HTTPStatus.NOT_IMPLEMENTED:  # what the library says of a method that is not here
            code = HTTPStatus.METHOD_NOT_ALLOWED
        self.close_connection = True
        self.request_version = "HTTP/1.0"  # a request without a version would get no headers
        self._send(code, f"{HTTPStatus(code).phrase}: the metrics are at {METRICS}\n", _PLAIN)

    def _send(self, code: int, text: str, content_type: str) -> None:
        body = text.encode("utf-8", errors="replace")
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError, TimeoutError):
                self.wfile.write(body)
