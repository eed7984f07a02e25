"""What git says to origin when it fetches, heard by servers on this machine."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import create_repository, fetch_pull_request
from evalgate.errors import RepositoryError

TOKEN = "ghs_of_the_job"  # noqa: S105 - of no one
OURS = f"basic {b64encode(f'x-access-token:{TOKEN}'.encode()).decode()}"


class Origin(ThreadingHTTPServer):
    """Has no repository; remembers the credentials of each request, and may send it elsewhere."""

    def __init__(self, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.elsewhere = elsewhere
        self.heard: list[list[str]] = []

    def address(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Origin

    def do_GET(self) -> None:
        self.server.heard.append(self.headers.get_all("authorization", []))
        self.send_response(302 if self.server.elsewhere else 404)
        if self.server.elsewhere:
            self.send_header("location", f"{self.server.elsewhere}{self.path}")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(elsewhere: str = "") -> Iterator[Origin]:
    with Origin(elsewhere) as origin:
        thread = Thread(target=origin.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield origin
        finally:
            origin.shutdown()
            thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_repository(tmp_path / "clone", "main")
    return tmp_path / "clone"


def fetch(folder: Path, url: str) -> str:
    """Fetch from an address that has nothing, and return what is said of it."""
    check(folder, "config", "remote.origin.url", url)
    with pytest.raises(RepositoryError) as refused:
        fetch_pull_request(folder, 7, token=TOKEN)
    return str(refused.value)


def test_the_token_goes_to_origin_and_into_no_message(folder: Path) -> None:
    with serving() as origin:
        said = fetch(folder, f"http://user:word@127.0.0.1:{origin.server_port}/octo/shop.git")
    assert origin.heard == [[OURS]]
    assert not [secret for secret in (TOKEN, OURS, "word@") if secret in said]


def test_a_server_that_origin_leads_to_does_not_get_the_token(folder: Path) -> None:
    with serving() as other, serving(other.address("localhost")) as origin:
        fetch(folder, f"{origin.address()}/octo/shop.git")
    assert (origin.heard, other.heard) == ([[OURS]], [[]])


def test_a_server_that_stands_in_for_origin_does_not_get_the_token(folder: Path) -> None:
    with serving() as other:
        check(folder, "config", f"url.{other.address()}/.insteadOf", "http://origin.invalid/")
        fetch(folder, "http://origin.invalid/octo/shop.git")
    assert other.heard == [[]]


def test_a_checkout_that_has_kept_its_credentials_sends_them_alone(folder: Path) -> None:
    with serving() as origin:
        kept = "AUTHORIZATION: basic kept"
        check(folder, "config", f"http.{origin.address()}/.extraheader", kept)
        fetch(folder, f"{origin.address()}/octo/shop.git")
    assert origin.heard == [["basic kept"]]


def test_an_origin_that_is_a_command_is_not_run(folder: Path, tmp_path: Path) -> None:
    assert "transport 'ext' not allowed" in fetch(folder, f"ext::touch {tmp_path / 'owned'}")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "EVALGATE_TOKEN"])
def test_no_key_of_ours_reaches_git_or_what_it_starts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_repository(tmp_path / "repository", "main")
    monkeypatch.setenv(name, "sk-of-nobody")
    alias = f"alias.told=!printenv {name} || true"
    assert check(tmp_path / "repository", "-c", alias, "told") == b""
