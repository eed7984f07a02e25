"""Facts about requests in the form of other providers."""

import json
from dataclasses import replace

import pytest

from evalgate.model.route import Provider
from evalgate.simulator.providers import Caller, as_message, caller_of, has_key, own_id

BEDROCK = Caller(provider=Provider.BEDROCK)
VERTEX = "/v1/projects/p/locations/eu/publishers/anthropic/models"


PATHS = [
    ("/anthropic/v1/messages", Caller(provider=Provider.BEDROCK)),
    (
        "/model/anthropic.claude-haiku-5-5/invoke",
        Caller(provider=Provider.BEDROCK_INVOKE, model="anthropic.claude-haiku-5-5"),
    ),
    (
        f"{VERTEX}/claude-haiku-5-5:rawPredict",
        Caller(provider=Provider.VERTEX, region="eu", model="claude-haiku-5-5"),
    ),
    (
        f"{VERTEX}/claude-haiku-5-5:streamRawPredict",
        Caller(provider=Provider.VERTEX, region="eu", model="claude-haiku-5-5"),
    ),
]


@pytest.mark.parametrize(("path", "caller"), PATHS)
def test_a_path_tells_the_provider_and_what_it_names(path: str, caller: Caller) -> None:
    assert caller_of(path, {"Authorization": "Bearer k"}) == caller


def test_a_key_in_its_own_header_tells_foundry() -> None:
    headers = {"api-key": "k"}
    assert caller_of("/anthropic/v1/messages", headers) == Caller(provider=Provider.FOUNDRY)
    others = [caller_of(path, headers) for path, _ in PATHS[1:]]
    assert others == [caller for _, caller in PATHS[1:]]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/messages",
        "/v1/messages/batches",
        "/v1/messages/",
        "/model//invoke",
        "/model/a/invoke-with-response-stream",
        f"{VERTEX}/claude-haiku-5-5",
        f"{VERTEX}/a/b:rawPredict",
        "/anthropic/v1/models",
    ],
)
def test_any_other_path_is_that_of_no_other_provider(path: str) -> None:
    assert caller_of(path, {}) is None


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


def test_a_model_in_the_path_moves_into_the_body_and_its_id_is_remembered() -> None:
    body = json.dumps({"anthropic_version": "2026-10-21", "max_tokens": 1}).encode()
    came = Caller(provider=Provider.BEDROCK_INVOKE, model="anthropic.claude-opus-5")
    caller, asked = as_message(came, body)
    assert json.loads(asked) == {"max_tokens": 1, "model": "claude-opus-5"}
    assert caller == came


def test_a_model_in_the_body_becomes_claude_s_own_and_its_id_is_remembered() -> None:
    body = json.dumps({"model": "anthropic.claude-opus-5"}).encode()
    caller, asked = as_message(BEDROCK, body)
    assert json.loads(asked) == {"model": "claude-opus-5"}
    assert caller == replace(BEDROCK, model="anthropic.claude-opus-5")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_stays_as_it_is(body: bytes) -> None:
    assert as_message(BEDROCK, body) == (BEDROCK, body)


@pytest.mark.parametrize("body", [{}, {"model": None}, {"model": 3}])
def test_a_body_without_a_model_is_left_for_the_api_to_refuse(body: dict[str, object]) -> None:
    caller, asked = as_message(BEDROCK, json.dumps(body).encode())
    assert json.loads(asked) == {"model": body.get("model")}
    assert caller == BEDROCK


def test_a_long_id_is_read_in_no_time() -> None:
    assert own_id("claude-" + "a-" * 50_000 + "!") == "claude-" + "a-" * 50_000 + "!"
    assert own_id("." * 50_000) == "." * 50_000
    assert own_id(".claude-" * 20_000) == ".claude-" * 20_000


def test_foundry_brings_its_key_in_a_header_of_its_own() -> None:
    assert has_key({"api-key": "k"})
    assert has_key({"Authorization": "Bearer k"})
    assert not has_key({"Authorization": ""})
