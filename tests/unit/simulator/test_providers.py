"""Facts about requests in the form of other providers."""

import json

import pytest

from evalgate.simulator.providers import MESSAGES, as_message, has_key, own_id, own_path

VERTEX = "/v1/projects/p/locations/eu/publishers/anthropic/models"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/messages",
        "/anthropic/v1/messages",
        "/model/anthropic.claude-haiku-5-5/invoke",
        f"{VERTEX}/claude-haiku-5-5:rawPredict",
        f"{VERTEX}/claude-haiku-5-5:streamRawPredict",
    ],
)
def test_every_provider_s_messages_have_the_path_of_the_messages_api(path: str) -> None:
    assert own_path(path) == MESSAGES


@pytest.mark.parametrize(
    "path",
    [
        "/v1/messages/batches",
        "/v1/messages/",
        "/model//invoke",
        "/model/a/invoke-with-response-stream",
        f"{VERTEX}/claude-haiku-5-5",
        f"{VERTEX}/a/b:rawPredict",
        "/anthropic/v1/models",
    ],
)
def test_any_other_path_stays_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("anthropic.claude-haiku-5-5", "claude-haiku-5-5"),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("arn:aws:bedrock:eu:1:inference-profile/eu.anthropic.claude-opus-5", "claude-opus-5"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"),
        ("gpt-9", "gpt-9"),
        ("", ""),
    ],
)
def test_a_provider_s_id_holds_claude_s_own(model: str, expected: str) -> None:
    assert own_id(model) == expected


def test_a_model_in_the_path_moves_into_the_body() -> None:
    body = json.dumps({"anthropic_version": "2026-10-21", "max_tokens": 1}).encode()
    for path in ("/model/anthropic.claude-opus-5/invoke", f"{VERTEX}/claude-opus-5:rawPredict"):
        assert json.loads(as_message(path, body)) == {"max_tokens": 1, "model": "claude-opus-5"}


def test_a_model_in_the_body_gets_its_own_id() -> None:
    body = b'{"model": "anthropic.claude-opus-5"}'
    assert json.loads(as_message("/anthropic/v1/messages", body)) == {"model": "claude-opus-5"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000, b"\xff", b"null"])
def test_a_body_that_is_no_object_stays_as_it_is(body: bytes) -> None:
    assert as_message("/anthropic/v1/messages", body) == body


def test_a_body_for_the_messages_api_is_not_touched() -> None:
    body = b'{"model":  "anthropic.claude-opus-5"}'
    assert as_message(MESSAGES, body) == body


def test_a_long_id_is_read_in_no_time() -> None:
    assert own_id("claude-" + "a-" * 50_000 + "!") == "claude-" + "a-" * 50_000 + "!"
    assert own_id("." * 50_000) == "." * 50_000
    assert own_id(".claude-" * 20_000) == ".claude-" * 20_000


def test_foundry_brings_its_key_in_a_header_of_its_own() -> None:
    assert has_key({"api-key": "k"})
    assert has_key({"Authorization": "Bearer k"})
    assert not has_key({"Authorization": ""})
