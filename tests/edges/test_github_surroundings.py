"""Proxies and certificates that the GitHub client finds in the environment."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from evalgate.adapters.github_client import GitHubClient
from evalgate.errors import GitHubError
from tests.edges.scripted_github import (
    FINE,
    KEY,
    Clock,
    Reply,
    asking,
    assert_no_secret,
    call,
    client_of,
    leading_to,
    serving,
    talking,
)

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies and certificates of this machine out of the tests."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_requests_go_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(FINE) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with client_of("http://github.example/api/v3") as client:
            assert client.call(asking()).status == 200
    assert proxy.received[0].target == "http://github.example/api/v3/repos/o/r/x"


def test_a_tunnel_is_asked_of_the_proxy_and_does_not_see_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    echo = f"No {KEY}"
    with serving(Reply(status=407, reason=echo, body=b"")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:pass@"))
        with (
            client_of("https://github.example/api/v3") as client,
            pytest.raises(GitHubError, match=r"ProxyError: 407 No \[token\]") as caught,
        ):
            client.call(asking("POST"))
    assert_no_secret(caught.value, "pass")
    assert "may have been done" not in str(caught.value)
    assert {(each.method, each.target) for each in proxy.received} == {
        ("CONNECT", "github.example:443")
    }
    assert KEY not in str(proxy.received)


def test_a_host_can_be_taken_out_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert call(FINE)[0].status == 200


@pytest.mark.parametrize("proxy", ["odd://user:pass@proxy", "socks5://user:pass@proxy"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(GitHubError, match="HTTPS_PROXY") as caught:
        GitHubClient(KEY)
    assert_no_secret(caught.value, "pass")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `cert.pem` and `key.pem` of a server that nobody trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("the command openssl is not installed: it makes the certificate")
    folder = tmp_path_factory.mktemp("authority")
    subprocess.run(
        (
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", "key.pem", "-out", "cert.pem"),
        ),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


def tls_of(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_an_authority_of_ones_own_is_trusted_when_it_is_named(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "cert.pem"))
    with talking(FINE, tls=tls_of(authority)) as (client, server):
        assert client.call(asking()).status == 200
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_folder_of_authorities_can_be_named(
    authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(authority / "cert.pem", tmp_path)
    subprocess.run(("openssl", "rehash", tmp_path), check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with talking(FINE, tls=tls_of(authority)) as (client, _):
        assert client.call(asking()).status == 200


def test_a_server_that_is_not_trusted_gets_nothing(authority: Path) -> None:
    clock = Clock()
    with (
        talking(FINE, tls=tls_of(authority), clock=clock) as (client, server),
        pytest.raises(GitHubError, match="SSL_CERT_FILE") as caught,
    ):
        client.call(asking("POST"))
    assert server.received == []
    assert clock.slept == [], "time will not mend it"
    assert_no_secret(caught.value)


def test_certificates_that_cannot_be_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    with pytest.raises(GitHubError, match="SSL_CERT_FILE or SSL_CERT_DIR"):
        GitHubClient(KEY)


def test_a_secure_download_never_becomes_an_open_one(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "cert.pem"))
    with (
        serving(FINE) as storage,
        talking(leading_to(storage.url), tls=tls_of(authority)) as (client, _),
        pytest.raises(GitHubError, match="no https address"),
    ):
        client.download(asking(), most=10)
    assert storage.received == []
