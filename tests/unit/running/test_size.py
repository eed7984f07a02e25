"""Facts about how many tokens a request has."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.running.size import (
    IMAGE_TOKENS,
    MOST_IMAGE_TOKENS,
    MOST_INPUT_TOKENS,
    MOST_PAGE_TOKENS,
    MOST_PAGES,
    Forecast,
    byte_length,
    expected_input,
    input_tokens,
    most_messages,
    most_pages,
    most_prefix,
)


def asking(*blocks: Block, system: str = "") -> ChatRequest:
    turn = Turn(role="user", content=tuple(blocks))
    return ChatRequest(model="m", max_tokens=1, turns=(turn,), system=system)


def file(media_type: str, content: bytes) -> Attachment:
    return Attachment(name="f", media_type=media_type, sha256="", content=content)


def test_text_is_expected_to_take_a_token_for_every_three_and_a_half_characters() -> None:
    assert expected_input(asking(Text(text="x" * 7))) == 2
    assert expected_input(asking(Text(text="x" * 8))) == 3
    assert expected_input(asking(Text(text="x" * 3), system="x" * 4)) == 2


def test_tools_schemas_calls_and_results_count() -> None:
    schema = {"type": "object"}
    call = ToolCall(id="1", name="look", input={"q": "abc"})
    request = ChatRequest(
        model="m",
        max_tokens=1,
        turns=(Turn(role="assistant", content=(call, ToolResult(call="1", content="x" * 70))),),
        tools=(Tool(name="look", description="x" * 35, input_schema=schema),),
        output_schema=schema,
    )
    characters = 70 + 35 + 4 + 4 + 2 * len(json.dumps(schema)) + len('{"q": "abc"}')
    assert expected_input(request) == -(-characters * 2 // 7)


def test_files_are_expected_to_take_flat_rates_and_are_bounded_apart() -> None:
    image = asking(file("image/png", b"x" * 500_000))
    pdf = asking(file("application/pdf", b"/Pages /Page" + b"x" * 100_000))
    assert expected_input(image) == IMAGE_TOKENS + 1
    assert MOST_IMAGE_TOKENS < most_messages(image) < MOST_IMAGE_TOKENS + 100
    assert expected_input(pdf) == 4_001
    assert 2 * MOST_PAGE_TOKENS < most_messages(pdf) < 2 * MOST_PAGE_TOKENS + 100


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (b"", 1),
        (b"/Type /Page /Type /Page", 2),
        (b"/Type /ObjStm" + b"x" * 5_000, 6),
        (b"/Page " * 5_000, MOST_PAGES),
    ],
)
def test_pages_are_counted_unless_they_are_hidden(content: bytes, pages: int) -> None:
    assert most_pages(content) == pages


@given(st.text())
def test_the_length_in_bytes_is_that_of_what_is_sent(text: str) -> None:
    assert byte_length(text) == len(text.encode("utf-8", "replace"))


def test_half_a_surrogate_pair_is_sent_as_one_byte() -> None:
    assert byte_length("\ud800x") == 2


words = st.text(max_size=40)
blocks = st.one_of(
    words.map(lambda text: Text(text=text)),
    words.map(lambda text: ToolResult(call=text, content=text)),
    words.map(lambda text: ToolCall(id="1", name=text, input={text: [text, 1]})),
    words.map(lambda text: Opaque(data={"thinking": text})),
    st.binary(max_size=40).map(lambda content: file("text/plain", content)),
)


@given(st.lists(blocks, max_size=4), words, words)
def test_no_byte_that_is_sent_is_left_out_of_the_bound(
    said: list[Block], system: str, description: str
) -> None:
    tool = Tool(name="t", description=description, input_schema={"title": description})
    request = ChatRequest(
        model="m",
        max_tokens=1,
        system=system,
        tools=(tool,),
        output_schema={"title": system},
        turns=(Turn(role="user", content=tuple(said)),),
    )
    texts = [system, system, description, description, *map(_written, said)]
    sent = sum(len(text.encode("utf-8", "replace")) for text in texts)
    assert sent <= input_tokens(request).most
    assert most_prefix(request) + most_messages(request) == input_tokens(request).most


def _written(block: Block) -> str:
    match block:
        case Text():
            return block.text
        case ToolResult():
            return block.call + block.content
        case ToolCall():
            return block.name + json.dumps(block.input, ensure_ascii=False)
        case Opaque():
            return json.dumps(block.data, ensure_ascii=False)
        case Attachment():
            return block.content.decode("utf-8", "replace")


def test_what_is_expected_of_plain_text_is_never_above_the_bound() -> None:
    size = input_tokens(asking(Text(text="")))
    assert 1 <= size.expected <= size.most


def test_nothing_is_larger_than_the_largest_context_window() -> None:
    assert input_tokens(asking(Text(text="x" * 3_000_000))).most == MOST_INPUT_TOKENS


def test_data_that_is_nested_too_deeply_is_bounded_all_the_same() -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    block = Opaque(data=deep)  # type: ignore[arg-type]
    assert input_tokens(asking(block)).most == MOST_INPUT_TOKENS


def test_a_schema_is_measured_by_its_own_content() -> None:
    small = ChatRequest(model="m", max_tokens=1, turns=(), output_schema={"a": "b"})
    large = ChatRequest(model="m", max_tokens=1, turns=(), output_schema={"a": "b" * 1000})
    assert most_prefix(large) - most_prefix(small) == 999
    assert most_prefix(small) == most_prefix(small)


def test_forecasts_add_up() -> None:
    one = Forecast(expected=1, most=2)
    assert one.plus(Forecast(expected=10, most=20)) == Forecast(expected=11, most=22)
