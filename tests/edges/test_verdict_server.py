"""The server of verdicts over real HTTP: storms, slow clients, tokens, and what nobody should send."""

import base64
import http.client
import json
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from threading import Barrier, Thread
from typing import TypedDict, Unpack

import pytest

from evalgate.adapters.verdict_server import MOST_AT_ONCE, MOST_BYTES, VerdictServer
from evalgate.cli.verdict_desk import VerdictDesk
from evalgate.errors import ConfigurationError, Problem, UsageError
from evalgate.model.rollout import Outcome, RolloutReport
from tests.unit.rollout.known_rollouts import known_rollout

TOKEN = "correct-horse"  # noqa: S105 - of this test alone
PAYLOAD = json.dumps(
    {
        "name": "support-app",
        "namespace": "prod",
        "phase": "Progressing",
        "checksum": "85d557f47b",
        "metadata": {"secret": "in-the-body"},
    }
).encode()


class World:
    """What is known of two prompts, and how often it was assessed."""

    def __init__(self) -> None:
        self.assessed, self.pause = list[str](), 0.0
        self.report: RolloutReport | None = known_rollout(Outcome.ADVANCE)
        self.fault: ConfigurationError | None = None

    def report_of(self, name: str, _now: float) -> RolloutReport | None:
        self.assessed.append(name)
        time.sleep(self.pause)
        if self.fault:
            raise self.fault
        return self.report

    def desk(self, every: float = 30.0) -> VerdictDesk:
        return VerdictDesk(self.report_of, is_prompt=lambda name: name in "p q", every=every)


class Options(TypedDict, total=False):
    """What a server may be told besides."""

    token: str
    patience: float


@contextmanager
def serving(
    world: World, *, every: float = 30.0, host: str = "127.0.0.1", **more: Unpack[Options]
) -> Iterator[VerdictServer]:
    with VerdictServer(world.desk(every).answer, host=host, port=0, **more) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Iterator[VerdictServer]:
    with serving(world) as server:
        yield server


def ask(
    server: VerdictServer,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)) as line:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def raw(server: VerdictServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65_536), b""))


def test_a_verdict_is_a_small_document(server: VerdictServer) -> None:
    status, headers, sent = ask(server, "/verdict/p?version=v4")
    assert (status, json.loads(sent)["verdict"]) == (200, "pass")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "evalgate"
    assert len(sent) < 2_000


@pytest.mark.parametrize("path", ["/verdict/p", "/verdict/none", "/healthz", "/none"])
def test_head_sends_the_same_headers_and_no_body(server: VerdictServer, path: str) -> None:
    status, headers, sent = ask(server, path)
    asked = ask(server, path, method="HEAD")
    assert asked[0] == status
    assert asked[1] | {"Date": ""} == headers | {"Date": ""}
    assert asked[2] == b""
    assert int(headers["Content-Length"]) == len(sent)
    assert raw(server, f"HEAD {path} HTTP/1.1\r\n\r\n".encode()).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("hook", "status"),
    [("confirm-rollout", 200), ("confirm-promotion", 200), ("rollback", 403), ("event", 404)],
)
def test_a_hook_of_flagger_is_answered_by_its_status(
    server: VerdictServer, hook: str, status: int
) -> None:
    told, _, sent = ask(server, f"/flagger/p/{hook}", method="POST", body=PAYLOAD)
    assert told == status
    assert b"in-the-body" not in sent


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/verdict/p", "GET, HEAD"),
        ("POST", "/verdict/p", "GET, HEAD"),
        ("BREW", "/healthz", "GET, HEAD"),
        ("GET", "/flagger/p/rollback", "POST"),
        ("PUT", "/flagger/p/rollback", "POST"),
    ],
)
def test_another_method_is_told_which_ones_there_are(
    server: VerdictServer, method: str, path: str, allow: str
) -> None:
    status, headers, sent = ask(server, path, method=method)
    assert (status, headers["Allow"]) == (405, allow)
    assert json.loads(sent)["schema"] == "served-verdict/1"


@pytest.mark.parametrize(
    "path", ["/verdict/../p", "/verdict/%2e%2e", "/verdict/none", "/verdict//p"]
)
def test_no_path_leads_elsewhere(server: VerdictServer, world: World, path: str) -> None:
    assert ask(server, path)[0] == 404
    assert world.assessed == []


