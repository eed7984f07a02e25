"""Checks the shape of a conversation that a case brings along, before a version is asked with it.

How it fits a version (who speaks first and last, whether each tool call is answered at once) is
told when the two are put together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.document import Data, Place
from evalgate.model.reading import Section, describe, suggestion

FILE = "file"

_ROLES = ("user", "assistant")

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "image": (FILE,),
    "document": (FILE,),
    "tool_use": ("id", "name", "input"),
    "tool_result": ("tool_use_id", "content"),
}
"""The keys that each type of block must have besides `type`."""

_OPTIONAL: Mapping[str, tuple[str, ...]] = {"tool_result": ("is_error",)}

_TEXTS = frozenset(("text", FILE, "id", "name", "tool_use_id"))
"""The keys whose value is a text that says something."""


def is_conversation(value: Data) -> bool:
    """Return whether a value is a list of messages, right or wrong.

    A list of mappings with roles alone may be about other things, such as the people of a team.
    """
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(message, dict) and "role" in message for message in value)
        and any(isinstance(message, dict) and "content" in message for message in value)
    )


def check_conversation(section: Section, place: Place, messages: Data) -> None:
    """Note everything that is wrong with a conversation.

    Args:
        section: the case, where problems are noted.
        place: the place of the conversation in the document.
        messages: a value of which `is_conversation` is true.
    """
    check = _Check(section=section)
    for index, message in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(message, dict):
            check.message((*place, index), message)


@dataclass(slots=True, kw_only=True)
class _Check:
    """One conversation being checked: the tool calls made so far, and those answered."""

    section: Section
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)

    def message(self, place: Place, message: Mapping[str, Data]) -> None:
        self._allow(place, message, ("role", "content"))
        role = message["role"]
        if role not in _ROLES:
            self._note((*place, "role"), _expected(role, _ROLES))
        content = message.get("content")
        inside = (*place, "content")
        if isinstance(content, list) and content:
            for index, block in enumerate(content):
                self._block((*inside, index), block, role=role)
        elif not isinstance(content, str) or not content.strip():
            is_empty = isinstance(content, str | list)
            got = describe(None if is_empty else content)
            self._note(inside, f"expected a text or a list of blocks, got {got}")

    def _block(self, place: Place, block: Data, *, role: Data) -> None:
        if not isinstance(block, dict):
            wanted = "expected a block such as {type: text, text: …}"
            self._note(place, f"{wanted}, got {describe(block)}")
            return
        kind = block.get("type")
        if not isinstance(kind, str) or kind not in _REQUIRED:
            self._note((*place, "type"), _expected(kind, tuple(_REQUIRED)))
            return
        required = _REQUIRED[kind]
        self._allow(place, block, ("type", *required, *_OPTIONAL.get(kind, ())))
        for key in required:
            self._value(place, block, key, kind=kind)
        if not isinstance(block.get("is_error", False), bool):
            got = describe(block["is_error"])
            self._note((*place, "is_error"), f"expected true or false, got {got}")
        self._speaker(place, kind, role=role)
        self._call(place, block, kind)

    def _value(self, place: Place, block: Mapping[str, Data], key: str, *, kind: str) -> None:
        value = block.get(key)
        if key not in block:
            self._note(place, f"a block of type {kind} needs the key `{key}`")
        elif key in _TEXTS and not (isinstance(value, str) and value.strip()):
            got = "nothing" if isinstance(value, str) else describe(value)
            self._note((*place, key), f"expected text, got {got}")
        elif key == "input" and not isinstance(value, dict):
            self._note((*place, key), f"expected a mapping, got {describe(value)}")

    def _speaker(self, place: Place, kind: str, *, role: Data) -> None:
        if kind == "tool_use" and role == "user":
            self._note(place, "only the assistant calls tools")
        elif kind not in ("tool_use", "text") and role == "assistant":
            self._note(place, f"a block of type {kind} belongs to the user")

    def _call(self, place: Place, block: Mapping[str, Data], kind: str) -> None:
        """Tie results to calls: ids are unique, and a result follows its call, once."""
        key = "id" if kind == "tool_use" else "tool_use_id"
        call = block.get(key)
        if kind not in ("tool_use", "tool_result") or not isinstance(call, str):
            return
        if kind == "tool_use":
            if call in self.asked:
                self._note((*place, key), f"the id {describe(call)} is taken by an earlier call")
            self.asked.add(call)
        elif call not in self.asked:
            near = suggestion(call, self.asked) if self.asked else ""
            self._note((*place, key), f"no tool call before it has the id {describe(call)}{near}")
        elif call in self.answered:
            self._note((*place, key), f"the tool call {describe(call)} has a result already")
        else:
            self.answered.add(call)

    def _allow(self, place: Place, data: Mapping[str, Data], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                self._note((*place, key), f"unknown key{suggestion(key, keys)}")

    def _note(self, place: Place, message: str) -> None:
        self.section.note_at(place, message)


def _expected(value: Data, words: tuple[str, ...]) -> str:
    near = suggestion(value, words) if isinstance(value, str) else ""
    # The words are told already, unless one of them is near.
    near = "" if near.startswith(" (known") else near
    return f"expected one of {', '.join(words)}; got {describe(value)}{near}"
