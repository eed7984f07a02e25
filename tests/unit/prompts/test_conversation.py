"""Facts about conversations that a case brings along."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.content import Attachment, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.prompts.conversation import attachment, read_conversation, unanswered
from evalgate.prompts.fault import UnfitCaseError

PHOTO = Attachment(name="evalsets/a.png", media_type="image/png", sha256="1", content=b"")
TERMS = Attachment(name="evalsets/a.pdf", media_type="application/pdf", sha256="2", content=b"")
FILES = {"a.png": PHOTO, "a.pdf": TERMS}


def read(*messages: Data) -> tuple[Turn, ...]:
    return read_conversation(list(messages), FILES, key="vars.h")


def fault(messages: Data) -> tuple[str, str]:
    with pytest.raises(UnfitCaseError) as caught:
        read_conversation(messages, FILES, key="vars.h")
    return caught.value.fault.key, caught.value.fault.message


def test_texts_become_turns() -> None:
    messages: list[Data] = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
    ]
    assert read(*messages) == (
        Turn(role="user", content="Hi"),
        Turn(role="assistant", content=(Text(text="Hello"),)),
    )


def test_files_become_attachments() -> None:
    blocks: list[Data] = [{"type": "image", "file": "a.png"}, {"type": "document", "file": "a.pdf"}]
    [turn] = read({"role": "user", "content": blocks})
    assert turn.content == (PHOTO, TERMS)


def test_tool_calls_and_results_become_blocks() -> None:
    call: Data = {"type": "tool_use", "id": "t1", "name": "look_up", "input": {"order": 7}}
    result: Data = {"type": "tool_result", "tool_use_id": "t1", "content": "sent", "is_error": True}
    turns = read({"role": "assistant", "content": [call]}, {"role": "user", "content": [result]})
    assert [turn.blocks for turn in turns] == [
        (ToolCall(id="t1", name="look_up", input={"order": 7}),),
        (ToolResult(call="t1", content="sent", failed=True),),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sent", "sent"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ({"state": "sent"}, '{"state": "sent"}'),
        ([1, {"type": "text", "text": "b"}], '[1, {"type": "text", "text": "b"}]'),
        ([], "[]"),
        (None, ""),
    ],
)
def test_a_tool_s_result_is_text_or_json(content: Data, words: str) -> None:
    result: Data = {"type": "tool_result", "tool_use_id": "t", "content": content}
    [turn] = read({"role": "user", "content": [result]})
    assert turn.blocks == (ToolResult(call="t", content=words),)


@pytest.mark.parametrize(
    ("messages", "key", "message"),
    [
        ("hi", "vars.h", "expected a list of messages, got `hi`"),
        ([], "vars.h", "expected a list of messages, got an empty list"),
        (["hi"], "vars.h[0]", "expected a mapping, got `hi`"),
        ([{"role": "system", "content": ""}], "vars.h[0].role", "expected `user` or `assistant`"),
        ([{"role": "user"}], "vars.h[0].content", "expected a text or a list of blocks"),
        ([{"role": "user", "content": [1]}], "vars.h[0].content[0]", "expected a mapping"),
    ],
)
def test_messages_of_another_shape_are_a_fault(messages: Data, key: str, message: str) -> None:
    place, said = fault(messages)
    assert (place, message in said) == (key, True)


@pytest.mark.parametrize(
    ("block", "key", "message"),
    [
        ({"type": "audio"}, "type", "expected text, image, document, tool_use or tool_result"),
        ({"type": "text"}, "text", "expected text, got nothing"),
        ({"type": "image", "file": "b.png"}, "file", "there is no file `b.png`"),
        ({"type": "image", "file": "a.pdf"}, "file", "expected an image, got `a.pdf`"),
        ({"type": "document", "file": "a.png"}, "file", "expected a document, got `a.png`"),
        ({"type": "image", "file": 1}, "file", "expected the path of a file"),
        ({"type": "tool_use", "id": "t", "input": {}}, "name", "expected text, got nothing"),
        ({"type": "tool_use", "id": "t", "name": "n", "input": 1}, "input", "expected a mapping"),
        ({"type": "tool_result", "content": ""}, "tool_use_id", "expected text, got nothing"),
    ],
)
def test_a_block_of_another_shape_is_a_fault(block: Data, key: str, message: str) -> None:
    place, said = fault([{"role": "user", "content": [block]}])
    assert (place, message in said) == (f"vars.h[0].content[0].{key}", True)


SCALARS: st.SearchStrategy[Data] = st.none() | st.integers() | st.sampled_from(["user", "text", ""])
KEYS = st.sampled_from(["role", "content", "type", "text", "file", "tool_use_id", "input", "id"])


@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_data_is_a_conversation_or_a_fault(messages: Data) -> None:
    with suppress(UnfitCaseError):
        assert read_conversation(messages, FILES, key="vars.h")


def test_a_file_is_of_the_kind_that_is_asked_for() -> None:
    assert attachment({"file": "a.png"}, FILES, key="vars.p", is_image=True) is PHOTO
    assert attachment({"file": "a.pdf"}, FILES, key="vars.p", is_image=False) is TERMS


CALL = Turn(role="assistant", content=(ToolCall(id="t1", name="n", input={}),))
RESULT = Turn(role="user", content=(ToolResult(call="t1", content=""),))
WORDS = Turn(role="user", content="Hi")


def test_every_tool_call_is_answered_at_once_and_only_then() -> None:
    assert unanswered([WORDS, CALL, RESULT]) is None
    assert "`t1` has no result" in str(unanswered([WORDS, CALL, WORDS, RESULT]))
    assert "`t1` follows no such call" in str(unanswered([RESULT]))


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("a.png", snapshot("vars.p: expected an image, got `a.png`: write it as {file: …}")),
        (None, snapshot("vars.p: expected an image as {file: path}, got nothing")),
        ({}, snapshot("vars.p: expected an image as {file: path}, got a mapping")),
        (
            {"file": "a.png", "alt": "x"},
            snapshot("vars.p: expected an image as {file: path}, got a mapping"),
        ),
        ({"file": 5}, snapshot("vars.p.file: expected the path of a file, got the number 5")),
        (
            {"file": "b.png"},
            snapshot(
                "vars.p.file: there is no file `b.png`: write its path from the eval set's folder"
            ),
        ),
        (
            {"file": "a.pdf"},
            snapshot("vars.p.file: expected an image, got `a.pdf` of type application/pdf"),
        ),
    ],
)
def test_a_file_is_attached_as_a_mapping_and_nothing_else(value: Data, fault: str) -> None:
    with pytest.raises(UnfitCaseError) as caught:
        attachment(value, FILES, key="vars.p", is_image=True)
    assert str(caught.value) == fault
