"""Facts about reading GitHub's answers."""

import json
from collections.abc import Callable

import pytest

from evalgate.adapters.github_exchange import Response
from evalgate.adapters.github_fields import Fields, one, several
from evalgate.errors import GitHubError

WHOLE = {"text": "t", "number": 3, "flag": False, "inner": {"text": "i"}, "list": [{"text": "l"}]}


def response(body: object) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(place="GET x", status=200, headers={}, body=content)


def test_fields_of_the_right_shape_are_read() -> None:
    fields = one(response(WHOLE))
    assert fields.text("text") == "t"
    assert fields.whole("number") == 3
    assert fields.flag("flag") is False
    assert fields.inner("inner").text("text") == "i"
    assert [item.text("text") for item in fields.items("list")] == ["l"]


@pytest.mark.parametrize("data", [{}, {"text": None, "inner": None}])
def test_what_may_be_missing_reads_as_empty(data: object) -> None:
    fields = one(response(data))
    assert fields.optional_text("text") == ""
    assert fields.optional_inner("inner").optional_text("login") == ""


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda fields: fields.text("number"), "GET x: GitHub's answer cannot be read: expected a text at `number`, got a number"),
        (lambda fields: fields.text("absent"), "expected a text at `absent`, got nothing"),
        (lambda fields: fields.optional_text("flag"), "expected a text at `flag`, got true or false"),
        (lambda fields: fields.whole("flag"), "expected a whole number at `flag`, got true or false"),
        (lambda fields: fields.whole("text"), "expected a whole number at `text`, got a text"),
        (lambda fields: fields.flag("number"), "expected true or false at `number`, got a number"),
        (lambda fields: fields.inner("list"), "expected an object at `list`, got a list"),
        (lambda fields: fields.optional_inner("text"), "expected an object at `text`, got a text"),
        (lambda fields: fields.inner("inner").text("x"), "GET x: inner: GitHub's answer"),
        (lambda fields: list(fields.items("inner")), "GET x: inner: GitHub's answer cannot be read: expected a list"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_an_error_that_names_its_place(
    read: Callable[[Fields], object], message: str
) -> None:
    fields = one(response(WHOLE))
    with pytest.raises(GitHubError) as caught:
        read(fields)
    assert message in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"<html>", b"1" * 5_000])
def test_what_is_no_json_is_an_error(body: bytes) -> None:
    with pytest.raises(GitHubError, match="it is no JSON"):
        one(response(body))


def test_an_object_and_a_list_are_not_taken_for_each_other() -> None:
    with pytest.raises(GitHubError, match="expected an object, got a list"):
        one(response([]))
    with pytest.raises(GitHubError, match="expected a list, got an object"):
        list(several(response({})))
    with pytest.raises(GitHubError, match=r"GET x\[1\]: .* expected an object, got a text"):
        list(several(response([{}, "text"])))


def test_values_are_not_repeated() -> None:
    with pytest.raises(GitHubError) as caught:
        one(response({"id": "secret"})).whole("id")
    assert "secret" not in str(caught.value)
