"""What the servers of reports, metrics and verdicts share: how they listen, and what they hide."""

import errno
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import TCPServer

from evalgate.errors import UsageError


class QuietServer(ThreadingHTTPServer):
    """Listens from the moment that it is made; `serve_forever` answers, each asker in a thread."""

    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Say nothing of an asker that leaves in the middle: that is no fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class QuietHandler(BaseHTTPRequestHandler):
    """Answers one connection, and says neither what it runs on nor who asked for what."""

    def version_string(self) -> str:
        """Return what the header `Server` says."""
        return "evalgate"

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - theirs
        """Say nothing: engines and collectors ask all the time, and a reader's is his own."""


def unusable(place: str, port: int, error: OSError, *, instead: str) -> UsageError:
    """Return why nobody can listen.

    Args:
        place: where, as in `cannot listen on …`.
        port: that was asked for.
        error: what the system says.
        instead: what can be done.
    """
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {port} is in use by another process: {instead}")
    return UsageError(f"cannot listen on {place} ({error.strerror or error}): {instead}")
