"""What is known while a Jinja template is read: its variables, its scopes, how deep it nests."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evalgate.adapters.jinja_run import Run, Unfit, Value
from evalgate.adapters.jinja_values import present
from evalgate.model.document import Data
from evalgate.model.template import TemplateError

Evaluate = Callable[[Run], Value]
Write = Callable[[Run], None]

MAX_NESTING = 50

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A template that was read: how it is written, and the variables that it takes from outside."""

    write: Write
    names: tuple[str, ...]
    computed: tuple[str, ...]


class Reader:
    """The reading of one file; `include` returns another file, read, given its name and a line."""

    def __init__(self, file: str, include: Callable[[str, int], Block]) -> None:
        self.file = file
        self.include = include
        self.loops = 0
        self._names: dict[str, None] = {}
        self._computed: dict[str, None] = {}
        self._bound: list[set[str]] = [set()]
        self._depth = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The variables from outside, in the order of their first use."""
        return tuple(self._names)

    @property
    def computed(self) -> tuple[str, ...]:
        """Those of them that are not only printed."""
        return tuple(self._computed)

    def use(self, name: str, line: int, *, printed: bool) -> None:
        """Note that a name is used; one that the template itself sets is no variable."""
        if any(name in scope for scope in self._bound):
            return
        if not _VARIABLE.fullmatch(name):
            message = f"a variable has at most 100 letters a to z, digits and `_`: `{name[:60]}`"
            raise self.error(message, line)
        self._names.setdefault(name)
        if not printed:
            self._computed.setdefault(name)

    def bind(self, name: str, line: int) -> None:
        """Note that the template sets a name, from here to the end of the scope."""
        if name == "loop":
            raise self.error("`loop` is what a `for` sets itself: choose another name", line)
        self._bound[-1].add(name)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Open the scope of a loop."""
        self._bound.append(set())
        yield
        self._bound.pop()

    @contextmanager
    def deeper(self, line: int) -> Iterator[None]:
        """Go one level down."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.error(f"nested more than {MAX_NESTING} deep", line)
        yield
        self._depth -= 1

    def error(self, message: str, line: int) -> TemplateError:
        """Return an error that stands on a line of the file."""
        return TemplateError(message, line, include=self.file)

    def placed(self, evaluate: Evaluate, line: int) -> Callable[[Run], Data]:
        """Return what evaluates to a value that is there, and says where it fails."""

        def apply(run: Run) -> Data:
            try:
                return present(evaluate(run))
            except Unfit as error:
                raise self.error(str(error), line) from None

        return apply
