"""Facts about posting to an address that is a secret, over real connections."""

import socket
import time
import traceback

import pytest

from evalgate.adapters.alert_http import MOST_BYTES, Posting, checked_address, post, refusal
from evalgate.errors import AlertError
from tests.edges.receivers import receiver, seconds_of, silent

SECRET = "T000/B000/secret-in-the-path"  # noqa: S105 - of this test alone
POSTING = Posting(body=b"{}", timeout=0.6)


def failure(address: str, posting: Posting = POSTING) -> str:
    """Return why a post fails; nothing of the address may stand in any part of the error."""
    with pytest.raises(AlertError) as caught:
        post(address, posting)
    whole = "".join(traceback.format_exception(caught.value))
    assert "secret-in-the-path" not in whole
    assert caught.value.__context__ is None
    return str(caught.value)


def test_the_body_and_headers_arrive_and_the_answer_comes_back() -> None:
    with receiver() as it:
        it.status, it.answer = 202, b"taken"
        posting = Posting(body=b'{"a": 1}', timeout=5.0, headers={"x-more": "1"})
        posted = post(f"{it.url}/{SECRET}", posting)
        assert (posted.status, posted.body, posted.is_taken) == (202, b"taken", True)
        (got,) = it.got
        assert (got.path, got.data) == (f"/{SECRET}", {"a": 1})
        assert got.headers["content-type"] == "application/json"
        assert got.headers["x-more"] == "1"


def test_a_refusal_is_told_by_its_status() -> None:
    with receiver() as it:
        it.status = 404
        posted = post(f"{it.url}/{SECRET}", POSTING)
        assert not posted.is_taken
        assert str(refusal(posted, "no_service")) == "it answers with HTTP 404: no_service"


def test_a_redirect_is_not_followed_and_is_no_success() -> None:
    with receiver() as it, receiver() as other:
        it.status, it.headers = 307, {"Location": other.url}
        posted = post(it.url, POSTING)
        assert not posted.is_taken
        assert "redirects are not followed" in str(refusal(posted))
        assert other.got == []


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with receiver() as it:
        it.answer = b"x" * (3 * MOST_BYTES)
        assert len(post(it.url, POSTING).body) == MOST_BYTES


def test_a_server_that_says_nothing_is_given_up() -> None:
    begun = time.monotonic()
    with silent() as url:
        assert failure(f"{url}/{SECRET}") == "no answer within 0.6 s"
    assert seconds_of(begun) < 5


def test_a_server_that_sends_byte_after_byte_is_given_up() -> None:
    begun = time.monotonic()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with silent(trickle=head) as url:
        said = failure(f"{url}/{SECRET}", Posting(body=b"{}", timeout=3.0))
    assert said == "no answer within 3 s"
    assert seconds_of(begun) < 15


def test_a_port_that_nobody_listens_on_is_told_without_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/{SECRET}") == "no answer: ConnectError"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.example.com/x",
        "ftp://example.com",
        "http://",
        "http://a b",
        "http://ä.example",
        "http://[x",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(AlertError, match="HOOK holds no address") as caught:
        checked_address(address, "HOOK")
    assert not address or address not in str(caught.value)
