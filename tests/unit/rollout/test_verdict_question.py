"""Facts about what a request asks for: a table of paths, and nothing outside of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.served_verdict import ServedAnswer
from evalgate.rollout.verdict_question import Hook, Question, read_question


def refused(method: str, target: str) -> tuple[int, tuple[str, ...]]:
    """Return status and allowed methods of a request that asks for no rollout."""
    answer = read_question(method, target)
    assert isinstance(answer, ServedAnswer), answer
    return answer.status, answer.allow


@pytest.mark.parametrize(
    ("method", "target", "question"),
    [
        ("GET", "/verdict/support-reply", Question(prompt="support-reply")),
        ("HEAD", "/verdict/support-reply", Question(prompt="support-reply")),
        ("GET", "/verdict/p?version=v4", Question(prompt="p", version="v4")),
        ("GET", "/verdict/p?version=", Question(prompt="p")),
        ("GET", "/verdict/p?", Question(prompt="p")),
        ("GET", "/verdict/a%20b", Question(prompt="a b")),
        ("GET", "/verdict/%C3%A9t%C3%A9", Question(prompt="été")),
        ("GET", "/verdict/a%252Fb", Question(prompt="a%2Fb")),
        ("POST", "/flagger/p/confirm-rollout", Question(prompt="p", hook=Hook.CONFIRM_ROLLOUT)),
        ("POST", "/flagger/p/rollback?idle=wait", Question(prompt="p", hook=Hook.ROLLBACK)),
        (
            "POST",
            "/flagger/p/confirm-promotion?version=v12&idle=go",
            Question(prompt="p", hook=Hook.CONFIRM_PROMOTION, version="v12", goes_when_idle=True),
        ),
        (
            "POST",
            "/flagger/p/confirm-traffic-increase",
            Question(prompt="p", hook=Hook.CONFIRM_TRAFFIC_INCREASE),
        ),
    ],
)
def test_what_is_asked_stands_in_the_path(method: str, target: str, question: Question) -> None:
    assert read_question(method, target) == question


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_health_needs_no_look_at_a_rollout(method: str) -> None:
    answer = read_question(method, "/healthz")
    assert isinstance(answer, ServedAnswer)
    assert (answer.status, answer.document["status"]) == (200, "ok")


@pytest.mark.parametrize(
    "target",
    [
        *("", "*", "/", "//", "verdict/p", "/verdict", "/verdict/", "/verdict//", "/verdict/p/"),
        *("/verdict/p/x", "/Verdict/p", "/healthz/", "/health", "/flagger/p", "/flagger/p/"),
        *(
            "/flagger/p/event",
            "/flagger/p/verdict",
            "/flagger/p/pre-rollout",
            "/flagger/p/Rollback",
        ),
        *("/verdict/..", "/verdict/%2e%2e", "/verdict/../p", "/verdict/_shared", "/verdict/.git"),
        *("/verdict/a%2Fb", "/verdict/a%5Cb", "/verdict/%00", "/verdict/a%0Ab", "/verdict/%ff"),
        *("http://evil.example/verdict/p", "/verdict/" + "p" * 3_000),
    ],
)
def test_nothing_else_is_served(target: str) -> None:
    assert refused("GET", target) == (404, ())
    assert refused("POST", target) == (404, ())


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("POST", "/verdict/p", ("GET", "HEAD")),
        ("DELETE", "/verdict/p", ("GET", "HEAD")),
        ("POST", "/healthz", ("GET", "HEAD")),
        ("get", "/verdict/p", ("GET", "HEAD")),
        ("GET", "/flagger/p/rollback", ("POST",)),
        ("HEAD", "/flagger/p/confirm-rollout", ("POST",)),
        ("OPTIONS", "/flagger/p/confirm-rollout", ("POST",)),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    method: str, target: str, allowed: tuple[str, ...]
) -> None:
    assert refused(method, target) == (405, allowed)


@pytest.mark.parametrize(
    "query",
    [
        *("vesion=v4", "version", "version=4", "version=V4", "version=v4&version=v5", "version=v0"),
        *("version=v4&a=b", "version=v4;a", "a=1&b=2&c=3", "idle=go", "version=v4%0A"),
    ],
)
def test_a_slip_in_the_query_is_an_error_and_never_ignored(query: str) -> None:
    assert refused("GET", f"/verdict/p?{query}") == (400, ())


@pytest.mark.parametrize("query", ["idle=yes", "idle=", "idle=go&idle=wait", "idle=GO"])
def test_a_hook_takes_only_the_words_it_knows(query: str) -> None:
    assert refused("POST", f"/flagger/p/confirm-promotion?{query}") == (400, ())


@given(st.text(max_size=60), st.sampled_from(["GET", "HEAD", "POST", "PUT"]))
def test_whatever_is_asked_is_answered_without_saying_it_back(text: str, method: str) -> None:
    for target in (text, f"/{text}", f"/verdict/{text}", f"/flagger/{text}", f"/verdict/p?{text}"):
        answer = read_question(method, target)
        if isinstance(answer, ServedAnswer):
            assert set(answer.document) <= {"schema", "error", "status"}
            assert answer.status in {200, 400, 404, 405}
        else:
            assert not set(answer.prompt) & set("/\\\n\x00")
