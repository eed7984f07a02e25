"""Reads one prompt version: front matter, and a body with a part for each message."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.chat import EFFORTS, ChatRequest
from evalgate.model.content import Turn
from evalgate.model.evalset import Case
from evalgate.model.ports import Parser
from evalgate.model.prompt import Part, PromptVersion
from evalgate.model.reading import Section, suggestion
from evalgate.model.template import Template, TemplateError
from evalgate.prompts.template import read_braces

KEYS = (
    "model",
    "max_tokens",
    "effort",
    "description",
    "inputs",
    "output_schema",
    "metadata",
)
MOST_TOKENS = 128_000

_FILE = re.compile(r"v[1-9][0-9]*")
_PART = re.compile(r"^## (system|user|assistant)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_BORDER = "---\n"


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of the body with the line that its text starts on."""

    role: str
    template: Template
    line: int


def is_version(name: str) -> bool:
    """Return whether a name is that of a version: `v1`, `v2`, …."""
    return _FILE.fullmatch(name) is not None


def identity(content: bytes) -> str:
    """Return the identity of a version file: SHA-256 of its bytes without BOM, with LF lines."""
    return sha256(_normal(content)).hexdigest()


def read_version(prompt: str, path: str, *, content: bytes, parser: Parser) -> PromptVersion:
    """Read one version file.

    Raises:
        ConfigurationError: with every problem found in it.
    """
    front, body, body_line = _split(path, _normal(content))
    header = Section(parser.read_yaml(path, front.encode(), first_line=2))
    header.allow(*KEYS)
    parts = list(_parts(header, body, body_line))
    inputs = _inputs(header, parts)
    version = PromptVersion(
        prompt=prompt,
        version=path.rpartition("/")[2].removesuffix(".md"),
        path=path,
        hash=identity(content),
        model=header.required_text("model"),
        max_tokens=_max_tokens(header),
        effort=header.word("effort", EFFORTS),
        description=header.text("description"),
        inputs=inputs,
        output_schema=header.mapping("output_schema") or None,
        metadata=header.mapping("metadata"),
        system=next((part.template for part in parts if part.role == "system"), None),
        parts=tuple(
            Part(role="user" if part.role == "user" else "assistant", template=part.template)
            for part in parts
            if part.role != "system"
        ),
    )
    header.finish()
    return version


def render(version: PromptVersion, case: Case) -> ChatRequest:
    """Return the request that asks a version about a case.

    Raises:
        TemplateError: when the case lacks a variable of the version.
    """
    return ChatRequest(
        model=version.model,
        max_tokens=version.max_tokens,
        effort=version.effort,
        system="" if version.system is None else version.system.fill(case.vars),
        turns=tuple(
            Turn(role=part.role, content=part.template.fill(case.vars)) for part in version.parts
        ),
        output_schema=version.output_schema,
    )


def _normal(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _split(path: str, content: bytes) -> tuple[str, str, int]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text: wrong byte at {error.start}"
        raise ConfigurationError([Problem(path=path, message=message)]) from None
    front, border, body = text.removeprefix(_BORDER).partition("\n" + _BORDER)
    if not text.startswith(_BORDER) or not border:
        message = "expected front matter: a first line `---`, keys such as `model:`, a line `---`"
        raise ConfigurationError([Problem(path=path, line=1, message=message)])
    return front, body, front.count("\n") + 4


def _parts(header: Section, body: str, first_line: int) -> Iterator[_Written]:
    marks = list(_PART.finditer(body))
    outside = body[: marks[0].start()] if marks else body
    if outside.strip():
        header.note_line(
            first_line, "text outside of any part: start with `## system` or `## user`"
        )
    if not any(mark[1].lower() == "user" for mark in marks):
        header.note_line(first_line, "the part `## user` is missing")
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    for mark, end in zip(marks, ends, strict=False):
        text = re.sub(r"^\\## ", "## ", body[mark.end() : end].strip(), flags=re.MULTILINE)
        role, line = mark[1].lower(), first_line + body.count("\n", 0, mark.start())
        try:
            yield _Written(role, read_braces(text), line)
        except TemplateError as error:
            header.note_line(line, f"in the part `## {role}`: {error}")
    _check_order(header, [mark[1].lower() for mark in marks], first_line)


def _check_order(header: Section, roles: list[str], line: int) -> None:
    turns = [role for role in roles if role != "system"]
    if roles.count("system") > 1 or ("system" in roles and roles[0] != "system"):
        header.note_line(line, "expected at most one part `## system`, and that first")
    alternating = all(first != second for first, second in itertools.pairwise(turns))
    if turns and (turns[0] != "user" or turns[-1] != "user" or not alternating):
        header.note_line(line, "expected `## user` and `## assistant` in turn, from user to user")


def _inputs(header: Section, parts: list[_Written]) -> tuple[str, ...]:
    declared = header.texts("inputs")
    used: dict[str, int] = {}
    for part in parts:
        used |= {name: part.line for name in part.template.names if name not in used}
    if header.data.get("inputs") is None:
        return tuple(used)
    for name, line in used.items():
        if name not in declared:
            message = f"the variable `{name}` is not among the inputs{suggestion(name, declared)}"
            header.note_line(line, message)
    return declared


def _max_tokens(header: Section) -> int:
    if header.data.get("max_tokens") is None:
        header.note(None, "the key `max_tokens` is missing")
    return header.integer("max_tokens", 1, least=1, most=MOST_TOKENS)
