"""The tokenizer of the simulator: a quarter of the characters, and flat rates for files."""

import json

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, ToolCall, ToolResult

CHARACTERS_PER_TOKEN = 4
IMAGE_TOKENS = 1_600
"""What every image counts, whatever its size."""

PDF_TOKENS = 2_000
"""What every piece of `PDF_BYTES` of a PDF counts, begun ones included."""

PDF_BYTES = 100_000


def count_tokens(text: str) -> int:
    """Return a quarter of the characters, rounded up, and at least 1."""
    return _tokens(len(text))


def input_tokens(request: ChatRequest) -> int:
    """Return the tokens of all that is sent: system, tools, schema, words, calls and files."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    offered = (
        len(tool.name) + len(tool.description) + json_length(tool.input_schema)
        for tool in request.tools
    )
    schema = 0 if request.output_schema is None else json_length(request.output_schema)
    characters = len(request.system) + schema + sum(offered) + sum(map(_characters, blocks))
    return _tokens(characters) + sum(map(_file_tokens, blocks))


def call_tokens(call: ToolCall) -> int:
    """Return the tokens that a model spends on calling a tool."""
    return _tokens(_characters(call))


def json_length(data: object) -> int:
    """Return how many characters data takes as JSON."""
    return len(json.dumps(data, ensure_ascii=False))


def _tokens(characters: int) -> int:
    return max(1, -(-characters // CHARACTERS_PER_TOKEN))


def _characters(block: Block) -> int:
    match block:
        case Text():
            return len(block.text)
        case ToolCall():
            return len(block.name) + json_length(block.input)
        case ToolResult():
            return len(block.content)
        case Opaque():
            return json_length(block.data)
        case Attachment():
            plain = block.media_type.startswith("text/")
            return len(block.content.decode("utf-8", "replace")) if plain else 0


def _file_tokens(block: Block) -> int:
    if not isinstance(block, Attachment) or block.media_type.startswith("text/"):
        return 0
    return IMAGE_TOKENS if block.is_image else PDF_TOKENS * -(-len(block.content) // PDF_BYTES)
