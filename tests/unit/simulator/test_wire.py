import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest
from evalgate.model.content import ToolCall, ToolResult, Turn
from evalgate.simulator.wire import Rejection, read_body, read_request

MESSAGE = {"role": "user", "content": "Hello"}
TOOL = {"name": "get", "description": "d", "input_schema": {"type": "object"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
SCHEMA = {"type": "object", "properties": {"x": {"type": "string"}}}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "model",
    "max_tokens",
    "messages",
    "system",
    "output_config",
    "tools",
    "tool_choice",
    "temperature",
    "stream",
)


def body(**changes: object) -> bytes:
    whole = {"model": "claude-haiku-5-5", "max_tokens": 100, "messages": [MESSAGE]}
    return json.dumps(whole | changes).encode()


def asked(content: bytes, *, trial: str = "") -> ChatRequest | Rejection:
    data = read_body(content)
    return data if isinstance(data, Rejection) else read_request(data, trial=trial)


def rejection(**changes: object) -> tuple[int, str, str]:
    read = asked(body(**changes))
    assert isinstance(read, Rejection)
    return read.status, read.kind, read.message


def accepted(**changes: object) -> ChatRequest:
    read = asked(body(**changes), trial="case/0")
    assert isinstance(read, ChatRequest), read
    return read


def test_a_plain_request_is_read() -> None:
    assert accepted() == ChatRequest(
        model="claude-haiku-5-5",
        max_tokens=100,
        turns=(Turn(role="user", content="Hello"),),
        trial="case/0",
    )


def test_system_effort_and_schema_are_read() -> None:
    output = {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}
    request = accepted(system="Be brief.", output_config=output)
    assert (request.system, request.effort, request.output_schema) == ("Be brief.", "low", SCHEMA)


def test_an_effort_without_a_format_asks_for_no_schema() -> None:
    assert accepted(output_config={"effort": "low"}).output_schema is None


def test_text_blocks_are_joined() -> None:
    blocks = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    request = accepted(system=blocks, messages=[{"role": "user", "content": blocks}])
    assert request.system == "a\nb"
    assert request.turns[0].text == "a\nb"


def test_a_system_prompt_of_other_blocks_is_refused() -> None:
    assert rejection(system=[{"type": "image"}])[2] == "system: expected blocks of text alone"


def test_a_problem_of_a_block_names_its_place() -> None:
    messages = [
        MESSAGE,
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "x"}]},
    ]
    assert rejection(messages=messages)[2].startswith("messages.1.content.1.type: expected one of")


def test_tools_are_read() -> None:
    (tool,) = accepted(tools=[TOOL], tool_choice={"type": "auto"}).tools
    assert (tool.name, tool.description, tool.input_schema) == ("get", "d", {"type": "object"})


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"tools": [{"name": "get"}]}, "tools.0.input_schema.type:"),
        ({"tools": [TOOL], "tool_choice": {"type": "any"}}, "tool_choice.type:"),
        ({"tools": [TOOL], "tool_choice": {"type": "tool", "name": "get"}}, "tool_choice.type:"),
        ({"tool_choice": {"type": "auto"}}, "tool_choice: expected `tools`"),
        ({"messages": [{"role": "user", "content": [RESULT]}]}, "messages.0: no `tool_use`"),
    ],
)
def test_tools_that_the_api_refuses_are_refused(changes: dict[str, object], start: str) -> None:
    status, kind, message = rejection(**changes)
    assert (status, kind) == (400, "invalid_request_error")
    assert message.startswith(start)


def test_a_tool_conversation_is_read() -> None:
    call = {"type": "tool_use", "id": "t1", "name": "get", "input": {"a": 1}}
    messages = [
        MESSAGE,
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [RESULT]},
    ]
    turns = accepted(messages=messages, tools=[TOOL]).turns
    assert turns[1].content == (ToolCall(id="t1", name="get", input={"a": 1}),)
    assert turns[2].content == (ToolResult(call="t1", content="x"),)


def test_a_body_with_infinite_numbers_or_endless_nesting_is_refused() -> None:
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    for metadata in (float("inf"), deep):
        assert rejection(metadata=metadata)[2].startswith("the request body holds infinite")


