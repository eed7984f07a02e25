"""Facts about what is said when GitHub refuses."""

import json
from collections.abc import Mapping

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.github_errors import error_of
from evalgate.adapters.github_exchange import Lost, Outcome, Permission, Request, Response
from evalgate.errors import GitHubError, NotPermittedError

KEY = "ghs_0123456789abcdef"
NOW = 1_700_000_000.0
COMMENT = Request(
    method="POST",
    path="repos/o/r/issues/5/comments",
    needs=Permission.PULL_REQUESTS_WRITE,
    query={"q": "secret"},
)
READ = Request(method="GET", path="repos/o/r/pulls/5", needs=Permission.PULL_REQUESTS_READ)


def answer(status: int, says: object = "", headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps({"message": says}).encode() if says else b"<html>no</html>"
    return Response(place="", status=status, headers=headers or {}, body=body)


def error(outcome: Outcome, request: Request = COMMENT) -> GitHubError:
    return error_of(request, outcome, secret=KEY, now=NOW)


@pytest.mark.parametrize(
    "said",
    [
        "Resource not accessible by integration",
        "Resource not accessible by personal access token",
        "Must have push access to the repository.",
    ],
)
def test_a_missing_permission_is_named_in_the_words_of_a_workflow(said: str) -> None:
    told = error(answer(403, said))
    assert isinstance(told, NotPermittedError)
    assert said in str(told)
    assert "`permissions: pull-requests: write`" in str(told)


def test_the_whole_message_says_what_where_why_and_what_next() -> None:
    headers = {"x-github-request-id": "AB12:34"}
    told = error(answer(403, "Resource not accessible by integration", headers))
    assert str(told) == snapshot(
        "POST repos/o/r/issues/5/comments: HTTP 403: Resource not accessible by integration (request AB12:34); give the job `permissions: pull-requests: write`; the runs of forks and of Dependabot cannot have more than reading"
    )


def test_a_token_that_is_not_known_is_not_permitted() -> None:
    told = error(answer(401, "Bad credentials"), READ)
    assert isinstance(told, NotPermittedError)
    assert "does not know the token" in str(told)
    assert "`permissions: pull-requests: read`" in str(told)


def test_what_is_not_found_when_writing_may_be_a_permission() -> None:
    told = error(answer(404, "Not Found"))
    assert isinstance(told, NotPermittedError)
    assert "does not exist, or the job lacks `permissions: pull-requests: write`" in str(told)


def test_what_is_not_found_when_reading_is_no_permission_yet() -> None:
    told = error(answer(404, "Not Found"), READ)
    assert type(told) is GitHubError
    assert "the token may not read it (`pull-requests: read`)" in str(told)


@pytest.mark.parametrize(
    ("said", "step"),
    [
        (
            "GitHub Actions is not permitted to create or approve pull requests.",
            "Settings, Actions",
        ),
        ("Resource protected by organization SAML enforcement.", "single sign-on"),
        ("The `o` organization has an IP allow list enabled.", "allow the runner's address"),
        ("Unable to create comment because issue is locked.", "unlock the conversation"),
        ("Repository was archived so is read-only.", "can only be read"),
    ],
)
def test_a_refusal_that_no_permission_lifts_names_its_own_step(said: str, step: str) -> None:
    told = error(answer(403, said))
    assert isinstance(told, NotPermittedError)
    assert step in str(told)
    assert "permissions:" not in str(told)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_refusal_without_githubs_words_is_another_server(status: int) -> None:
    told = error(answer(status))
    assert type(told) is GitHubError
    assert "check GITHUB_API_URL and the proxy" in str(told)


def test_a_redirect_is_not_followed() -> None:
    assert "has not been renamed" in str(error(answer(301, "Moved Permanently"), READ))


def test_a_limit_says_when_github_listens_again() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700003600"}
    told = error(answer(403, "API rate limit exceeded", headers))
    assert type(told) is GitHubError
    assert "API rate limit exceeded" in str(told)
    assert "again at 2023-11-14 23:13:21 UTC" in str(told)


def test_a_limit_of_the_far_future_can_be_told() -> None:
    assert "again at 5192-" in str(error(answer(429, "", {"retry-after": "9" * 11})))


@pytest.mark.parametrize("outcome", [answer(502), Lost(reason="ReadTimeout", was_sent=True)])
def test_a_write_that_may_have_been_done_says_so(outcome: Outcome) -> None:
    assert str(error(outcome)).endswith("; it may have been done")
    assert "may have been done" not in str(error(outcome, READ))


@pytest.mark.parametrize("outcome", [answer(422, "no"), Lost(reason="", was_sent=False)])
def test_a_write_that_was_not_done_raises_no_doubt(outcome: Outcome) -> None:
    assert "may have been done" not in str(error(outcome))


def test_neither_token_nor_query_stand_in_a_message_not_even_in_part() -> None:
    headers = {"x-github-request-id": f"{'i' * 50}{KEY}"}
    for filler in range(270, 300):
        told = str(error(answer(422, "y" * filler + KEY, headers)))
        assert KEY[:4] not in told
        assert "secret" not in told


def test_a_message_is_one_short_printable_line() -> None:
    told = str(
        error(
            answer(422, "\x1b[2J::error::\n" + "x" * 5_000_000, {"x-github-request-id": "\n" * 9})
        )
    )
    assert len(told) < 600
    assert told.isprintable()
