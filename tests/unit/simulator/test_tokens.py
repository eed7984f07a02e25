import pytest

from evalgate.model.chat import ChatRequest
from evalgate.model.content import (
    Attachment,
    Block,
    Opaque,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from evalgate.simulator.tokens import (
    IMAGE_TOKENS,
    PDF_BYTES,
    PDF_TOKENS,
    call_tokens,
    count_tokens,
    input_tokens,
)

CALL = ToolCall(id="toolu_1", name="get_", input={"a": "é"})  # {"a": "é"}


def file(media_type: str, content: bytes) -> Attachment:
    return Attachment(name="a", media_type=media_type, sha256="", content=content)


def tokens_of(*blocks: Block) -> int:
    """Return the tokens that blocks add to 40 characters of text."""
    content = (Text(text="x" * 40), *blocks)
    turns = (Turn(role="user", content=content),)
    return input_tokens(ChatRequest(model="m", max_tokens=1, turns=turns)) - 10


@pytest.mark.parametrize(("length", "tokens"), [(0, 1), (1, 1), (4, 1), (5, 2), (41, 11)])
def test_a_token_is_four_characters_begun(length: int, tokens: int) -> None:
    assert count_tokens("x" * length) == tokens


@pytest.mark.parametrize(
    ("block", "tokens"),
    [
        (Text(text="x" * 8), 2),
        (ToolResult(call="toolu_1", content="x" * 8), 2),
        (CALL, 4),
        (Opaque(data={"a": "éé"}), 3),
        (file("text/plain", "éééé".encode()), 1),
        (file("image/png", b"x"), IMAGE_TOKENS),
        (file("image/png", b"x" * 1_000_000), IMAGE_TOKENS),
        (file("application/pdf", b"x" * PDF_BYTES), PDF_TOKENS),
        (file("application/pdf", b"x" * (PDF_BYTES + 1)), 2 * PDF_TOKENS),
    ],
)
def test_every_block_counts_by_its_kind(block: Block, tokens: int) -> None:
    assert tokens_of(block) == tokens


def test_offered_tools_count_with_name_description_and_schema() -> None:
    tool = Tool(name="x" * 4, description="y" * 8, input_schema={"a": 1})
    request = ChatRequest(model="m", max_tokens=1, system="s" * 4, turns=(), tools=(tool,))
    assert input_tokens(request) == 6


def test_an_output_schema_counts_as_json() -> None:
    request = ChatRequest(
        model="m", max_tokens=1, system="s" * 4, turns=(), output_schema={"type": "object"}
    )
    assert input_tokens(request) == 6


def test_a_call_costs_its_name_and_its_arguments() -> None:
    assert call_tokens(CALL) == 4
