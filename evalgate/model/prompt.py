"""A prompt: its immutable versions and the pointer that says which of them is live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.content import Role, Tool
from evalgate.model.document import Data
from evalgate.model.milestone import Milestone
from evalgate.model.template import Template


class InputKind(StrEnum):
    """What a variable of a prompt holds: words, a whole conversation, or an attached file."""

    TEXT = "text"
    MESSAGES = "messages"
    IMAGE = "image"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of a version's body.

    `conversation` names the input of kind `messages` that stands in place of it; the template
    then holds nothing else.
    """

    role: Role
    template: Template
    conversation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion:
    """One file `prompts/<prompt>/v<N>.md`, parsed; `hash` is its identity, includes counted.

    `inputs` are the variables that the file declares, or, when it declares none, those that its
    body uses; `kinds` names those of them that are not plain text. `dependencies` are the paths of
    the files in `prompts/_shared/` that it includes, those that they include counted.
    """

    prompt: str
    version: str
    path: str
    hash: str
    model: str
    max_tokens: int
    effort: str | None
    description: str
    inputs: tuple[str, ...]
    output_schema: Mapping[str, Data] | None
    metadata: Mapping[str, Data]
    system: Template | None
    parts: tuple[Part, ...]
    kinds: Mapping[str, InputKind] = field(default_factory=dict)
    tools: tuple[Tool, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The version that takes `percent` of the traffic, split by a salted hash."""

    version: str
    percent: float
    salt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The kill switch of a prompt, and the model that replaces the version's own."""

    disabled: bool = False
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One past move of the live pointer: to which version, when, by whom, why, on what verdict.

    `switch` is what the switch was set to, and None where the move left it alone. `rollout` is the
    state that a rollout came to by it, and None where it is not about one.
    """

    stable: str
    at: str = ""
    by: str = ""
    why: str = ""
    verdict: str = ""
    switch: Switch | None = None
    rollout: Milestone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePointer:
    """The file `prompts/<prompt>/live.yaml`; `history` is oldest first."""

    prompt: str
    path: str
    stable: str | None
    canary: Canary | None = None
    switch: Switch = Switch()
    history: tuple[Move, ...] = ()