def test_roles_are_kept() -> None:
    turns = accepted(messages=[MESSAGE, {"role": "assistant", "content": "A"}, MESSAGE]).turns
    assert [turn.role for turn in turns] == ["user", "assistant", "user"]


@pytest.mark.parametrize("broken", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(broken: bytes) -> None:
    read = asked(broken)
    assert isinstance(read, Rejection)
    assert (read.status, read.kind) == (400, "invalid_request_error")
    assert read.message == "the request body is not valid JSON"


def test_a_body_that_is_no_object_is_refused() -> None:
    read = asked(b"[]")
    assert isinstance(read, Rejection)
    assert read.message == "expected a JSON object"


@pytest.mark.parametrize("key", ["model", "max_tokens", "messages"])
def test_a_missing_field_is_named(key: str) -> None:
    assert rejection(**{key: None}) == (400, "invalid_request_error", f"{key}: Field required")


@pytest.mark.parametrize("key", ["temperature", "top_p", "top_k"])
def test_sampling_parameters_are_refused_even_at_their_defaults(key: str) -> None:
    status, kind, message = rejection(**{key: 1})
    assert (status, kind) == (400, "invalid_request_error")
    assert message.startswith(f"{key}:")


def test_streaming_is_wanted_or_not() -> None:
    assert accepted(stream=True) == accepted(stream=False) == accepted()
    assert rejection(stream="yes")[2] == "stream: expected true or false"


@pytest.mark.parametrize("most", [0, -1, 1.5, "100", True])
def test_max_tokens_must_be_a_positive_whole_number(most: object) -> None:
    assert rejection(max_tokens=most)[2].startswith("max_tokens:")


@pytest.mark.parametrize(
    ("messages", "start"),
    [
        ([], "messages:"),
        ("Hello", "messages:"),
        (["Hello"], "messages.0.role:"),
        ([{"role": "system", "content": "x"}], "messages.0.role:"),
        ([{"role": ["user"], "content": "x"}], "messages.0.role:"),
        ([MESSAGE, {"role": "user"}], "messages.1.content:"),
        ([MESSAGE, {"role": "user", "content": ""}], "messages.1.content:"),
        ([MESSAGE, {"role": "user", "content": ["x"]}], "messages.1.content:"),
        ([MESSAGE, {"role": "assistant", "content": "x"}], "messages: the conversation must end"),
    ],
)
def test_messages_that_the_api_refuses_are_refused(messages: object, start: str) -> None:
    status, kind, message = rejection(messages=messages)
    assert (status, kind) == (400, "invalid_request_error")
    assert message.startswith(start)


def test_a_system_prompt_of_another_type_is_refused() -> None:
    assert rejection(system=7)[2].startswith("system:")


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("x", "output_config:"),
        ({"format": {"type": "json"}}, "output_config.format.type:"),
        ({"format": {"type": "json_schema"}}, "output_config.format.schema:"),
    ],
)
def test_an_output_format_of_another_shape_is_refused(output: object, start: str) -> None:
    assert rejection(output_config=output)[2].startswith(start)


@pytest.mark.parametrize("model", ["gpt-7", "", 5])
def test_a_model_that_is_not_claude_is_not_found(model: object) -> None:
    assert rejection(model=model) == (404, "not_found_error", f"model: {model}")


BLOCKS = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image", "document", "tool_use", "tool_result", "thinking"])},
    optional=dict.fromkeys(
        ("text", "source", "id", "tool_use_id", "name", "input", "content"), VALUES
    ),
)


@given(blocks=st.lists(BLOCKS, max_size=3), role=st.sampled_from(["user", "assistant"]))
def test_any_blocks_are_either_read_or_refused(blocks: list[object], role: str) -> None:
    messages = [{"role": role, "content": blocks}, MESSAGE]
    assert isinstance(asked(body(messages=messages)), ChatRequest | Rejection)


@given(changes=st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_any_json_is_either_read_or_refused(changes: dict[str, object]) -> None:
    read = asked(body(**changes))
    assert isinstance(read, ChatRequest | Rejection)
