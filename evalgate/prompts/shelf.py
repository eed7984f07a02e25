"""What one version may take from `prompts/_shared/`: texts to include, and JSON documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document
from evalgate.model.ports import Parser
from evalgate.model.reading import MOST_LISTED, suggestion
from evalgate.prompts.shared import FOLDER, NAMING, included, is_shared, normal

MOST_NESTED = 10
"""How deep an include may lie in others."""

_MOST_COMPARED = 1_000
"""Files among which the nearest name is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The shared files, and the names among them that count as a version's dependencies."""

    version: str
    files: Mapping[str, bytes]
    seen: tuple[str, ...]
    parser: Parser

    @property
    def folder(self) -> str:
        """The path of the shared files' folder."""
        return f"{self.version.rsplit('/', 2)[0]}/{FOLDER}"

    def path(self, name: str) -> str:
        """Return the path of a shared file."""
        return f"{self.folder}/{name}"

    def document(self, name: str) -> Document:
        """Read a JSON file, or raise ConfigurationError."""
        if name not in self.files:
            raise ConfigurationError([Problem(path=self.path(name), message=self.missing(name))])
        return self.parser.read_json(self.path(name), self.files[name])

    def missing(self, name: str) -> str:
        """Say what is wrong with a name that cannot be used, and what could be meant."""
        if not is_shared(name):
            said = f"`{name[:57]}…`" if len(name) > 60 else f"`{name}`"
            return f"expected the name of a file in {self.folder}/, {NAMING}; got {said}"
        if name in self.files:
            return f"write the name `{name}` plainly, without escapes: it counts as a dependency"
        near = suggestion(name, islice(self.files, _MOST_COMPARED)) if self.files else ""
        return f"there is no file `{name}` in {self.folder}/{near}"

    def includes(self, body: str, *, first_line: int) -> "Includes":
        """Return the texts that a body includes, and what is wrong with them."""
        walk = _Walk(shelf=self)
        found = walk.visit(body, self.version, first_line=first_line, chain=())
        problems = tuple(islice(found, MOST_LISTED))
        return Includes(texts=walk.texts, problems=problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Includes:
    """Texts by name, includes of includes counted; whole only when there are no problems."""

    texts: Mapping[str, str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    shelf: Shelf
    texts: dict[str, str] = field(default_factory=dict)

    def visit(
        self, text: str, path: str, *, first_line: int, chain: tuple[str, ...]
    ) -> Iterator[Problem]:
        """Yield the problems of what a text includes, and take up the texts."""
        for name, line in included(text):
            place = first_line + line - 1
            if name in chain:
                circle = " → ".join((*chain[chain.index(name) :], name))
                message = f"includes itself: {circle}"
                yield Problem(path=path, line=place, message=message)
            elif name not in self.shelf.files:
                yield Problem(path=path, line=place, message=self.shelf.missing(name))
            elif len(chain) >= MOST_NESTED:
                message = f"includes lie more than {MOST_NESTED} deep"
                yield Problem(path=path, line=place, message=message)
            elif name not in self.texts:
                yield from self._take(name, (*chain, name))

    def _take(self, name: str, chain: tuple[str, ...]) -> Iterator[Problem]:
        path = self.shelf.path(name)
        try:
            self.texts[name] = normal(self.shelf.files[name]).decode()
        except UnicodeDecodeError as error:
            yield Problem(path=path, message=f"not UTF-8 text: wrong byte at {error.start}")
            return
        yield from self.visit(self.texts[name], path, first_line=1, chain=chain)
