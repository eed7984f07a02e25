"""The GitHub client over real HTTP, against a server that obeys a script."""

import json
import socket
from urllib.parse import parse_qs, urlsplit

import pytest

from evalgate import __version__
from evalgate.adapters.github_client import MOST_PAGES, GitHubClient
from evalgate.adapters.github_exchange import Lost
from evalgate.adapters.github_waiting import MOST_ATTEMPTS
from evalgate.errors import GitHubError, NotPermittedError
from tests.edges.scripted_github import (
    DOWN,
    FINE,
    HANGS_UP,
    KEY,
    LIMITED,
    NOW,
    QUICK,
    Clock,
    Reply,
    asking,
    assert_no_secret,
    call,
    client_of,
    refused,
    serving,
    talking,
)

# What is sent


def test_a_request_carries_what_github_wants_and_nothing_else() -> None:
    _, server, _ = call(FINE, request=asking("POST", query={"ref": "a b/ü#&"}))
    [received] = server.received
    assert (received.method, received.path) == ("POST", "/repos/o/r/x")
    assert parse_qs(urlsplit(received.target).query) == {"ref": ["a b/ü#&"]}
    assert json.loads(received.body) == {"body": "hello"}
    kept = ("accept", "authorization", "content-type", "user-agent", "x-github-api-version")
    assert {name: received.headers[name] for name in kept} == {
        "accept": "application/vnd.github+json",
        "authorization": f"Bearer {KEY}",
        "content-type": "application/json",
        "user-agent": f"evalgate/{__version__}",
        "x-github-api-version": "2022-11-28",
    }


def test_a_path_below_the_host_is_kept_as_github_enterprise_has_it() -> None:
    with serving(FINE) as server, client_of(f"{server.url}/api/v3/") as client:
        client.call(asking())
    assert server.received[0].target == "/api/v3/repos/o/r/x"


def test_encoded_characters_of_a_path_arrive_as_they_are() -> None:
    _, server, _ = call(FINE, request=asking(path="repos/o/r/a%2Fb%23%20c/d"))
    assert server.received[0].target == "/repos/o/r/a%2Fb%23%20c/d"


def test_a_status_that_the_request_allows_is_an_answer() -> None:
    answer, _, _ = call(Reply(status=404), request=asking(allows=frozenset({404})))
    assert (answer.status, answer.is_success) == (404, False)


# What is sent again


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE", "POST"])
def test_a_limit_is_waited_out_for_every_method(method: str) -> None:
    answer, server, clock = call(LIMITED, LIMITED, FINE, request=asking(method))
    assert answer.status == 200
    assert clock.slept == [7.0, 7.0]
    assert len({received.body for received in server.received}) == 1


def test_the_reset_of_the_primary_limit_is_waited_for() -> None:
    used = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 30)}
    _, _, clock = call(Reply(status=403, headers=used), FINE)
    assert clock.slept == [31.0]


def test_a_reset_that_is_too_far_away_is_told_and_not_waited_for() -> None:
    used = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 3600)}
    clock = Clock()
    error, server = refused(
        Reply(status=403, headers=used, body={"message": "API rate limit exceeded"}), clock=clock
    )
    assert "2023-11-14 23:13:21 UTC" in str(error)
    assert not isinstance(error, NotPermittedError)
    assert len(server.received) == 1
    assert clock.slept == []


def test_all_waiting_of_a_client_fits_in_one_budget() -> None:
    clock = Clock()
    slow = Reply(status=429, headers={"retry-after": "50"})
    with talking(slow, FINE, slow, FINE, slow, clock=clock) as (client, _):
        client.call(asking())
        client.call(asking())
        with pytest.raises(GitHubError, match="HTTP 429"):
            client.call(asking())
    assert clock.slept == [50.0, 50.0]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("trouble", [DOWN, HANGS_UP, Reply(seconds=2.0), Reply(cuts_off=True)])
def test_trouble_is_overcome_where_repeating_does_no_harm(method: str, trouble: Reply) -> None:
    answer, server, clock = call(trouble, FINE, request=asking(method))
    assert answer.body == b'{"id": 1}'
    assert len(server.received) == 2
    assert clock.slept == [1.0]


def test_a_post_that_is_marked_is_repeated_too() -> None:
    _, server, _ = call(DOWN, HANGS_UP, FINE, request=asking("POST", is_repeatable=True))
    assert len(server.received) == 3


@pytest.mark.parametrize("trouble", [DOWN, HANGS_UP, Reply(seconds=2.0), Reply(cuts_off=True)])
def test_a_post_whose_outcome_is_unknown_is_not_repeated(trouble: Reply) -> None:
    error, server = refused(trouble, FINE, request=asking("POST"))
    assert len(server.received) == 1
    assert str(error).endswith("; it may have been done")


def test_the_outcome_of_a_lost_post_can_be_asked_for() -> None:
    with talking(HANGS_UP) as (client, _):
        outcome = client.exchange(asking("POST"))
    assert isinstance(outcome, Lost)
    assert not outcome.is_settled


