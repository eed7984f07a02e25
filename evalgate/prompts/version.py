"""Reads one prompt version: front matter, and a body with a part for each message."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.chat import EFFORTS
from evalgate.model.ports import Parser
from evalgate.model.prompt import Part, PromptVersion
from evalgate.model.reading import MOST_LISTED, Section
from evalgate.model.template import Template, TemplateError
from evalgate.prompts.inputs import read_inputs, used_inputs
from evalgate.prompts.parts import Written, split_body
from evalgate.prompts.shared import dependencies, identity, normal
from evalgate.prompts.shelf import Shelf
from evalgate.prompts.template import read_braces
from evalgate.prompts.tools import read_output_schema, read_tools

KEYS = (
    "model",
    "max_tokens",
    "effort",
    "description",
    "template",
    "inputs",
    "tools",
    "output_schema",
    "metadata",
)
TEMPLATES = ("braces", "jinja")
MOST_TOKENS = 128_000
MOST_JINJA = 400_000
"""Characters of the parts of a version in Jinja, what each of them includes counted."""

_FILE = re.compile(r"v[1-9][0-9]*")
_BORDER = "---\n"
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


def is_version(name: str) -> bool:
    """Return whether a name is that of a version: `v1`, `v2`, …."""
    return _FILE.fullmatch(name) is not None


def read_version(
    prompt: str,
    path: str,
    *,
    content: bytes,
    parser: Parser,
    shared: Mapping[str, bytes] = _NOTHING,
) -> PromptVersion:
    """Read one version file.

    Args:
        prompt: the name of the prompt.
        path: of the file, from the repository's root.
        content: of the file.
        parser: reads the front matter, and Jinja when the version asks for it.
        shared: the files of `prompts/_shared/` by name.

    Raises:
        ConfigurationError: with every problem found in it and in what it includes.
    """
    front, body, body_line = _split(path, normal(content))
    problems: list[Problem] = []
    header = Section(parser.read_yaml(path, front.encode(), first_line=2), (), problems)
    header.allow(*KEYS)
    shelf = Shelf(version=path, files=shared, seen=dependencies(content, shared), parser=parser)
    inputs = read_inputs(header)
    written = split_body(header, body, first_line=body_line, kinds=inputs.kinds)
    is_jinja = header.word("template", TEMPLATES) == "jinja"
    read = _read_jinja if is_jinja else _read_braces
    parts = read(written, shelf, problems)
    version = PromptVersion(
        prompt=prompt,
        version=path.rpartition("/")[2].removesuffix(".md"),
        path=path,
        hash=identity(content, shared),
        model=header.required_text("model"),
        max_tokens=_max_tokens(header),
        effort=header.word("effort", EFFORTS),
        description=header.text("description"),
        inputs=used_inputs(header, parts, inputs),
        output_schema=read_output_schema(header, shelf, problems),
        metadata=header.mapping("metadata"),
        system=next((template for part, template in parts if part.role == "system"), None),
        parts=tuple(_turns(parts)),
        kinds=inputs.kinds,
        tools=read_tools(header, shelf, problems),
        dependencies=tuple(shelf.path(name) for name in shelf.seen),
    )
    header.finish()
    return version


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


def _read_braces(
    written: Sequence[Written], shelf: Shelf, problems: list[Problem]
) -> list[tuple[Written, Template]]:
    parts: list[tuple[Written, Template]] = []
    for part in written:
        try:
            parts.append((part, read_braces(part.text)))
        except TemplateError as error:
            problems.append(_problem(part, error, shelf))
    return parts


def _read_jinja(
    written: Sequence[Written], shelf: Shelf, problems: list[Problem]
) -> list[tuple[Written, Template]]:
    parts: list[tuple[Written, Template]] = []
    characters = 0
    for part in written:
        if len(problems) >= MOST_LISTED:  # nobody reads more, and looking for near names takes time
            break
        includes = shelf.includes(part.text, first_line=part.start)
        characters += len(part.text) + sum(map(len, includes.texts.values()))
        if characters > MOST_JINJA:
            message = f"more than {MOST_JINJA:,} characters of Jinja, includes counted"
            problems.append(Problem(path=shelf.version, line=part.line, message=message))
            break
        found = includes.problems
        try:
            if not found:
                parts.append((part, shelf.parser.read_template(part.text, includes.texts)))
        except TemplateError as error:
            found = (_problem(part, error, shelf),)
        problems += (each for each in found if each not in problems)
    return parts


def _problem(part: Written, error: TemplateError, shelf: Shelf) -> Problem:
    if error.include:
        return Problem(path=shelf.path(error.include), line=error.line, message=str(error))
    line = part.line if error.line is None else part.start + error.line - 1
    return Problem(path=shelf.version, line=line, message=f"in the part `## {part.role}`: {error}")


def _turns(parts: Sequence[tuple[Written, Template]]) -> list[Part]:
    return [
        Part(role=part.role, template=template, conversation=part.conversation)
        for part, template in parts
        if part.role != "system"
    ]


def _max_tokens(header: Section) -> int:
    if header.data.get("max_tokens") is None:
        header.note(None, "the key `max_tokens` is missing")
    return header.integer("max_tokens", 1, least=1, most=MOST_TOKENS)
