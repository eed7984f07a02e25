"""Facts about the shape of conversations in cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.errors import Problem
from evalgate.grading.messages import check_conversation, is_conversation
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

CALL: dict[str, Data] = {"type": "tool_use", "id": "t1", "name": "look_up", "input": {}}
RESULT: dict[str, Data] = {"type": "tool_result", "tool_use_id": "t1", "content": "sent"}


def problems(messages: Data) -> list[str]:
    noted: list[Problem] = []
    document = Document(path="s.yaml", data={"vars": {"h": messages}}, lines={})
    check_conversation(Section(document, (), noted), ("vars", "h"), messages)
    return [str(problem).removeprefix("s.yaml: vars.h") for problem in noted]


def of_blocks(*blocks: Data, role: Data = "user") -> list[str]:
    return problems([{"role": role, "content": list(blocks)}])


def test_a_list_of_messages_is_a_conversation_and_other_lists_are_data() -> None:
    assert is_conversation([{"role": "user", "content": "Hi"}])
    assert is_conversation([{"role": "usr", "content": 5}, {"role": "user"}])
    assert not is_conversation([{"role": "manager", "name": "Ann"}])
    assert not is_conversation([{"role": "user", "content": "Hi"}, "text"])
    assert not is_conversation([])
    assert not is_conversation("Hi")


def test_a_conversation_with_every_type_of_block_is_right() -> None:
    files: list[Data] = [{"type": kind, "file": "a"} for kind in ("image", "document")]
    failed: Data = {"type": "tool_result", "tool_use_id": "t2", "content": [], "is_error": True}
    again: Data = {"type": "tool_use", "id": "t2", "name": "look_up", "input": {"a": 1}}
    assert (
        problems(
            [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}, *files]},
                {"role": "assistant", "content": [{"type": "text", "text": "Wait"}, CALL]},
                {"role": "user", "content": [RESULT]},
                {"role": "assistant", "content": [again]},
                {"role": "user", "content": [failed]},
            ]
        )
        == []
    )


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (
            {"role": "asistant", "content": "x"},
            snapshot(
                "[0].role: expected one of user, assistant; got `asistant` (did you mean `assistant`?)"
            ),
        ),
        (
            {"role": None, "content": "x"},
            snapshot("[0].role: expected one of user, assistant; got nothing"),
        ),
        (
            {"role": "user"},
            snapshot("[0].content: expected a text or a list of blocks, got nothing"),
        ),
        (
            {"role": "user", "content": " \n"},
            snapshot("[0].content: expected a text or a list of blocks, got nothing"),
        ),
        (
            {"role": "user", "content": []},
            snapshot("[0].content: expected a text or a list of blocks, got nothing"),
        ),
        (
            {"role": "user", "content": 0},
            snapshot("[0].content: expected a text or a list of blocks, got the number 0"),
        ),
        (
            {"role": "user", "content": "x", "contents": 1},
            snapshot("[0].contents: unknown key (did you mean `content`?)"),
        ),
    ],
)
def test_a_wrong_message_is_one_problem_with_its_place(message: Data, problem: str) -> None:
    assert problems([message]) == [problem]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("x", snapshot(": expected a block such as {type: text, text: …}, got `x`")),
        (
            {"text": "x"},
            snapshot(
                ".type: expected one of text, image, document, tool_use, tool_result; got nothing"
            ),
        ),
        (
            {"type": "img"},
            snapshot(
                ".type: expected one of text, image, document, tool_use, tool_result; got `img` (did you mean `image`?)"
            ),
        ),
        (
            {"type": "txt"},
            snapshot(
                ".type: expected one of text, image, document, tool_use, tool_result; got `txt` (did you mean `text`?)"
            ),
        ),
        (
            {"type": 5},
            snapshot(
                ".type: expected one of text, image, document, tool_use, tool_result; got the number 5"
            ),
        ),
        ({"type": "text"}, snapshot(": a block of type text needs the key `text`")),
        ({"type": "text", "text": " "}, snapshot(".text: expected text, got nothing")),
        ({"type": "text", "text": 5}, snapshot(".text: expected text, got the number 5")),
        (
            {"type": "image", "fiel": "a", "file": "a"},
            snapshot(".fiel: unknown key (did you mean `file`?)"),
        ),
        ({"type": "image", "file": ""}, snapshot(".file: expected text, got nothing")),
        (
            {"type": "image", "source": {}, "file": "a"},
            snapshot(".source: unknown key (known: file, type)"),
        ),
        (
            {**RESULT, "tool_use_id": "t2"},
            snapshot(".tool_use_id: no tool call before it has the id `t2`"),
        ),
        (CALL, snapshot(": only the assistant calls tools")),
    ],
)
def test_a_wrong_block_is_one_problem_with_its_place(block: Data, problem: str) -> None:
    assert [text.removeprefix("[0].content[0]") for text in of_blocks(block)] == [problem]


def test_every_problem_of_a_block_is_told() -> None:
    wrong: Data = {"type": "tool_use", "name": "", "input": 5, "inputs": {}}
    assert of_blocks(wrong, role="assistant") == snapshot(
        [
            "[0].content[0].inputs: unknown key (did you mean `input`?)",
            "[0].content[0]: a block of type tool_use needs the key `id`",
            "[0].content[0].name: expected text, got nothing",
            "[0].content[0].input: expected a mapping, got the number 5",
        ]
    )


def test_results_and_files_are_the_user_s() -> None:
    assert of_blocks({"type": "image", "file": "a"}, role="assistant") == snapshot(
        ["[0].content[0]: a block of type image belongs to the user"]
    )
    assert of_blocks(CALL, RESULT, role="assistant") == snapshot(
        ["[0].content[1]: a block of type tool_result belongs to the user"]
    )


def test_a_wrong_role_is_not_blamed_twice() -> None:
    assert len(of_blocks(CALL, role="asistant")) == 1


def test_ids_tie_each_result_to_one_call_before_it() -> None:
    call: Data = {"role": "assistant", "content": [CALL]}
    result: Data = {"role": "user", "content": [RESULT]}
    assert problems([call, result]) == []
    assert problems([result, call]) == snapshot(
        ["[0].content[0].tool_use_id: no tool call before it has the id `t1`"]
    )
    assert problems([call, result, call, result]) == snapshot(
        [
            "[2].content[0].id: the id `t1` is taken by an earlier call",
            "[3].content[0].tool_use_id: the tool call `t1` has a result already",
        ]
    )
    near: Data = {"role": "user", "content": [{**RESULT, "tool_use_id": "t12"}]}
    assert problems([call, near]) == snapshot(
        ["[1].content[0].tool_use_id: no tool call before it has the id `t12` (did you mean `t1`?)"]
    )


def test_is_error_is_true_or_false() -> None:
    call: Data = {"role": "assistant", "content": [CALL]}
    wrong: Data = {"role": "user", "content": [{**RESULT, "is_error": "no"}]}
    assert problems([call, wrong]) == snapshot(
        ["[1].content[0].is_error: expected true or false, got `no`"]
    )


SCALARS: st.SearchStrategy[Data] = st.none() | st.integers() | st.sampled_from(["user", "text", ""])
KEYS = st.sampled_from(["role", "content", "type", "text", "file", "tool_use_id", "input", "id"])
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.fixed_dictionaries({"role": DATA, "content": DATA}), min_size=1, max_size=4))
def test_any_messages_are_checked_to_the_end(messages: list[dict[str, Data]]) -> None:
    assert all(text.startswith("[") for text in problems(list(messages)))
