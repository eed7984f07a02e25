r"""Templates of a prompt version: `{{name}}` is a variable, `\\{{` stands for two braces."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.model.template import TemplateError, as_text

_MARK = re.compile(r"\\\{\{|\{\{(?P<inside>.*?)\}\}|\{\{", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]{0,99})\s*")


@dataclass(frozen=True, slots=True)
class Braces:
    """A template in which `{{name}}` is a variable and nothing else has a meaning."""

    source: str
    names: tuple[str, ...]

    @property
    def computed(self) -> tuple[str, ...]:
        """Nothing: braces only ever print."""
        return ()

    def fill(self, values: Mapping[str, Data]) -> str:
        """Return the text with every variable replaced once; values other than text as JSON."""
        missing = next((name for name in self.names if name not in values), None)
        if missing is not None:
            raise TemplateError(f"the variable `{missing}` has no value")
        return _MARK.sub(
            lambda mark: "{{" if mark[0] == r"\{{" else as_text(values[_name(mark)]), self.source
        )


def read_braces(source: str) -> Braces:
    """Return the template, or raise TemplateError when braces hold no name or are not closed."""
    marks = [mark for mark in _MARK.finditer(source) if mark[0] != r"\{{"]
    return Braces(source, tuple(dict.fromkeys(_name(mark) for mark in marks)))


def _name(mark: re.Match[str]) -> str:
    inside = mark["inside"]
    name = None if inside is None else _NAME.fullmatch(inside)
    if name is None:
        said = mark[0] if len(mark[0]) <= 40 else mark[0][:40] + "…"
        message = f"`{said}` is not a variable: write {{{{name}}}}, or \\{{{{ for braces"
        raise TemplateError(message, 1 + mark.string.count("\n", 0, mark.start()))
    return name[1]
