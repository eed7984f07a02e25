"""How long a request is, in characters and about how many tokens, without encoding it."""

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, ToolCall, ToolResult

CHARACTERS_PER_TOKEN = 3.5
IMAGE_TOKENS = 1_600
BYTES_PER_PDF_TOKEN = 50


def expected_input_tokens(request: ChatRequest) -> float:
    """Return about how many tokens a request has; English text has 3 to 4 characters a token."""
    characters, attached = len(request.system), 0.0
    for turn in request.turns:
        if isinstance(turn.content, str):
            characters += len(turn.content)
            continue
        for block in turn.content:
            if isinstance(block, Attachment):
                attached += _attached_tokens(block)
            else:
                characters += _characters(block)
    for tool in request.tools:
        characters += len(tool.name) + len(tool.description) + len(str(tool.input_schema))
    if request.output_schema is not None:
        characters += len(str(request.output_schema))
    return attached + characters / CHARACTERS_PER_TOKEN


def _characters(block: Block) -> int:
    match block:
        case Text(text=text):
            return len(text)
        case ToolCall(name=name, input=given):
            return len(name) + len(str(given))
        case ToolResult(content=content):
            return len(content)
        case Opaque(data=data):
            return len(str(data))
        case _:
            return 0


def _attached_tokens(file: Attachment) -> float:
    if file.is_image:
        return IMAGE_TOKENS
    if file.media_type == "application/pdf":
        return len(file.content) / BYTES_PER_PDF_TOKEN
    return len(file.content) / CHARACTERS_PER_TOKEN