def test_nothing_of_a_request_is_said_back(server: VerdictServer) -> None:
    for request in (
        b"GET /verdict/canary-word?version=canary-word HTTP/1.1\r\nCookie: canary-word\r\n\r\n",
        b"GET /verdict/p?canary-word=v4 HTTP/1.1\r\n\r\n",
        b"canary-word / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/canary-word\r\n\r\n",
        b"POST /flagger/p/rollback HTTP/1.1\r\nContent-Length: 11\r\n\r\ncanary-word",
        b"GET /" + b"canary-word" * 7_000 + b" HTTP/1.1\r\n\r\n",
    ):
        answer = raw(server, request)
        assert answer.startswith(b"HTTP/1.0 "), request[:40]
        assert b"canary-word" not in answer


# Many at once


def test_a_storm_of_polls_costs_one_assessment(world: World) -> None:
    world.pause = 0.3
    barrier = Barrier(30)
    with serving(world) as server, ThreadPoolExecutor(30) as pool:

        def poll() -> int:
            barrier.wait()
            return ask(server, "/verdict/p")[0]

        assert {each.result() for each in [pool.submit(poll) for _ in range(30)]} == {200}
        assert world.assessed == ["p"]
        ask(server, "/verdict/q")
        assert world.assessed == ["p", "q"]


def test_a_slow_client_keeps_nobody_else_waiting_and_is_hung_up_on(world: World) -> None:
    with serving(world, patience=0.6) as server:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as line:
            begun = time.monotonic()
            line.sendall(b"POST /flagger/p/rollback HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
            assert ask(server, "/verdict/p")[0] == 200
            with pytest.raises(OSError):  # noqa: PT011 - a pipe that broke, or a reset
                drip(line)
            assert time.monotonic() - begun < 5
        assert ask(server, "/verdict/p")[0] == 200


def drip(line: socket.socket) -> None:
    """Send a byte now and then, which never runs into the limit of silence."""
    for _ in range(200):
        line.sendall(b"x")
        time.sleep(0.05)


def test_connections_beyond_the_limit_are_closed_and_cost_no_thread(server: VerdictServer) -> None:
    lines = [
        socket.create_connection(("127.0.0.1", server.server_port), timeout=20)
        for _ in range(MOST_AT_ONCE)
    ]
    try:
        with pytest.raises((http.client.HTTPException, OSError)):
            ask(server, "/healthz")
    finally:
        for line in lines:
            line.close()
    until = time.monotonic() + 10
    while not is_answered(server):
        assert time.monotonic() < until, "the places of closed connections were not given back"
        time.sleep(0.05)


def is_answered(server: VerdictServer) -> bool:
    with suppress(http.client.HTTPException, OSError):
        return ask(server, "/healthz")[0] == 200
    return False


def test_a_client_that_leaves_is_no_fault(
    server: VerdictServer, capfd: pytest.CaptureFixture[str]
) -> None:
    for request in (
        b"GET /verd",
        b"POST /flagger/p/rollback HTTP/1.1\r\nContent-Length: 9\r\n\r\nx",
    ):
        with socket.create_connection(("127.0.0.1", server.server_port)) as line:
            line.sendall(request)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert ask(server, "/healthz")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


# Bodies


def test_a_body_that_is_too_long_is_refused_and_the_refusal_is_heard(server: VerdictServer) -> None:
    hook = "/flagger/p/confirm-promotion"
    assert ask(server, hook, method="POST", body=b"x" * MOST_BYTES)[0] == 200
    assert ask(server, hook, method="POST", body=b"x" * (MOST_BYTES + 1))[0] == 413
    assert ask(server, hook, method="POST", body=b"x" * 1_500_000)[0] == 413


def test_a_body_without_end_is_not_read_to_its_end(server: VerdictServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as line:
        line.sendall(b"POST /flagger/p/rollback HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n")
        with pytest.raises(OSError):  # noqa: PT011 - a pipe that broke, or a reset
            line.sendall(b"x" * 40_000_000)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Transfer-Encoding: chunked", b"411"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: 1_0", b"400"),
        (b"Content-Length: 0\r\nContent-Length: 3", b"400"),
    ],
)
def test_a_body_of_unclear_length_is_refused(
    server: VerdictServer, header: bytes, status: bytes
) -> None:
    request = b"POST /flagger/p/confirm-promotion HTTP/1.1\r\n" + header + b"\r\n\r\n"
    assert raw(server, request).startswith(b"HTTP/1.0 " + status)


