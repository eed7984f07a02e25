"""How many tokens a request has: as expected, and at most, without asking a server.

Expected are a token for every 3.5 characters of text, and flat rates for files. At most is a bound
that is meant to hold: a token is at least one byte of UTF-8, and what the server adds for messages,
tools and schemas is allowed for. Sources of the figures: the pages on vision, PDF support and tool
use under https://platform.claude.com/docs.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, ToolCall, ToolResult
from evalgate.model.document import Data

CHARACTERS_PER_TOKEN = 3.5

IMAGE_TOKENS, MOST_IMAGE_TOKENS = 1_600, 4_800
"""Of one image: where older models stop, and a little above the 4,784 where the newest stop."""

PDF_TOKENS, PDF_BYTES = 2_000, 100_000
"""So many tokens are expected of each begun piece of a PDF of so many bytes."""

MOST_PAGE_TOKENS = 3_000 + MOST_IMAGE_TOKENS
"""Of one page of a PDF, which is read as text and as an image."""

MOST_PAGES = 600
LEAST_PAGE_BYTES = 1_000
"""What a page takes at least, in a PDF that hides its pages in compressed objects."""

REQUEST_TOKENS, TURN_TOKENS = 64, 16
"""What a server adds at most to a request and to each of its messages."""

TOOLS_TOKENS, SCHEMA_TOKENS = 1_000, 1_000
"""What a server adds at most to explain tools, and a format of the answer."""

MOST_INPUT_TOKENS = 1_000_000
"""The largest context window; a longer request is refused and costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A number as it is expected to be, and as large as it can be."""

    expected: int
    most: int

    def plus(self, other: "Forecast") -> "Forecast":
        """Return the sum of two numbers."""
        return Forecast(expected=self.expected + other.expected, most=self.most + other.most)


def input_tokens(request: ChatRequest) -> Forecast:
    """Return the tokens that a request sends."""
    return Forecast(
        expected=expected_input(request),
        most=min(most_prefix(request) + most_messages(request), MOST_INPUT_TOKENS),
    )


def expected_input(request: ChatRequest) -> int:
    """Return the tokens that a request is expected to send; at least 1."""
    blocks = [block for turn in request.turns for block in turn.blocks]
    characters = len(request.system) + sum(map(_characters, blocks))
    for tool in request.tools:
        characters += len(tool.name) + len(tool.description) + _measured(tool.input_schema)[0]
    if request.output_schema is not None:
        characters += _measured(request.output_schema)[0]
    return max(1, text_tokens(characters) + sum(map(_file_tokens, blocks)))


def text_tokens(characters: int) -> int:
    """Return the tokens that are expected of so many characters."""
    return math.ceil(characters / CHARACTERS_PER_TOKEN)


def most_prefix(request: ChatRequest) -> int:
    """Return the most tokens that come before the messages: tools, format and system prompt."""
    most = REQUEST_TOKENS + byte_length(request.system)
    if request.tools:
        most += TOOLS_TOKENS
        for tool in request.tools:
            most += byte_length(tool.name) + byte_length(tool.description)
            most += TURN_TOKENS + _measured(tool.input_schema)[1]
    if request.output_schema is not None:
        most += SCHEMA_TOKENS + _measured(request.output_schema)[1]
    return most


def most_messages(request: ChatRequest) -> int:
    """Return the most tokens that the messages of a request have."""
    most = 0
    for turn in request.turns:
        content = turn.content
        if isinstance(content, str):
            most += TURN_TOKENS + byte_length(content)
        else:
            most += sum(TURN_TOKENS + _most_tokens(block) for block in content)
    return most


def byte_length(text: str) -> int:
    """Return the bytes of a text in UTF-8; at once when it is plain ASCII."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _characters(block: Block) -> int:
    match block:
        case Text():
            return len(block.text)
        case ToolResult():
            return len(block.content)
        case ToolCall():
            return len(block.name) + _measure(block.input)[0]
        case Opaque():
            return _measure(block.data)[0]
        case Attachment():
            return len(block.name) + (_text_length(block.content) if _is_text(block) else 0)


def _file_tokens(block: Block) -> int:
    if not isinstance(block, Attachment) or _is_text(block):
        return 0
    return IMAGE_TOKENS if block.is_image else PDF_TOKENS * -(-len(block.content) // PDF_BYTES)


def _most_tokens(block: Block) -> int:
    match block:
        case Text():
            return byte_length(block.text)
        case ToolResult():
            return byte_length(block.call) + byte_length(block.content)
        case ToolCall():
            return byte_length(block.id) + byte_length(block.name) + _measure(block.input)[1]
        case Opaque():
            return _measure(block.data)[1]
        case Attachment():
            return byte_length(block.name) + _most_file_tokens(block)


def _most_file_tokens(file: Attachment) -> int:
    if file.is_image:
        return MOST_IMAGE_TOKENS
    if _is_text(file):
        # A byte that is no UTF-8 is sent as a character of three bytes.
        return len(file.content.decode("utf-8", "replace").encode())
    return MOST_PAGE_TOKENS * most_pages(file.content)


def most_pages(pdf: bytes) -> int:
    """Return the most pages that a PDF can have.

    Every page has an object of the type `/Page`. They can be counted unless objects are packed
    into compressed streams; then the size of the file is the bound.
    """
    hidden = b"/ObjStm" in pdf
    pages = len(pdf) // LEAST_PAGE_BYTES + 1 if hidden else pdf.count(b"/Page")
    return min(max(1, pages), MOST_PAGES)


def _is_text(file: Attachment) -> bool:
    return file.media_type.startswith("text/")


def _text_length(content: bytes) -> int:
    return len(content) if content.isascii() else len(content.decode("utf-8", "replace"))


class _Same:
    """Data by its identity, so that what a version keeps for all its calls is measured once."""

    __slots__ = ("data",)

    def __init__(self, data: Mapping[str, Data]) -> None:
        self.data = data

    def __hash__(self) -> int:
        return id(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.data is self.data


def _measured(data: Mapping[str, Data]) -> tuple[int, int]:
    return _remembered(_Same(data))


@lru_cache(maxsize=256)
def _remembered(same: _Same) -> tuple[int, int]:
    return _measure(same.data)


def _measure(data: Mapping[str, Data]) -> tuple[int, int]:
    """Return how many characters and bytes data takes as JSON."""
    try:
        text = json.dumps(data, ensure_ascii=False)
    except RecursionError:  # nested too deeply to be sent; nothing that is sent is longer
        return MOST_INPUT_TOKENS, MOST_INPUT_TOKENS
    return len(text), byte_length(text)
