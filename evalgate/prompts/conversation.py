"""Turns the messages of a case, written as the Messages API takes them, into turns."""

from collections.abc import Mapping, Sequence

from evalgate.model.content import Attachment, Block, Role, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.reading import describe
from evalgate.model.template import as_text
from evalgate.prompts.fault import CaseFault, UnfitCaseError

Files = Mapping[str, Attachment]

UNANSWERED = "a tool call has no result in the next message, or a result follows no such call"

_FILE = "file"
_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant"}


def read_conversation(messages: Data, files: Files, *, key: str) -> tuple[Turn, ...]:
    """Return the turns of a conversation.

    Args:
        messages: a list of `{role, content}`; the content is a text or a list of blocks.
        files: what `file` names in a block, by the path as written.
        key: the place of the messages in the case.

    Raises:
        UnfitCaseError: when it has another shape, or a file is not there.
    """
    if not isinstance(messages, list) or not messages:
        raise _fault(key, "expected a list of messages", got=_said(messages))
    return tuple(
        _turn(message, files, key=f"{key}[{index}]") for index, message in enumerate(messages)
    )


def attachment(value: Data, files: Files, *, key: str, is_image: bool) -> Attachment:
    """Return the file that a variable attaches as `{file: path}`, or raise UnfitCaseError."""
    if isinstance(value, dict) and value.keys() == {_FILE}:
        return _file(value[_FILE], files, key=f"{key}.{_FILE}", is_image=is_image)
    wanted = "an image" if is_image else "a document"
    if isinstance(value, str):
        raise _fault(key, f"expected {wanted}", got=describe(value), then=": write it as {file: …}")
    raise _fault(key, f"expected {wanted} as {{file: path}}", got=_said(value))


def _file(path: Data, files: Files, *, key: str, is_image: bool) -> Attachment:
    if not isinstance(path, str):
        raise _fault(key, "expected the path of a file", got=_said(path))
    file = files.get(path)
    if file is None:
        message = f"there is no file {describe(path)}: write its path from the eval set's folder"
        fault = CaseFault(key=key, message=message, discreet="there is no such file in `files`")
        raise UnfitCaseError(fault)
    if file.is_image is not is_image:
        wanted = "an image" if is_image else "a document"
        raise _fault(key, f"expected {wanted}", got=f"{describe(path)} of type {file.media_type}")
    return file


def _turn(message: Data, files: Files, *, key: str) -> Turn:
    fields = _mapping(message, key)
    role = _ROLES.get(as_text(fields.get("role")))
    if role is None:
        wanted = "expected `user` or `assistant`"
        raise _fault(f"{key}.role", wanted, got=_said(fields.get("role")))
    content = fields.get("content")
    if isinstance(content, str):
        return Turn(role=role, content=content)
    if not isinstance(content, list):
        wanted = "expected a text or a list of blocks"
        raise _fault(f"{key}.content", wanted, got=_said(content))
    place = f"{key}.content"
    blocks = (_block(block, files, key=f"{place}[{index}]") for index, block in enumerate(content))
    return Turn(role=role, content=tuple(blocks))


def _block(block: Data, files: Files, *, key: str) -> Block:
    fields = _mapping(block, key)
    match fields.get("type"):
        case "text":
            return Text(text=_text(fields, "text", key))
        case "image" | "document" as kind:
            is_image = kind == "image"
            return _file(fields.get(_FILE), files, key=f"{key}.{_FILE}", is_image=is_image)
        case "tool_use":
            arguments = _mapping(fields.get("input", {}), f"{key}.input")
            name = _text(fields, "name", key)
            return ToolCall(id=_text(fields, "id", key), name=name, input=arguments)
        case "tool_result":
            return ToolResult(
                call=_text(fields, "tool_use_id", key),
                content=_result(fields.get("content")),
                failed=fields.get("is_error") is True,
            )
        case other:
            wanted = "expected text, image, document, tool_use or tool_result"
            raise _fault(f"{key}.type", wanted, got=_said(other))


def _result(content: Data) -> str:
    """Return the words of a tool's result: of blocks of text their texts, of data its JSON."""
    blocks = content if isinstance(content, list) else []
    texts = [
        as_text(block.get("text"))
        for block in blocks
        if isinstance(block, dict) and block.get("type") == "text"
    ]
    return "\n".join(texts) if texts and len(texts) == len(blocks) else as_text(content)


def _mapping(value: Data, key: str) -> Mapping[str, Data]:
    if not isinstance(value, dict):
        raise _fault(key, "expected a mapping", got=_said(value))
    return value


def _text(fields: Mapping[str, Data], name: str, key: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise _fault(f"{key}.{name}", "expected text", got=_said(value))
    return value


def _said(value: Data) -> str:
    return "an empty list" if value == [] else describe(value)


def _fault(key: str, wanted: str, *, got: str, then: str = "") -> UnfitCaseError:
    message, discreet = f"{wanted}, got {got}{then}", f"{wanted}, got something else{then}"
    return UnfitCaseError(CaseFault(key=key, message=message, discreet=discreet))


def unanswered(turns: Sequence[Turn]) -> str | None:
    """Say which tool call or result stands without the other, if any."""
    asked: set[str] = set()
    for turn in turns:
        answered = {block.call for block in turn.blocks if isinstance(block, ToolResult)}
        if asked - answered:
            return f"the tool call `{min(asked - answered)}` has no result in the next message"
        if answered - asked:
            return f"the tool result for `{min(answered - asked)}` follows no such call"
        asked = {block.id for block in turn.blocks if isinstance(block, ToolCall)}
    return None