def test_a_post_that_never_left_is_tried_again_and_was_not_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    clock = Clock()
    with (
        client_of(f"http://127.0.0.1:{port}", clock) as client,
        pytest.raises(GitHubError, match="ConnectError") as caught,
    ):
        client.call(asking("POST"))
    assert "may have been done" not in str(caught.value)
    assert f"no answer from http://127.0.0.1:{port}" in str(caught.value)
    assert_no_secret(caught.value)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]


def test_there_is_an_end_to_trying() -> None:
    error, server = refused(DOWN)
    assert len(server.received) == MOST_ATTEMPTS
    assert "HTTP 502" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 500])
def test_a_clear_answer_is_asked_for_once(status: int) -> None:
    error, server = refused(Reply(status=status, body={"message": "Because"}))
    assert f"GET repos/o/r/x: HTTP {status}: Because" in str(error)
    assert len(server.received) == 1


# What is told


def test_whatever_repeats_the_token_the_error_does_not() -> None:
    body = {"message": f"{'x' * 250} Bearer-{KEY}", "errors": [KEY, {"message": KEY}]}
    for filler in ("", "y" * 40, "y" * 49):
        echo = Reply(
            status=422,
            headers={"x-github-request-id": filler + KEY},
            body=body | {"message": filler + str(body["message"]).replace("Bearer-", "")},
        )
        refused(echo, request=asking("POST", query={"token": KEY}))


@pytest.mark.parametrize("trouble", [DOWN, HANGS_UP, Reply(seconds=2.0), Reply(cuts_off=True)])
def test_no_trouble_on_the_line_tells_the_token(trouble: Reply) -> None:
    refused(trouble, request=asking("POST", query={"token": KEY}))


def test_a_missing_permission_is_an_error_of_its_own() -> None:
    error, _ = refused(
        Reply(status=403, body={"message": "Resource not accessible by integration"})
    )
    assert isinstance(error, NotPermittedError)
    assert "`permissions: checks: write`" in str(error)


@pytest.mark.parametrize("token", ["", " ", f"{KEY}\n", f"{KEY}ä", f"{KEY} x", "\x00"])
def test_a_token_that_no_header_can_carry_is_refused_at_once(token: str) -> None:
    with pytest.raises(GitHubError, match="github-token") as caught:
        GitHubClient(token)
    assert_no_secret(caught.value)


def test_a_client_shows_no_token() -> None:
    with client_of("http://127.0.0.1:1") as client:
        assert KEY not in f"{client!r} {client}"


def test_a_refusal_without_end_is_cut_off() -> None:
    error, _ = refused(Reply(status=422, body=b"x" * 1_000_001))
    assert "larger than 1,000,000 bytes" in str(error)


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    seconds = iter(range(0, 10**9, 6))
    with (
        serving(FINE) as server,
        GitHubClient(KEY, api_url=server.url, patience=QUICK, now=lambda: next(seconds)) as client,
        pytest.raises(GitHubError, match="took longer than 5 s"),
    ):
        client.call(asking())


# Pages


def page(number: int, link: str = "") -> Reply:
    return Reply(body=[{"id": number}], headers={"link": link} if link else {})


def test_all_pages_are_read_along_the_links() -> None:
    with talking(page(0)) as (client, server):
        following = f'<{server.url}/elsewhere?after=x%2Fy&per_page=100>; rel="next"'
        server.replies[:] = [page(1, following), page(2, '</third>; rel="next"'), page(3)]
        found = [answer.body for answer in client.pages(asking(query={"state": "open"}))]
    assert found == [b'[{"id": 1}]', b'[{"id": 2}]', b'[{"id": 3}]']
    assert [received.target for received in server.received] == [
        "/repos/o/r/x?state=open&per_page=100",
        "/elsewhere?after=x%2Fy&per_page=100",
        "/third",
    ]
    assert all(received.headers["authorization"] for received in server.received)


@pytest.mark.parametrize(
    "target", ["http://evil.example/x", "//evil.example/x", "https://127.0.0.1/x"]
)
def test_a_page_on_another_server_does_not_get_the_token(target: str) -> None:
    with (
        talking(page(1, f'<{target}>; rel="next"')) as (client, server),
        pytest.raises(GitHubError, match="on another server"),
    ):
        list(client.pages(asking()))
    assert len(server.received) == 1


def test_another_port_of_the_same_host_is_another_server() -> None:
    with serving(page(2)) as other:
        link = f'<{other.url}/x>; rel="next"'
        with (
            talking(page(1, link)) as (client, _),
            pytest.raises(GitHubError, match="on another server"),
        ):
            list(client.pages(asking()))
    assert other.received == []


def test_pages_without_end_are_an_error() -> None:
    with (
        talking(page(1, '</x>; rel="next"')) as (client, server),
        pytest.raises(GitHubError, match="more than 100 pages"),
    ):
        list(client.pages(asking()))
    assert len(server.received) == MOST_PAGES


def test_a_page_is_asked_for_again_after_a_limit() -> None:
    with talking(page(1, '</x>; rel="next"'), LIMITED, page(2)) as (client, _):
        assert len(list(client.pages(asking()))) == 2
