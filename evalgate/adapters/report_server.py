"""Serves a folder of reports over HTTP to this machine alone, to be read and nothing else."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from evalgate.adapters.quiet_server import QuietHandler, QuietServer, unusable
from evalgate.adapters.reports_folder import open_inside
from evalgate.adapters.served_paths import (
    INDEX,
    MESSAGE,
    Shown,
    asked_path,
    how_to_show,
    is_ours,
)

HOST = "127.0.0.1"

_PATIENCE = 30.0
"""Seconds that a browser may take to ask or to listen."""

_INSTEAD = "leave --port out for a free one, or name another"
_SAID: Mapping[int, str] = {
    HTTPStatus.MISDIRECTED_REQUEST: "This server answers to 127.0.0.1 and localhost alone.",
    HTTPStatus.NOT_FOUND: "There is no such report. The index is at /.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Reports can be read here and nothing else.",
}


class ReportServer(QuietServer):
    """Listens from the moment that it is made; `serve_forever` answers."""

    def __init__(self, root: Path, index: Callable[[], str], *, port: int = 0) -> None:
        """Begin to listen.

        Args:
            root: the folder whose files are served.
            index: draws the page at `/`, anew for each request.
            port: 0 takes a free one.

        Raises:
            UsageError: when the port cannot be had.
        """
        try:
            super().__init__((HOST, port), partial(_Reader, root, index))
        except OSError as error:
            raise unusable(f"port {port}", port, error, instead=_INSTEAD) from error

    @property
    def address(self) -> str:
        """Where the index is: `http://127.0.0.1:8000/`."""
        return f"http://{HOST}:{self.server_port}/"


class _Reader(QuietHandler):
    """Answers one connection."""

    timeout = _PATIENCE
    server: ReportServer

    def __init__(self, root: Path, index: Callable[[], str], *rest: object) -> None:
        self._root, self._index = root, index
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 - the name that the library looks for
        """Send the index, a file, or why not."""
        if not is_ours(self.headers.get_all("Host", []), self.server.server_port):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        parts = asked_path(self.path)
        if parts == ():
            page = self._index().encode("utf-8", errors="replace")
            self._send(HTTPStatus.OK, INDEX, BytesIO(page), size=len(page))
            return
        shown = how_to_show(parts[-1]) if parts else None
        if not parts or shown is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            file = open_inside(self._root, parts)
        except (OSError, ValueError):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with file:
            self._send(HTTPStatus.OK, shown, file, size=os.fstat(file.fileno()).st_size)

    do_HEAD = do_GET  # noqa: N815 - the name that the library looks for

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Send why not, as plain text; nothing of the request is said back."""
        if code == HTTPStatus.NOT_IMPLEMENTED:  # what the library says of a method that is not here
            code = HTTPStatus.METHOD_NOT_ALLOWED
        text = f"{_SAID.get(code, HTTPStatus(code).phrase)}\n".encode()
        self.close_connection = True
        self.request_version = "HTTP/1.0"  # a request without a version would get no headers
        self._send(code, MESSAGE, BytesIO(text), size=len(text))

    def _send(self, code: int, shown: Shown, body: BinaryIO, *, size: int) -> None:
        self.send_response(code)
        for name, value in shown.headers.items():
            self.send_header(name, value)
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError, TimeoutError):
                shutil.copyfileobj(_First(body, size), self.wfile)


class _First:
    """The beginning of a file: a log that grows meanwhile sends no more than was announced."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, none at the end."""
        chunk = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(chunk)
        return chunk