# Tokens


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"evalgate:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        (basic(TOKEN), 200),
        (None, 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"Basic {TOKEN}", 401),
        (basic("wrong"), 401),
        (basic(""), 401),
        (f"Digest {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer caf\xe9", 401),
    ],
)
def test_only_the_token_opens_the_door(
    world: World, authorization: str | None, status: int
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    with serving(world, token=TOKEN) as server:
        told, answered, sent = ask(server, "/verdict/p", headers=headers)
        assert told == status
        assert answered.get("WWW-Authenticate") == (None if status == 200 else "Bearer")
        assert TOKEN.encode() not in sent
        hook = ask(server, "/flagger/p/confirm-promotion", method="POST", headers=headers)
        assert hook[0] == status


def test_without_the_token_nothing_is_assessed_and_no_prompt_can_be_guessed(world: World) -> None:
    with serving(world, token=TOKEN) as server:
        told = {ask(server, path)[0] for path in ("/verdict/p", "/verdict/none", "/none")}
        assert told == {401}
        assert ask(server, "/healthz")[0] == 200
    assert world.assessed == []


# What cannot be read


def test_evidence_that_cannot_be_read_is_no_verdict(world: World) -> None:
    world.fault = ConfigurationError([Problem(path="calls.jsonl", line=3, message="not JSON")])
    with serving(world) as server:
        for path, method in (("/verdict/p", "GET"), ("/flagger/p/rollback", "POST")):
            status, headers, sent = ask(server, path, method=method)
            assert status == 503
            assert json.loads(sent) == {
                "schema": "served-verdict/1",
                "error": "calls.jsonl:3: not JSON",
            }
            assert (
                "Retry-After" not in headers
            )  # Flagger would sleep for it, and nothing else go on
        assert ask(server, "/healthz")[0] == 200


def test_what_was_known_is_told_while_reading_fails_and_then_no_more(world: World) -> None:
    with serving(world, every=0.2) as server:
        assert ask(server, "/verdict/p")[0] == 200
        world.fault = ConfigurationError([Problem(path="calls.jsonl", message="gone")])
        time.sleep(0.25)
        assert ask(server, "/verdict/p")[0] == 200
        time.sleep(0.6)
        assert ask(server, "/verdict/p")[0] == 503
        world.fault = None
        time.sleep(0.25)
        assert ask(server, "/verdict/p")[0] == 200


def test_a_change_is_said_once(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(world, every=0.1) as server:
        for report in (world.report, world.report, known_rollout(Outcome.ROLL_BACK), None):
            world.report = report
            ask(server, "/verdict/p")
            time.sleep(0.15)
            ask(server, "/verdict/p")
            time.sleep(0.05)
    assert capfd.readouterr().err.splitlines() == [
        "evalgate: p: the verdict of v4 is pass",
        "evalgate: p: the verdict of v4 is fail",
        "evalgate: p: the verdict is inconclusive",
    ]


# Listening


def test_only_this_machine_can_connect_unless_another_address_is_named(
    server: VerdictServer, world: World
) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_port}"
    with serving(world, host="0.0.0.0") as open_to_all:  # noqa: S104
        assert open_to_all.socket.getsockname()[0] == "0.0.0.0"  # noqa: S104
        assert ask(open_to_all, "/healthz")[0] == 200


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_an_address_of_the_sixth_version_is_taken_too(world: World) -> None:
    with serving(world, host="::1") as server:
        assert server.address == f"http://[::1]:{server.server_port}"


def test_a_port_in_use_is_an_error_that_names_it(server: VerdictServer, world: World) -> None:
    port = server.server_port
    with pytest.raises(UsageError, match=f"port {port} is in use by another process: name another"):
        VerdictServer(world.desk().answer, host="127.0.0.1", port=port)
    with pytest.raises(UsageError, match=r"cannot listen on 192\.0\.2\.1, port 0 \("):
        VerdictServer(world.desk().answer, host="192.0.2.1", port=0)
