"""What a message of a conversation is made of: text, attached files, tool calls and results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evalgate.model.document import Data

Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, as they stand."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that travels with a message: an image, a PDF document or a plain text.

    `name` is its path from the repository's root, `sha256` the hash of its content in hexadecimal
    digits.
    """

    name: str
    media_type: str
    sha256: str
    content: bytes = field(repr=False)

    @property
    def is_image(self) -> bool:
        """Whether the file is an image; otherwise it is a document."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A model's wish to use a tool; `id` ties the result to it."""

    id: str
    name: str
    input: Mapping[str, Data]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool gave back for the call with the id `call`; `failed` marks an error."""

    call: str
    content: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A block that is only ever handed back to the server as it came, such as thinking."""

    data: Mapping[str, Data]


Block = Text | Attachment | ToolCall | ToolResult | Opaque


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation; plain words, or blocks in order."""

    role: Role
    content: str | tuple[Block, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The content as blocks."""
        return (Text(text=self.content),) if isinstance(self.content, str) else self.content

    @property
    def text(self) -> str:
        """The words of the message alone; several texts stand on lines of their own."""
        return "\n".join(block.text for block in self.blocks if isinstance(block, Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that a model may call; `input_schema` is the JSON Schema of its arguments."""

    name: str
    description: str
    input_schema: Mapping[str, Data]
