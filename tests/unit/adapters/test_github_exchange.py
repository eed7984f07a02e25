"""Facts about requests to GitHub as values."""

import json

import pytest

from evalgate.adapters.github_exchange import Lost, Permission, Request, Response


def asking(method: str, *, is_repeatable: bool = False) -> Request:
    return Request(
        method=method,
        path="repos/o/r/x",
        needs=Permission.STATUSES_WRITE,
        allows=frozenset({404}),
        query={"token": "secret"},
        is_repeatable=is_repeatable,
    )


def answered(status: int) -> Response:
    return Response(place="GET x", status=status, headers={}, body=b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_all_but_posts_may_be_sent_twice(method: str) -> None:
    assert asking(method).may_repeat


def test_a_post_may_be_sent_twice_when_that_is_said() -> None:
    assert not asking("POST").may_repeat
    assert asking("POST", is_repeatable=True).may_repeat


def test_a_place_names_no_query() -> None:
    assert asking("GET").place == "GET repos/o/r/x"


def test_only_reading_writes_nothing() -> None:
    assert [asking(method).is_write for method in ("GET", "POST", "DELETE")] == [False, True, True]


def test_success_and_what_is_allowed_is_taken() -> None:
    taken = [
        status for status in (199, 200, 204, 299, 302, 404, 500) if asking("GET").takes(status)
    ]
    assert taken == [200, 204, 299, 404]


def test_nothing_is_known_after_the_error_of_a_server_or_a_lost_answer() -> None:
    assert [answered(status).is_settled for status in (200, 422, 500, 503)] == [
        True,
        True,
        False,
        False,
    ]
    assert Lost(reason="", was_sent=False).is_settled
    assert not Lost(reason="", was_sent=True).is_settled


def test_half_a_character_is_sent_as_a_question_mark() -> None:
    request = Request(
        method="POST", path="", needs=Permission.STATUSES_WRITE, body={"body": "ä\ud83d!"}
    )
    content = request.content()
    assert content is not None
    assert json.loads(content) == {"body": "ä?!"}


def test_a_request_without_a_body_sends_none() -> None:
    assert asking("GET").content() is None
