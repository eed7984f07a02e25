"""Reads what a version offers to a model beside words: its tools, and the schema of its answer."""

import re
from collections.abc import Iterator, Mapping

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.content import Tool
from evalgate.model.document import Data
from evalgate.model.reading import MOST_LISTED, Section, describe
from evalgate.prompts.shared import is_shared
from evalgate.prompts.shelf import Shelf

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_tools(header: Section, shelf: Shelf, problems: list[Problem]) -> tuple[Tool, ...]:
    """Read the key `tools`: a list of tools, or of names of JSON files that hold one each."""
    tools: dict[str, Tool] = {}
    for index, section in _entries(header, shelf, problems):
        tool = _tool(section)
        if tool.name in tools:
            header.note_at(("tools", index), f"the tool `{tool.name}` is given twice")
        if tool.name:
            tools[tool.name] = tool
    return tuple(tools.values())


def read_output_schema(
    header: Section, shelf: Shelf, problems: list[Problem]
) -> Mapping[str, Data] | None:
    """Read the key `output_schema`: a mapping, or the name of a JSON file that holds it."""
    written = header.data.get("output_schema")
    if not isinstance(written, str):
        return header.mapping("output_schema") or None
    section = _shared(header, ("output_schema",), written, shelf=shelf, problems=problems)
    return section.data if section else None


def _entries(
    header: Section, shelf: Shelf, problems: list[Problem]
) -> Iterator[tuple[int, Section]]:
    written = header.data.get("tools")
    if written is None:
        return
    if not isinstance(written, list):
        header.note("tools", f"expected a list, got {describe(written)}")
        return
    for index, entry in enumerate(written):
        if len(problems) >= MOST_LISTED:  # nobody reads more, and looking for near names takes time
            return
        place = ("tools", index)
        if not isinstance(entry, str):
            yield index, Section(header.document, place, problems)
            continue
        section = _shared(header, place, entry, shelf=shelf, problems=problems)
        if section:
            yield index, section


def _shared(
    header: Section,
    place: tuple[str | int, ...],
    name: str,
    *,
    shelf: Shelf,
    problems: list[Problem],
) -> Section | None:
    if not name.endswith(".json") and is_shared(name):
        header.note_at(place, f"expected the name of a JSON file, got {describe(name)}")
        return None
    if name not in shelf.seen or name not in shelf.files:
        header.note_at(place, shelf.missing(name))
        return None
    try:
        return Section(shelf.document(name), (), problems)
    except ConfigurationError as error:
        problems += error.problems
        return None


def _tool(section: Section) -> Tool:
    section.allow("name", "description", "input_schema")
    name = section.required_text("name")
    if name and not _NAME.fullmatch(name):
        message = "expected 1 to 64 letters a to z, digits, `_` and `-`"
        section.note("name", f"{message}; got {describe(name)}")
    schema = section.mapping("input_schema")
    if section.data.get("input_schema") is None and section.data:
        section.note(None, "the key `input_schema` is missing")
    elif schema.get("type") != "object" and isinstance(section.data.get("input_schema"), dict):
        said = describe(schema.get("type"))
        section.note("input_schema", f"expected a schema with `type: object`; its type is {said}")
    return Tool(name=name, description=section.required_text("description"), input_schema=schema)
