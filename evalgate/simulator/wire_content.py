"""Reads the content blocks of a message, refusing what the API refuses."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

from evalgate.model.content import Attachment, Block, Opaque, Role, Text, ToolCall, ToolResult
from evalgate.model.document import Data
from evalgate.simulator.draw import read_all

TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a tool may be called."""

LARGEST_IMAGE = 10 * 1024**2
"""The API's limit on one image: characters of its base64."""

PDF = "application/pdf"

Fields = Mapping[str, Data]
Problems = Iterator[str]

_CALL_ID = re.compile(r"[a-zA-Z0-9_-]+")
_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_SIGNATURES: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    PDF: re.compile(rb".{0,1019}%PDF-", re.DOTALL),
}
"""How files of each type begin."""


def content_problems(content: Data, *, role: str) -> Problems:
    """Yield what is wrong with the content of a message, each with its place in the content."""
    for index, block in enumerate(content if isinstance(content, list) else []):
        for problem in _block_problems(block, role):
            yield f".{index}{problem}"


def read_content(content: Data) -> str | tuple[Block, ...]:
    """Return content that has no problems."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return tuple(_read_block(block) for block in blocks if isinstance(block, dict))


def _block_problems(block: Data, role: str) -> Problems:
    fields = block if isinstance(block, dict) else {}
    kind = str(fields.get("type"))
    if kind not in _CHECKS:
        yield f".type: expected one of {', '.join(_CHECKS)}; got `{kind[:60]}`"
    elif role != _ROLES.get(kind, role):
        yield f": a `{kind}` block belongs in a turn of the {_ROLES[kind]}"
    else:
        yield from _CHECKS[kind](fields)


def _text_problems(block: Fields) -> Problems:
    text = block.get("text")
    if not isinstance(text, str):
        yield ".text: expected a text"
    elif not text.strip():
        yield ".text: expected a text that is not empty"


def _image_problems(block: Fields) -> Problems:
    source = _object(block.get("source"))
    if source.get("type") != "base64":
        yield ".source.type: expected `base64`; the simulator fetches nothing"
    elif source.get("media_type") not in _IMAGE_TYPES:
        yield f".source.media_type: expected one of {', '.join(_IMAGE_TYPES)}"
    elif len(str(source.get("data"))) > LARGEST_IMAGE:
        yield ".source.data: the image exceeds 10 MB"
    else:
        yield from _file_problems(source)


def _document_problems(block: Fields) -> Problems:
    source = _object(block.get("source"))
    if not isinstance(block.get("title") or "", str):
        yield ".title: expected a text"
    match source.get("type"), source.get("media_type"):
        case "base64", "application/pdf":
            yield from _file_problems(source)
        case "text", "text/plain":
            if not isinstance(source.get("data"), str) or not source["data"]:
                yield ".source.data: expected a text that is not empty"
        case _:
            yield f".source: expected `base64` of {PDF}, or `text` of text/plain"


def _file_problems(source: Fields) -> Problems:
    media_type = str(source["media_type"])
    content = _decoded(source.get("data"))
    if not content:
        yield ".source.data: expected base64"
    elif not _SIGNATURES[media_type].match(content):
        yield f".source.data: what it holds is not {media_type}"


def _tool_use_problems(block: Fields) -> Problems:
    yield from _id_problems(block, "id")
    name = block.get("name")
    if not isinstance(name, str) or not TOOL_NAME.fullmatch(name):
        yield f".name: expected a text like {TOOL_NAME.pattern}"
    if not isinstance(block.get("input"), dict):
        yield ".input: expected an object"


def _tool_result_problems(block: Fields) -> Problems:
    yield from _id_problems(block, "tool_use_id")
    failed, content = block.get("is_error"), block.get("content")
    if not isinstance(failed, bool | None):
        yield ".is_error: expected true or false"
    if not isinstance(content, str | list | None):
        yield ".content: expected a text or a list of blocks"
    elif failed and not content:
        yield ".content: expected a text that says what failed"
    inner = content if isinstance(content, list) else []
    if any(_object(each).get("type") == "tool_result" for each in inner):
        yield ".content: a result cannot hold another one"
    else:
        yield from (f".content{problem}" for problem in content_problems(inner, role="user"))


def _id_problems(block: Fields, key: str) -> Problems:
    identity = block.get(key)
    if not isinstance(identity, str) or not _CALL_ID.fullmatch(identity):
        yield f".{key}: expected a text like {_CALL_ID.pattern}"


def _thinking_problems(block: Fields) -> Problems:
    for key in ("thinking", "signature"):
        if not isinstance(block.get(key), str):
            yield f".{key}: expected a text"


def _redacted_problems(block: Fields) -> Problems:
    if not isinstance(block.get("data"), str):
        yield ".data: expected a text"


_CHECKS: Mapping[str, Callable[[Fields], Problems]] = {
    "text": _text_problems,
    "image": _image_problems,
    "document": _document_problems,
    "tool_use": _tool_use_problems,
    "tool_result": _tool_result_problems,
    "thinking": _thinking_problems,
    "redacted_thinking": _redacted_problems,
}

_ROLES: Mapping[str, Role] = {
    "image": "user",
    "document": "user",
    "tool_use": "assistant",
    "tool_result": "user",
    "thinking": "assistant",
    "redacted_thinking": "assistant",
}
"""The only role whose turns may hold a block; text may stand everywhere."""


def _read_block(block: dict[str, Data]) -> Block:
    match block["type"]:
        case "text":
            return Text(text=str(block["text"]))
        case "image" | "document":
            return _read_file(block)
        case "tool_use":
            given = _object(block["input"])
            return ToolCall(id=str(block["id"]), name=str(block["name"]), input=given)
        case "tool_result":
            return _read_result(block)
        case _:
            return Opaque(data=block)


def _read_file(block: dict[str, Data]) -> Attachment:
    source = _object(block["source"])
    data = str(source["data"])
    plain = source["type"] == "text"
    content = data.encode("utf-8", "replace") if plain else _decoded(data)
    return Attachment(
        name=str(block.get("title") or ""),
        media_type=str(source["media_type"]),
        sha256=sha256(content).hexdigest(),
        content=content,
    )


def _read_result(block: dict[str, Data]) -> ToolResult:
    """Return a tool's result; of blocks in it, only what can be read remains."""
    content = read_content(block.get("content") or "")
    text = content if isinstance(content, str) else read_all(content)
    return ToolResult(
        call=str(block["tool_use_id"]), content=text, failed=block.get("is_error") is True
    )


def _decoded(data: Data) -> bytes:
    """Return what base64 stands for; nothing when it is none."""
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _object(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}
