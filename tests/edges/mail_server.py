"""A mail server on this machine that keeps what it is given."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer

ANSWERS: Mapping[bytes, bytes] = {
    b"EHLO": b"250-here\r\n250 AUTH PLAIN",
    b"AUTH": b"235 welcome",
    b"DATA": b"354 go on",
    b"QUIT": b"221 bye",
}


@dataclass(slots=True)
class MailServer:
    """Where it listens, and what came; with `refuses` it takes nothing."""

    port: int = 0
    refuses: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


class _Server(ThreadingTCPServer):
    kept: MailServer


class _Handler(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say(b"220 ready")
        for line in iter(self.rfile.readline, b""):
            word = line[:4].upper()
            self._say(self._answer(word, line))
            if word == b"DATA":
                self._keep()
            if word == b"QUIT":
                return

    def _answer(self, word: bytes, line: bytes) -> bytes:
        if word == b"RCPT" and self.server.kept.refuses:
            return b"550 no such user"
        if word == b"RCPT":
            self.server.kept.recipients.append(line.strip().decode().partition(":")[2])
        return ANSWERS.get(word, b"250 fine")

    def _keep(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        whole = b"".join(line.removeprefix(b".") for line in lines)
        message = message_from_bytes(whole, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.server.kept.mails.append(message)
        self._say(b"250 kept")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run the server until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.kept = MailServer(port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
