"""What servers have in common, over real HTTP: they say nothing but what is a fault of their own."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from threading import Thread

import pytest

from evalgate.adapters.quiet_server import QuietHandler, QuietServer, unusable


class Answerer(QuietHandler):
    """Answers what the path says."""

    timeout = 5

    def do_GET(self) -> None:  # noqa: N802 - the name that the library looks for
        if self.path == "/bug":
            raise RuntimeError("a bug of ours")
        if self.path == "/gone":
            raise ConnectionResetError
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()


@pytest.fixture
def server() -> Iterator[QuietServer]:
    with QuietServer(("127.0.0.1", 0), Answerer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: QuietServer, path: str) -> http.client.HTTPResponse | None:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    with closing(line):
        line.request("GET", path)
        try:
            return line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            return None


def test_it_says_neither_what_it_runs_on_nor_who_asked(
    server: QuietServer, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = ask(server, "/")
    assert answer is not None
    assert answer.headers["Server"] == "evalgate"
    assert ask(server, "/gone") is None
    assert capfd.readouterr() == ("", "")


def test_a_bug_is_told(server: QuietServer, capfd: pytest.CaptureFixture[str]) -> None:
    assert ask(server, "/bug") is None
    assert "a bug of ours" in capfd.readouterr().err


def test_its_name_is_its_address_without_a_look_into_the_network() -> None:
    with QuietServer(("127.0.0.1", 0), Answerer) as server:
        assert (server.server_name, server.server_port) == server.server_address


def test_a_port_that_cannot_be_had_says_why_and_what_to_do(server: QuietServer) -> None:
    with pytest.raises(OSError, match="in use") as taken:
        QuietServer(("127.0.0.1", server.server_port), Answerer)
    told = unusable("port 80", 80, taken.value, instead="take another")
    assert str(told) == "port 80 is in use by another process: take another"
    with pytest.raises(OSError, match=r".") as nowhere:
        QuietServer(("192.0.2.1", 0), Answerer)  # an address for documents, which nobody has
    told = unusable("192.0.2.1, port 0", 0, nowhere.value, instead="take another")
    assert str(told).startswith("cannot listen on 192.0.2.1, port 0 (Cannot assign")
    assert str(told).endswith("): take another")


def test_one_who_says_nothing_holds_nobody_up(server: QuietServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)):
        assert ask(server, "/") is not None
