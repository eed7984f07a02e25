"""One filling of a Jinja template: its variables, what it has written, what it may still spend."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.model.template import as_text

MAX_STEPS = 250_000
"""Steps of one filling: parts of expressions, rounds of loops, values looked at."""

CHARACTERS_PER_STEP = 64
"""Characters of a text that are worked on in one step."""

MAX_OUTPUT = 1_000_000
"""Characters that one filling may write."""


class Unfit(Exception):  # noqa: N818 - it becomes a TemplateError once its line is known
    """What a template does cannot be done with the values at hand."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands for a value that is not there: it may be asked about, and not be used."""

    message: str


Value = Data | Missing


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a loop, counted from 0, of so many."""

    index: int
    length: int


class Run:
    """The state of one filling."""

    def __init__(self, values: Mapping[str, Data]) -> None:
        self._values = values
        self._steps = MAX_STEPS
        self._written: list[str] = []
        self._room = MAX_OUTPUT
        self.scopes: list[dict[str, Data]] = [{}]
        self.rounds: list[Round] = []

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._written)

    def find(self, name: str) -> Value:
        """Return the value of a name, innermost first."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        if name in self._values:
            return self._values[name]
        return Missing(f"`{name}` was not set on the way here")

    def spend(self, steps: int = 1) -> None:
        """Count steps, and stop when there are too many."""
        self._steps -= steps
        if self._steps < 0:
            raise Unfit(f"filling takes more than {MAX_STEPS:,} steps: loop over less")

    def spend_text(self, characters: int) -> None:
        """Count the steps of working on so many characters."""
        self.spend(1 + characters // CHARACTERS_PER_STEP)

    def walk(self, value: Data) -> None:
        """Count the steps of looking at a value and all that is in it."""
        if isinstance(value, str):
            self.spend_text(len(value))
            return
        self.spend()
        if isinstance(value, list):
            for item in value:
                self.walk(item)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.spend_text(len(key))
                self.walk(item)

    def write(self, value: Data) -> None:
        """Write a value the way it stands in a prompt."""
        self.walk(value)
        text = as_text(value)
        self._room -= len(text)
        if self._room < 0:
            raise Unfit(f"writes more than {MAX_OUTPUT:,} characters")
        self._written.append(text)
