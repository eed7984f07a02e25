"""Facts about remembered answers as bytes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.kept_answers import (
    MOST_BYTES,
    decode_kept,
    decode_word,
    encode_kept,
    encode_word,
)
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Opaque, Text, ToolCall, ToolResult
from evalgate.model.document import Data

CALL = ToolCall(id="t1", name="größe\ud83d", input={"a\n": [1, None, {"b": "\u2028\udc00"}]})
KEPT = Kept(
    completion=Completion(
        text="Größe \ud83d\0",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=2, cache_read_tokens=3),
        latency_ms=4,
        request_id="req_1",
        simulated=True,
        blocks=(Opaque(data={"type": "thinking", "signature": "x"}), Text(text="Hi"), CALL),
        tool_calls=(CALL,),
    ),
    route="bedrock-eu",
    at=1_800_000_000.25,
    degraded=True,
)


def encoded(kept: Kept = KEPT) -> bytes:
    content = encode_kept("k", kept)
    assert content is not None
    return content


def said(**changes: Data) -> bytes:
    return json.dumps(json.loads(encoded()) | changes).encode()


def test_all_that_a_reply_needs_comes_back() -> None:
    assert decode_kept("k", encoded()) == KEPT


@given(st.text(st.characters(codec=None)))
def test_any_words_come_back(words: str) -> None:
    kept = replace(KEPT, completion=replace(KEPT.completion, text=words))
    assert decode_kept("k", encoded(kept)) == kept


def test_an_answer_kept_under_another_key_is_none() -> None:
    assert decode_kept("other", encoded()) is None


@given(st.binary())
def test_any_bytes_are_read_without_complaint(content: bytes) -> None:
    assert decode_kept("k", content) is None
    assert decode_word("k", content) is None


@pytest.mark.parametrize(
    "content",
    [
        encoded()[:-1],
        b"[" * 100_000,
        b"null",
        said(at=None),
        said(at="1800000000"),
        said(at=-1),
        said(at=float("nan")),
        said(route=7),
        said(completion=None),
        said(completion=[]),
        said(completion={"text": "x"}),
        said(degraded="no"),
        encoded().replace(b'"input_tokens": 1', b'"input_tokens": -1'),
        encoded().replace(b'"thinking"', b'"thinking", "deep": ' + b"[" * 200 + b"]" * 200),
    ],
)
def test_a_damaged_answer_is_none(content: bytes) -> None:
    assert decode_kept("k", content) is None


def test_an_answer_that_is_too_long_is_not_kept() -> None:
    room = MOST_BYTES - len(encoded()) + len(KEPT.completion.text.encode("ascii", "ignore"))
    for words, is_kept in (("x" * (room // 2), True), ("x" * (MOST_BYTES + 1), False)):
        kept = replace(KEPT, completion=replace(KEPT.completion, text=words))
        assert (encode_kept("k", kept) is not None) is is_kept
    wide = replace(KEPT, completion=replace(KEPT.completion, text="\u4e2d" * (MOST_BYTES // 2)))
    assert encode_kept("k", wide) is None


def deep(levels: int) -> Data:
    value: Data = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "block",
    [
        ToolResult(call="t", content="no answer holds this"),
        Opaque(data={"n": float("nan")}),
        Opaque(data={"n": deep(100_000)}),
    ],
    ids=("result", "nan", "deep"),
)
def test_an_answer_that_cannot_be_written_is_not_kept(block: ToolResult | Opaque) -> None:
    kept = replace(KEPT, completion=replace(KEPT.completion, blocks=(block,)))
    assert encode_kept("k", kept) is None


def test_the_word_of_a_claim_comes_back_under_its_key_alone() -> None:
    assert decode_word("ab", encode_word("ab", "cd")) == "cd"
    assert decode_word("a", encode_word("ab", "cd")) is None
    assert decode_kept("ab", encode_word("ab", "cd")) is None
    assert decode_word("k", encoded()) is None
