"""Writes the value of a variable for the judge: conversations as transcripts, files by name."""

from collections.abc import Iterator, Mapping

from evalgate.grading.case_files import FILE, is_conversation, is_file
from evalgate.grading.json_text import as_text
from evalgate.model.document import Data

_SPEAKERS: Mapping[str, str] = {"user": "User", "assistant": "Assistant"}


def transcript(value: Data) -> str:
    """Return a value as the judge reads it: text as it stands, other data as JSON."""
    if isinstance(value, dict) and is_file(value):
        return f"[attached: {value[FILE]}]"
    if isinstance(value, list) and is_conversation(value):
        return "\n".join(_message(message) for message in value if isinstance(message, dict))
    return as_text(value)


def _message(message: Mapping[str, Data]) -> str:
    speaker = _SPEAKERS.get(as_text(message.get("role")), "User")
    content = message.get("content")
    said = [as_text(content)] if not isinstance(content, list) else list(_blocks(content))
    return f"{speaker}: " + "\n".join(said)


def _blocks(blocks: list[Data]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, dict):
            yield _block(block)


def _block(block: Mapping[str, Data]) -> str:
    match block.get("type"):
        case "text":
            return as_text(block.get("text"))
        case "tool_use":
            return f"[calls the tool {block.get('name')} with {as_text(block.get('input'))}]"
        case "tool_result":
            return f"[the tool gives back: {as_text(block.get('content'))}]"
        case _:
            return f"[attached: {as_text(block.get(FILE))}]"
