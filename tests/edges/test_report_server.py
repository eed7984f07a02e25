"""The server of reports over real HTTP: it answers this machine, and gives away nothing else."""

import http.client
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from evalgate.adapters.report_server import ReportServer, _First
from evalgate.errors import UsageError

INDEX = "<!doctype html><title>Index \ud800</title>"


@contextmanager
def serving(root: Path) -> Iterator[ReportServer]:
    with ReportServer(root, lambda: INDEX) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("served")
    root = top / "reports"
    files = {
        "run/report.html": "<!doctype html><p>report",
        "run/other.html": "<script>alert(1)</script>",
        "run/verdict.json": "{}",
        "run/a b é.md": "# x",
        "run/junit.xml": "<x/>",
        "run/batches.jsonl": "secret",
        "run/answers.sqlite": "secret",
        "run/.env.json": "secret",
        "../secret.json": "secret",
    }
    for name, text in files.items():
        path = root / name
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "linked").symlink_to(top)
    (root / "run/linked.json").symlink_to(top / "secret.json")
    (root / "run/folder.json").mkdir()
    os.mkfifo(root / "run/pipe.json")
    return root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[ReportServer]:
    with serving(root) as server:
        yield server


def ask(
    server: ReportServer, path: str, *, method: str = "GET", host: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)) as line:
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        line.putheader("Host", host or f"127.0.0.1:{server.server_port}")
        line.endheaders()
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def raw(server: ReportServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/run/report.html", "text/html; charset=utf-8", b"<!doctype html><p>report"),
        ("/run/other.html", "text/plain; charset=utf-8", b"<script>alert(1)</script>"),
        ("/run/verdict.json", "application/json; charset=utf-8", b"{}"),
        ("/run/a%20b%20%C3%A9.md", "text/plain; charset=utf-8", b"# x"),
        ("/run/junit.xml", "text/plain; charset=utf-8", b"<x/>"),
    ],
)
def test_a_file_is_sent_with_its_type_and_told_to_stay_apart(
    server: ReportServer, path: str, kind: str, body: bytes
) -> None:
    status, headers, sent = ask(server, path)
    assert (status, headers["Content-Type"], sent) == (200, kind, body)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["Server"] == "evalgate"


def test_the_index_is_sent_at_the_root(server: ReportServer) -> None:
    status, headers, sent = ask(server, "/")
    assert (status, sent) == (200, INDEX.encode(errors="replace"))
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/run/report.html", "/none.json"])
def test_head_sends_the_same_headers_and_no_body(server: ReportServer, path: str) -> None:
    status, headers, sent = ask(server, path)
    asked = ask(server, path, method="HEAD")
    assert asked[0] == status
    assert asked[1] | {"Date": ""} == headers | {"Date": ""}
    assert asked[2] == b""
    assert int(headers["Content-Length"]) == len(sent)
    host = f"Host: 127.0.0.1:{server.server_port}\r\n\r\n".encode()
    assert raw(server, f"HEAD {path} HTTP/1.1\r\n".encode() + host).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "path",
    [
        *("/run", "/run/", "/none.json", "/run/none.json", "/run/report.html/", "/run/folder.json"),
        *("/../secret.json", "/run/../../secret.json", "/%2e%2e/secret.json"),
        *("/run/%2e%2e%2f%2e%2e%2fsecret.json", "/%252e%252e/secret.json", "//secret.json"),
        *("/run/..%5c..%5csecret.json", "/run/verdict.json%00", "/linked/secret.json"),
        *("/run/linked.json", "/run/pipe.json", "/run/batches.jsonl", "/run/answers.sqlite"),
        *("/run/.env.json", "/run/" + "a" * 300 + ".json", "/" + "a/" * 5_000 + "x.json"),
    ],
)
def test_what_is_no_report_is_not_there(server: ReportServer, path: str) -> None:
    status, headers, sent = ask(server, path)
    assert (status, sent) == (404, b"There is no such report. The index is at /.\n")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_real_path_of_a_file_outside_is_not_there(server: ReportServer, root: Path) -> None:
    for path in (f"{root.parent}/secret.json", f"/{root.parent}/secret.json"):
        assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}"]
)
def test_a_name_that_was_made_to_lead_here_is_refused(server: ReportServer, host: str) -> None:
    for path in ("/", "/run/verdict.json", "/none"):
        status, _, sent = ask(server, path, host=host.format(port=server.server_port))
        assert (status, b"alone" in sent) == (421, True)


def test_localhost_is_answered(server: ReportServer) -> None:
    assert ask(server, "/", host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "X"])
def test_nothing_but_reading_is_allowed(server: ReportServer, method: str) -> None:
    status, headers, _ = ask(server, "/run/verdict.json", method=method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_request_without_a_host_or_with_two_is_refused(server: ReportServer) -> None:
    host = f"Host: 127.0.0.1:{server.server_port}\r\n".encode()
    for headers in (b"", host * 2):
        answer = raw(server, b"GET / HTTP/1.1\r\n" + headers + b"\r\n")
        assert answer.startswith(b"HTTP/1.0 421 ")


def test_an_absolute_address_is_not_relayed(server: ReportServer) -> None:
    host = f"Host: 127.0.0.1:{server.server_port}\r\n".encode()
    answer = raw(server, b"GET http://evil.example/ HTTP/1.1\r\n" + host + b"\r\n")
    assert answer.startswith(b"HTTP/1.0 404 ")


def test_nothing_of_a_wrong_request_is_said_back(server: ReportServer) -> None:
    for request in (b"<script> / HTTP/1.1\r\n\r\n", b"GET <script> HTTP/<script>\r\n\r\n"):
        answer = raw(server, request)
        assert b"<script>" not in answer
        assert b"nosniff" in answer


def test_only_this_machine_can_connect(server: ReportServer) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"


def test_a_port_in_use_is_an_error_that_names_it(server: ReportServer, root: Path) -> None:
    port = server.server_port
    with pytest.raises(UsageError, match=f"port {port} is in use by another process: leave --port"):
        ReportServer(root, lambda: INDEX, port=port)


def test_a_reader_that_leaves_is_no_fault(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "big.json").write_bytes(b" " * 30_000_000)
    with serving(tmp_path) as server:
        host = f"Host: 127.0.0.1:{server.server_port}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", server.server_port)) as line:
            line.sendall(b"GET /big.json HTTP/1.1\r\n" + host)
            line.recv(10)
        with socket.create_connection(("127.0.0.1", server.server_port)) as line:
            line.sendall(b"GET /big")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert ask(server, "/")[0] == 200
    assert capfd.readouterr().err == ""


def test_of_a_file_that_grows_no_more_is_sent_than_was_announced() -> None:
    first = _First(BytesIO(b"abcdef"), 4)
    assert [first.read(3), first.read(3), first.read()] == [b"abc", b"d", b""]


def test_a_file_that_nobody_may_read_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("{}")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user reads everything")
    with serving(tmp_path) as server:
        assert ask(server, "/a.json")[0] == 404
    file.chmod(stat.S_IRUSR)
