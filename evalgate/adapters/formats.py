"""Every text format in one place; Jinja is loaded once a template asks for it."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Protocol, cast

from evalgate.adapters import files
from evalgate.errors import Problem
from evalgate.model.document import Document
from evalgate.model.template import Template


class _Templates(Protocol):
    def read_template(self, source: str, includes: Mapping[str, str]) -> Template: ...


class Formats:
    """Every text format, as `evalgate.model.ports.Parser` asks for it; Jinja once it is needed."""

    def read_yaml(self, path: str, content: bytes, *, first_line: int = 1) -> Document:
        """Parse YAML; see `files.read_yaml`."""
        return files.read_yaml(path, content, first_line=first_line)

    def read_json(self, path: str, content: bytes) -> Document:
        """Parse JSON; see `files.read_json`."""
        return files.read_json(path, content)

    def read_json_lines(self, path: str, content: bytes) -> Iterator[Document | Problem]:
        """Parse JSON line by line; see `files.read_json_lines`."""
        return files.read_json_lines(path, content)

    def read_template(self, source: str, includes: Mapping[str, str]) -> Template:
        """Read a Jinja template; see `adapters.jinja.read_template`."""
        module = cast("_Templates", import_module("evalgate.adapters.jinja"))
        return module.read_template(source, includes)


FORMATS = Formats()
