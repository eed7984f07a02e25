"""The server of metrics over real HTTP: it answers this machine, at once, and nothing else."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from evalgate.adapters.metrics_server import MetricsServer
from evalgate.errors import UsageError

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Board:
    """What is served at the moment."""

    text = "evalgate_calls_total 1\n"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def server(board: Board) -> Iterator[MetricsServer]:
    with MetricsServer(lambda: board.text, port=0, content_type=TYPE) as server:
        yield server


def ask(
    server: MetricsServer, path: str = "/metrics", *, method: str = "GET", host: str = ""
) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    line.request(method, path, headers={"Host": host or f"localhost:{server.server_port}"})
    return line.getresponse()


def test_the_last_text_is_served_with_its_type(server: MetricsServer, board: Board) -> None:
    with closing(ask(server)) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, TYPE)
        assert answer.read() == b"evalgate_calls_total 1\n"
    board.text = "evalgate_calls_total 2\n"
    with closing(ask(server, "/metrics?x=1")) as answer:
        assert answer.read() == b"evalgate_calls_total 2\n"
    with closing(ask(server, method="HEAD")) as answer:
        assert (answer.status, answer.read()) == (200, b"")


def test_before_the_first_look_there_is_nothing_to_serve(
    server: MetricsServer, board: Board
) -> None:
    board.text = ""
    with closing(ask(server)) as answer:
        assert answer.status == 503


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/", "GET", "", 404),
        ("/metrics/../etc/passwd", "GET", "", 404),
        ("/metrics", "POST", "", 405),
        ("/metrics", "GET", "evil.example", 421),
    ],
)
def test_what_is_not_for_it_is_refused_and_not_repeated(
    server: MetricsServer, path: str, method: str, host: str, status: int
) -> None:
    with closing(ask(server, path, method=method, host=host)) as answer:
        assert answer.status == status
        assert b"evil" not in answer.read()


def test_one_who_asks_slowly_holds_nobody_up(server: MetricsServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.send(b"GET /metrics HTTP/1.1\r\nHost:")
        with closing(ask(server)) as answer:
            assert answer.status == 200


def test_a_port_that_is_taken_says_which_and_what_to_do(server: MetricsServer) -> None:
    with pytest.raises(UsageError, match=f"port {server.server_port} is in use.*--prometheus"):
        MetricsServer(str, port=server.server_port, content_type=TYPE)


def test_when_it_has_ended_its_port_is_free() -> None:
    with MetricsServer(str, port=0, content_type=TYPE) as server:
        port = server.server_port
    with MetricsServer(str, port=port, content_type=TYPE):
        pass
