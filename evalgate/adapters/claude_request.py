"""Writes the parts of a request in the form of the Messages API, as plain data."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from string import printable
from urllib.parse import quote

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data

PDF = "application/pdf"


def body(request: ChatRequest, *, model: str) -> dict[str, Data]:
    """Return the body of a request; what is not asked for is left out.

    Args:
        request: what to ask.
        model: the model by the name that the server knows.
    """
    system, tools = sendable(request.system), [tool(each) for each in request.tools]
    # A breakpoint ends what is remembered, and tools stand before the system prompt.
    ends_in_system = request.caches_prefix and bool(system.strip())
    if request.caches_prefix and tools and not ends_in_system:
        tools[-1]["cache_control"] = {"type": "ephemeral"}
    parts: dict[str, Data] = {
        "model": model,
        "max_tokens": request.max_tokens,
        "messages": [message(turn) for turn in request.turns],
        "system": _remembered(system) if ends_in_system else system,
        "tools": [*tools],
        "output_config": output_config(request),
    }
    return {name: part for name, part in parts.items() if part}


def message(turn: Turn) -> dict[str, Data]:
    """Return a turn as a message; plain words stay plain words."""
    content: Data = sendable(turn.content) if isinstance(turn.content, str) else _said(turn.content)
    return {"role": turn.role, "content": content}


def tool(offered: Tool) -> dict[str, Data]:
    """Return a tool that the model may call."""
    return {
        "name": sendable(offered.name),
        "description": sendable(offered.description),
        "input_schema": _sendable_data(offered.input_schema),
    }


def output_config(request: ChatRequest) -> dict[str, Data]:
    """Return how the answer is to be made; empty when the request leaves that open."""
    config: dict[str, Data] = {}
    if request.effort is not None:
        config["effort"] = request.effort
    if request.output_schema is not None:
        schema = _sendable_data(request.output_schema)
        config["format"] = {"type": "json_schema", "schema": schema}
    return config


def trial_header(trial: str) -> dict[str, str]:
    """Return the header; what a header cannot hold, as in a case id with umlauts, is escaped."""
    named = sendable(trial)
    return {"X-Evalgate-Trial": quote(named, safe=printable[:95])} if named else {}


def _remembered(system: str) -> list[Data]:
    return [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]


def sendable(text: str) -> str:
    """Replace what UTF-8 cannot carry: halves of surrogate pairs, which JSON can smuggle in."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _said(blocks: Iterable[Block]) -> list[Data]:
    """Write blocks; a text without words is left out, which models send and servers refuse."""
    written = [block for block in blocks if not isinstance(block, Text) or block.text.strip()]
    return [_block(block) for block in written or blocks]


def _block(block: Block) -> Data:
    match block:
        case Text():
            return {"type": "text", "text": sendable(block.text)}
        case Attachment():
            return _attached(block)
        case ToolCall():
            return _tool_use(block)
        case ToolResult():
            return _tool_result(block)
        case Opaque():
            return _sendable_data(block.data)


def _attached(file: Attachment) -> Data:
    if file.is_image:
        return {"type": "image", "source": _base64(file)}
    source: Data = _base64(file) if file.media_type == PDF else _plain_text(file)
    return {"type": "document", "source": source, "title": sendable(PurePosixPath(file.name).name)}


def _base64(file: Attachment) -> Data:
    data = b64encode(file.content).decode("ascii")
    return {"type": "base64", "media_type": file.media_type, "data": data}


def _plain_text(file: Attachment) -> Data:
    text = file.content.decode("utf-8", "replace")
    return {"type": "text", "media_type": "text/plain", "data": text}


def _tool_use(call: ToolCall) -> Data:
    return {
        "type": "tool_use",
        "id": sendable(call.id),
        "name": sendable(call.name),
        "input": _sendable_data(call.input),
    }


def _tool_result(result: ToolResult) -> Data:
    written: dict[str, Data] = {
        "type": "tool_result",
        "tool_use_id": sendable(result.call),
        "content": sendable(result.content),
    }
    return {**written, "is_error": True} if result.failed else written


def _sendable_data(data: Data | Mapping[str, Data]) -> Data:
    if isinstance(data, str):
        return sendable(data)
    if isinstance(data, list):
        return [_sendable_data(item) for item in data]
    if isinstance(data, Mapping):
        return {sendable(key): _sendable_data(value) for key, value in data.items()}
    return data
