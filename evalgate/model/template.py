"""A text with places for variables, whatever the language it is written in."""

import json
from collections.abc import Mapping
from typing import Protocol

from evalgate.model.document import Data


class TemplateError(ValueError):
    """A template that cannot be used or filled.

    `line` counts lines from 1, if it is known: those of the file that `include` names, or else of
    the template itself.
    """

    def __init__(self, message: str, line: int | None = None, *, include: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.include = include


class Template(Protocol):
    """A text that is whole once every variable has a value."""

    @property
    def source(self) -> str:
        """The text as written."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that the text uses, each once, in the order of their first use."""
        ...

    @property
    def computed(self) -> tuple[str, ...]:
        """Those of the variables that the text reckons with, rather than only printing them."""
        ...

    def fill(self, values: Mapping[str, Data]) -> str:
        """Return the text with its variables replaced; values are never read as templates.

        Raises:
            TemplateError: when a variable has no value, or the text cannot be filled with it.
        """
        ...


def as_text(value: Data) -> str:
    """Write a variable's value the way it stands in a prompt: text as it is, the rest as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
