"""Downloads through the GitHub client: one redirect, no token for strangers, no byte too many."""

import subprocess

import pytest

from evalgate.errors import GitHubError, NotPermittedError
from tests.edges.scripted_github import (
    DOWN,
    HANGS_UP,
    KEY,
    Reply,
    Server,
    asking,
    assert_no_secret,
    leading_to,
    refused,
    serving,
    talking,
)


def fetched(*stored: Reply, most: int = 1000) -> tuple[bytes, Server]:
    """Download through a redirect to another server, and return that one too."""
    with (
        serving(*stored) as storage,
        talking(leading_to(f"{storage.url}/blob?sig=s%2Fecret")) as (client, server),
    ):
        content = client.download(asking(), most=most)
    assert server.received[0].headers["authorization"]
    return content, storage


def test_a_download_is_fetched_from_another_server_without_the_token() -> None:
    content, storage = fetched(Reply(body=b"PK\x03\x04"))
    assert content == b"PK\x03\x04"
    [received] = storage.received
    assert received.target == "/blob?sig=s%2Fecret"
    assert {"authorization", "x-github-api-version"} & set(received.headers) == set()
    assert KEY not in str(received)


def test_a_download_from_the_same_server_keeps_the_token() -> None:
    with talking(leading_to("/stored"), Reply(body=b"PK")) as (client, server):
        assert client.download(asking(), most=10) == b"PK"
    assert [received.path for received in server.received] == ["/repos/o/r/x", "/stored"]
    assert all("authorization" in received.headers for received in server.received)


def test_a_download_that_is_answered_directly_is_taken() -> None:
    with talking(Reply(body=b"PK")) as (client, _):
        assert client.download(asking(), most=2) == b"PK"


def test_a_download_of_more_bytes_than_wanted_is_refused() -> None:
    assert fetched(Reply(body=b"x" * 1000))[0] == b"x" * 1000
    with pytest.raises(GitHubError, match="larger than 1,000 bytes"):
        fetched(Reply(body=b"x" * 1001))


def test_a_download_that_packs_its_answer_is_measured_unpacked() -> None:
    packed = subprocess.run(("gzip",), input=b"x" * 100_000, capture_output=True, check=True).stdout
    assert len(packed) < 1000
    with pytest.raises(GitHubError, match="larger than 1,000 bytes"):
        fetched(Reply(body=packed, headers={"content-encoding": "gzip"}))


def test_the_storage_is_asked_again_when_it_is_down() -> None:
    assert fetched(DOWN, HANGS_UP, Reply(body=b"PK"))[0] == b"PK"


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=403, body=b"<Error>sig=s%2Fecret</Error>"), "storage .* answers HTTP 403"),
        (Reply(status=404, body={"message": "sig=s%2Fecret"}), "storage .* answers HTTP 404"),
        (leading_to("/x?sig=s%2Fecret"), "storage .* answers HTTP 302"),
        (HANGS_UP, "no answer from http://127.0.0.1"),
    ],
)
def test_a_storage_that_refuses_is_an_error_without_its_address(reply: Reply, told: str) -> None:
    with pytest.raises(GitHubError, match=told) as caught:
        fetched(reply)
    assert_no_secret(caught.value, "sig=", "ecret")


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "https://[", "ftp://h/x"])
def test_a_download_leads_to_the_web_or_nowhere(location: str) -> None:
    with talking(leading_to(location)) as (client, _), pytest.raises(GitHubError):
        client.download(asking(), most=10)


def test_the_refusal_of_a_download_is_told_by_a_short_limit_too() -> None:
    reply = Reply(status=403, body={"message": "Resource not accessible by integration"})
    with (
        talking(reply) as (client, _),
        pytest.raises(NotPermittedError, match="not accessible"),
    ):
        client.download(asking(), most=2)


def test_only_downloads_follow_a_redirect() -> None:
    error, server = refused(Reply(status=301, headers={"location": "/new"}))
    assert "has not been renamed" in str(error)
    assert len(server.received) == 1
