"""What adopting a file yields: a version, perhaps an eval set, and what had to be left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.document import Data

DEFAULT_MODEL = "claude-sonnet-5-5"
DEFAULT_MAX_TOKENS = 4096

_CLAUDE = re.compile(r"(?:.*[/:])?(claude-[a-z0-9.-]+)", re.IGNORECASE)
_BRACES = re.compile(r"\{\{(?!\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\})")
_HEADING = re.compile(r"^## (?=(?:system|user|assistant)[ \t]*$)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of an adopted prompt; its text is a template in evalgate's own syntax."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """One prompt as it will stand in the library.

    `front` is the front matter without the model and the limit. `shared` are files for
    `prompts/_shared/` by name. `evalset` is the content of an eval set without its `prompts`, if
    the file came with test data. `notes` say what was decided or left out, one sentence each.
    """

    name: str
    source: str
    messages: tuple[Message, ...]
    front: Mapping[str, Data] = field(default_factory=dict)
    model: str | None = None
    max_tokens: int | None = None
    shared: Mapping[str, str] = field(default_factory=dict)
    evalset: Mapping[str, Data] | None = None
    notes: tuple[str, ...] = ()

    def header(self, *, model: str, max_tokens: int) -> dict[str, Data]:
        """Return the front matter; the file's own model and limit win over the given ones."""
        return {
            "model": self.model or model,
            "max_tokens": self.max_tokens or max_tokens,
            **self.front,
        }

    def body(self) -> str:
        """Return the body of the version file."""
        return "\n".join(f"## {part.role}\n\n{part.text.strip()}\n" for part in self.messages)


def claude_model(written: str) -> str | None:
    """Return the id of the Claude model that a text names, without its provider, if any."""
    found = _CLAUDE.fullmatch(written.strip())
    return found[1].lower() if found else None


def slug(text: str) -> str:
    """Return a name for a prompt: lower case, letters and digits of any script, hyphens between."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "prompt"


def as_literal(text: str) -> str:
    """Return a text with what evalgate would read as a variable or a heading escaped."""
    return escape_headings(text.replace("{{", r"\{{"))


def escape_strays(text: str) -> str:
    """Return a template with every pair of braces escaped that holds no variable name."""
    return escape_headings(_BRACES.sub(r"\\{{", text))


def escape_headings(text: str) -> str:
    """Return a text in which no line opens a part."""
    return _HEADING.sub(r"\\## ", text)
