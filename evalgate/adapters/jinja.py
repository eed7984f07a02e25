"""Jinja templates of untrusted authors: parsed by Jinja, and filled without running any code.

Only Jinja's parser is used. What it finds is turned into functions over plain data, node by node,
from a list of what is allowed; nothing is compiled, no object's attributes are reached, and every
step is counted. So a template cannot leave its values, and ends soon.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalgate.adapters.jinja_reader import Block, Reader, Write
from evalgate.adapters.jinja_run import Run
from evalgate.adapters.jinja_statements import body
from evalgate.model.document import Data
from evalgate.model.reading import suggestion
from evalgate.model.template import TemplateError

MAX_SOURCE = 200_000
"""Characters of a template and of all that it includes."""

MAX_INCLUDED = 10
"""How deep an include may lie in others."""

_PLAINLY = ": write its name plainly"


@dataclass(frozen=True, slots=True)
class JinjaTemplate:
    """A template in the part of Jinja that is allowed here."""

    source: str
    names: tuple[str, ...]
    computed: tuple[str, ...]
    write: Write

    def fill(self, values: Mapping[str, Data]) -> str:
        """Return the text, or raise TemplateError when it cannot be filled with the values."""
        missing = next((name for name in self.names if name not in values), None)
        if missing is not None:
            raise TemplateError(f"the variable `{missing}` has no value")
        run = Run({name: values[name] for name in self.names})
        try:
            self.write(run)
        except RecursionError:
            raise TemplateError("the values are nested too deeply to be filled in") from None
        return run.text


def read_template(source: str, includes: Mapping[str, str]) -> JinjaTemplate:
    """Read a template.

    Args:
        source: the text.
        includes: the texts that it may include, by file name.

    Raises:
        TemplateError: when it is no Jinja, or uses what is not allowed.
    """
    try:
        block = _Library(includes).read("", source, chain=())
    except RecursionError:
        raise TemplateError("the template is nested too deeply") from None
    return JinjaTemplate(source, block.names, block.computed, block.write)


class _Library:
    """The files of one template, each parsed once."""

    def __init__(self, includes: Mapping[str, str]) -> None:
        self._includes = includes
        self._read: dict[str, Block] = {}
        self._characters = 0

    def read(self, file: str, source: str, *, chain: tuple[str, ...]) -> Block:
        """Read a file; `chain` names those that include it, outermost first."""
        self._characters += len(source)
        if self._characters > MAX_SOURCE:
            message = f"more than {MAX_SOURCE:,} characters, includes counted"
            raise TemplateError(message, include=file)
        reader = Reader(file, lambda name, line: self._include(name, line, chain=chain, file=file))
        write = body(_parse(file, source).body, reader)
        return Block(write=write, names=reader.names, computed=reader.computed)

    def _include(self, name: str, line: int, *, chain: tuple[str, ...], file: str) -> Block:
        if name in chain:
            circle = " → ".join((*chain[chain.index(name) :], name))
            raise TemplateError(f"includes itself: {circle}", line, include=file)
        if len(chain) >= MAX_INCLUDED:
            raise TemplateError(f"includes lie more than {MAX_INCLUDED} deep", line, include=file)
        if name not in self._includes:
            near = suggestion(name[:60], self._includes) if self._includes else ""
            message = f"there is no shared file `{name[:60]}` to include{near or _PLAINLY}"
            raise TemplateError(message, line, include=file)
        if name not in self._read:
            source = self._includes[name].removesuffix("\n")
            self._read[name] = self.read(name, source, chain=(*chain, name))
        return self._read[name]


def _parse(file: str, source: str) -> nodes.Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True
    )
    try:
        return environment.parse(source)
    except TemplateSyntaxError as error:
        said = (error.message or "not a Jinja template").rstrip(".")
        raise TemplateError(said, error.lineno, include=file) from None
    except ValueError:
        raise TemplateError("a number has too many digits", include=file) from None
