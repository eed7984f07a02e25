r"""Templates of a prompt version: `{{name}}` is a variable, `\\{{` stands for two braces."""

import json
import re
from collections.abc import Iterator, Mapping

from evalgate.model.document import Data

_MARK = re.compile(r"\\\{\{|\{\{(?P<inside>.*?)\}\}|\{\{", re.DOTALL)
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*")


def variables(template: str) -> Iterator[str]:
    """Yield the variable names of a template in order, repeats included.

    Raises:
        ValueError: when braces hold something that is not a name, or are not closed.
    """
    for mark in _MARK.finditer(template):
        if mark[0] != r"\{{":
            yield _name(mark)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with every variable replaced once; values are never read as templates.

    Raises:
        KeyError: when a variable has no value.
    """
    return _MARK.sub(lambda mark: "{{" if mark[0] == r"\{{" else values[_name(mark)], template)


def as_text(value: Data) -> str:
    """Write a variable's value the way it stands in a prompt: text as it is, the rest as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _name(mark: re.Match[str]) -> str:
    inside = mark["inside"]
    name = None if inside is None else _NAME.fullmatch(inside)
    if name is None:
        said = mark[0] if len(mark[0]) <= 40 else mark[0][:40] + "…"
        raise ValueError(f"`{said}` is not a variable: write {{{{name}}}}, or \\{{{{ for braces")
    return name[1]
