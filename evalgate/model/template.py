"""A text with places for variables, whatever the language it is written in."""

from collections.abc import Mapping
from typing import Protocol

from evalgate.model.document import Data


class TemplateError(ValueError):
    """A template that cannot be used or filled; `line` counts its own lines from 1, if known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


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

    def fill(self, values: Mapping[str, Data]) -> str:
        """Return the text with its variables replaced; values are never read as templates.

        Raises:
            TemplateError: when a variable has no value, or the text cannot be filled with it.
        """
        ...
