"""Writes what a case and an answer hold as text for the judge: conversations, files, tools."""

from collections.abc import Iterator, Mapping

from evalgate.grading.case_files import is_file
from evalgate.grading.json_text import as_text
from evalgate.grading.messages import FILE, is_conversation
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult

_SPEAKERS: Mapping[str, str] = {"user": "User", "assistant": "Assistant"}


def transcript(value: Data) -> str:
    """Return a variable's value as the judge reads it.

    Text stands as it is, a file as `[attached: path]`, a conversation as one paragraph for each
    message, anything else as JSON. The further lines of a message are set in, so that no words in
    it can pass for a message of their own.
    """
    if isinstance(value, dict) and is_file(value):
        return f"[attached: {value[FILE]}]"
    if isinstance(value, list) and is_conversation(value):
        return "\n".join(_message(message) for message in value if isinstance(message, dict))
    return as_text(value)


def tool_call_line(call: ToolCall) -> str:
    """Return a call as its tool and its arguments; the id is left out, being drawn by chance."""
    try:
        arguments = as_text(dict(call.input))
    except RecursionError:
        arguments = "(arguments that are nested too deeply to be written)"
    return _set_in(f"{call.name} {arguments}")


def tool_result_line(result: CannedResult) -> str:
    """Return what a tool gives back in a case, and for which arguments when they matter."""
    called = f"{result.tool} {as_text(dict(result.input))}" if result.input else result.tool
    verb = "fails with" if result.failed else "gives back"
    return _set_in(f"{called} {verb}: {result.content}")


def _message(message: Mapping[str, Data]) -> str:
    role, content = message.get("role"), message.get("content")
    speaker = _SPEAKERS.get(role, role) if isinstance(role, str) else as_text(role)
    said = _blocks(content) if isinstance(content, list) else [as_text(content)]
    return _set_in(f"{speaker}: " + "\n".join(said))


def _blocks(blocks: list[Data]) -> Iterator[str]:
    for block in blocks:
        yield _block(block) if isinstance(block, dict) else as_text(block)


def _block(block: Mapping[str, Data]) -> str:
    match block.get("type"):
        case "text":
            return as_text(block.get("text"))
        case "image" | "document" as kind:
            return f"[{kind}: {as_text(block.get(FILE))}]"
        case "tool_use":
            return f"[tool call {as_text(block.get('name'))} {as_text(block.get('input'))}]"
        case "tool_result":
            word = "error" if block.get("is_error") is True else "result"
            return f"[tool {word}: {_result(block.get('content'))}]"
        case _:
            return as_text(dict(block))


def _result(content: Data) -> str:
    return "\n".join(_blocks(content)) if isinstance(content, list) else as_text(content)


def _set_in(text: str) -> str:
    """Return a text whose lines after the first begin with two blanks."""
    return "\n  ".join(text.splitlines()) if text else text
