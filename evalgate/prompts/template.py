r"""Templates of a prompt version: `{{name}}` is a variable, `\\{{` stands for two braces."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.model.template import TemplateError, as_text

_MARK = re.compile(r"\\\{\{|\{\{(?P<inside>.*?)\}\}|\{\{", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]{0,99})\s*")

MOST_CHARACTERS = 10_000_000
"""The longest text that is made of a template; no request may be as long."""


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
        texts = {name: as_text(values[name]) for name in self.names}
        if self._may_exceed(texts) and self._length(texts) > MOST_CHARACTERS:
            raise TemplateError(f"more than {MOST_CHARACTERS:,} characters once it is filled")
        return _MARK.sub(
            lambda mark: "{{" if mark[0] == r"\{{" else texts[_name(mark)], self.source
        )

    def _may_exceed(self, texts: Mapping[str, str]) -> bool:
        longest = max(map(len, texts.values()), default=0)
        return len(self.source) + self.source.count("{{") * longest > MOST_CHARACTERS

    def _length(self, texts: Mapping[str, str]) -> int:
        marks = (mark for mark in _MARK.finditer(self.source) if mark[0] != r"\{{")
        return len(self.source) + sum(len(texts[_name(mark)]) - len(mark[0]) for mark in marks)


def read_braces(source: str) -> Braces:
    """Return the template, or raise TemplateError when braces hold no name or are not closed."""
    # One by one: from braces that are never closed each search would go on to the end of the text.
    marks = (mark for mark in _MARK.finditer(source) if mark[0] != r"\{{")
    return Braces(source, tuple(dict.fromkeys(_name(mark) for mark in marks)))


def _name(mark: re.Match[str]) -> str:
    inside = mark["inside"]
    name = None if inside is None else _NAME.fullmatch(inside)
    if name is None:
        said = mark[0] if len(mark[0]) <= 40 else mark[0][:40] + "…"
        message = f"`{said}` is not a variable: write {{{{name}}}}, or \\{{{{ for braces"
        raise TemplateError(message, 1 + mark.string.count("\n", 0, mark.start()))
    return name[1]
