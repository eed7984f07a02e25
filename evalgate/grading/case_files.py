"""Finds what the variables of a case attach, and checks the shape of conversations."""

from collections.abc import Iterator, Mapping

from evalgate.grading.beside import Beside
from evalgate.model.content import Attachment
from evalgate.model.document import Data, Place
from evalgate.model.reading import Section, describe, suggestion

FILE = "file"

_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ()),
    "image": (("file",), ()),
    "document": (("file",), ()),
    "tool_use": (("id", "name", "input"), ()),
    "tool_result": (("tool_use_id", "content"), ("is_error",)),
}
"""The keys that each type of block must have, and those that it may have."""

_ROLES = ("user", "assistant")


def case_files(section: Section, beside: Beside) -> dict[str, Attachment]:
    """Return the files that the variables of a case attach, by the path as written.

    A variable attaches a file as `{file: path}`, a message by a block of type image or document.
    What is wrong with files and conversations is noted.
    """
    variables = section.data.get("vars")
    files: dict[str, Attachment] = {}
    for name, value in variables.items() if isinstance(variables, dict) else ():
        place = (*section.place, "vars", name)
        if is_conversation(value):
            _check_conversation(section, place, value)
        for written, where in _named(value, place):
            found = beside.attachment(written)
            if isinstance(found, Attachment):
                files[written] = found
            else:
                section.note_at(where, found)
    return files


def is_file(value: Data) -> bool:
    """Return whether a value stands for an attached file."""
    return isinstance(value, dict) and value.keys() == {FILE} and isinstance(value[FILE], str)


def is_conversation(value: Data) -> bool:
    """Return whether a value is a list of messages, right or wrong."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(message, dict) and "role" in message for message in value)
    )


def _named(value: Data, place: Place) -> Iterator[tuple[str, Place]]:
    """Yield the paths that a variable names, each with its place."""
    if isinstance(value, dict) and is_file(value):
        yield str(value[FILE]), (*place, FILE)
    if not is_conversation(value) or not isinstance(value, list):
        return
    for index, message in enumerate(value):
        content = message.get("content") if isinstance(message, dict) else None
        for number, block in enumerate(content if isinstance(content, list) else ()):
            if isinstance(block, dict) and isinstance(block.get(FILE), str):
                where = (*place, index, "content", number, FILE)
                yield str(block[FILE]), where


def _check_conversation(section: Section, place: Place, messages: Data) -> None:
    asked: set[str] = set()
    for index, message in enumerate(messages if isinstance(messages, list) else ()):
        where = (*place, index)
        if not isinstance(message, dict):
            continue
        for key in message:
            if key not in ("role", "content"):
                known = suggestion(key, ("role", "content"))
                section.note_at((*where, key), f"unknown key{known}")
        role = message.get("role")
        if role not in _ROLES:
            wanted = f"expected one of {', '.join(_ROLES)}; got {describe(role)}"
            section.note_at((*where, "role"), wanted)
        content = message.get("content")
        if isinstance(content, list) and content:
            for number, block in enumerate(content):
                at = (*where, "content", number)
                section_problem = _block_fault(block, str(role), asked)
                if section_problem:
                    section.note_at(at, section_problem)
        elif not isinstance(content, str) or not content.strip():
            section.note_at(
                (*where, "content"),
                f"expected a text or a list of blocks, got {describe(content or None)}",
            )


def _block_fault(block: Data, role: str, asked: set[str]) -> str | None:
    """Say what is wrong with a block; note the tool calls that were made so far."""
    if not isinstance(block, dict):
        return f"expected a block such as {{type: text, text: …}}, got {describe(block)}"
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in _KEYS:
        word = describe(kind) + (suggestion(kind, _KEYS) if isinstance(kind, str) else "")
        return f"expected a type of block ({', '.join(_KEYS)}), got {word}"
    required, optional = _KEYS[kind]
    missing = [key for key in required if key not in block]
    unknown = [key for key in block if key not in ("type", *required, *optional)]
    if missing:
        return f"a block of type {kind} needs the key `{missing[0]}`"
    if unknown:
        return f"unknown key `{unknown[0]}`{suggestion(unknown[0], (*required, *optional))}"
    return _tool_fault(block, kind, role, asked=asked) or _text_fault(block, kind)


def _text_fault(block: Mapping[str, Data], kind: str) -> str | None:
    texts = {"text": ("text",), "tool_use": ("id", "name"), "tool_result": ("tool_use_id",)}
    for key in texts.get(kind, (FILE,)):
        if not isinstance(block[key], str) or not block[key]:
            return f"`{key}` must be text, got {describe(block[key] or None)}"
    if kind == "tool_use" and not isinstance(block["input"], dict):
        return f"`input` must be a mapping, got {describe(block['input'])}"
    return None


def _tool_fault(block: Mapping[str, Data], kind: str, role: str, *, asked: set[str]) -> str | None:
    if kind == "tool_use":
        if role != "assistant":
            return "only the assistant calls tools"
        if str(block["id"]) in asked:
            return f"the id {describe(block['id'])} is taken by an earlier tool call"
        asked.add(str(block["id"]))
    elif role == "assistant" and kind != "text":
        return f"a block of type {kind} belongs to the user"
    if kind == "tool_result" and str(block["tool_use_id"]) not in asked:
        return f"no tool call before it has the id {describe(block['tool_use_id'])}"
    return None
