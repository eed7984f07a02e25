r"""Fills `{{name}}` in what graders ask for with the values of a case; `\{{` keeps two braces."""

import re
from collections.abc import Callable, Mapping

from evalgate.grading.json_text import as_text
from evalgate.model.document import Data

_PLACEHOLDER = re.compile(r"(?P<kept>\\)?\{\{\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


def names_in(argument: Data) -> frozenset[str]:
    """Return the names that the texts of an argument stand on, at any depth."""
    if isinstance(argument, str):
        marks = _PLACEHOLDER.finditer(argument)
        return frozenset(mark["name"] for mark in marks if not mark["kept"])
    children = argument.values() if isinstance(argument, dict) else argument
    if isinstance(children, str | int | float | None):
        return frozenset()
    return frozenset().union(*map(names_in, children))


def filled_length(argument: Data, lengths: Mapping[str, int]) -> int:
    """Return how many characters the texts of an argument have once filled, or a few more.

    Args:
        argument: with its placeholders.
        lengths: of each value as text, by name.
    """
    if isinstance(argument, str):
        marks = (mark for mark in _PLACEHOLDER.finditer(argument) if not mark["kept"])
        return len(argument) + sum(lengths[mark["name"]] for mark in marks)
    children = argument.values() if isinstance(argument, dict) else argument
    if isinstance(children, str | int | float | None):
        return 0
    return sum(filled_length(child, lengths) for child in children)


def fill(argument: Data, values: Mapping[str, Data]) -> Data:
    """Return an argument with its placeholders filled, at any depth.

    A text that is nothing but a placeholder becomes the value itself, with its type.

    Raises:
        KeyError: when a name has no value.
    """
    if isinstance(argument, str):
        return _fill_text(argument, values, literal=str)
    if isinstance(argument, list):
        return [fill(item, values) for item in argument]
    if isinstance(argument, dict):
        return {key: fill(item, values) for key, item in argument.items()}
    return argument


def fill_pattern(argument: Data, values: Mapping[str, Data]) -> Data:
    r"""Return a regular expression with its placeholders filled.

    A value is taken literally inside a pattern; alone, it is the pattern. `\{` already means a
    brace there, and stays as it is.

    Raises:
        KeyError: when a name has no value.
    """
    if not isinstance(argument, str):
        return argument
    return _fill_text(argument, values, literal=re.escape, keep_backslash=True)


def _fill_text(
    text: str,
    values: Mapping[str, Data],
    *,
    literal: Callable[[str], str],
    keep_backslash: bool = False,
) -> Data:
    alone = _PLACEHOLDER.fullmatch(text)
    if alone and not alone["kept"]:
        return values[alone["name"]]

    def replacement(mark: re.Match[str]) -> str:
        if mark["kept"]:
            return mark[0] if keep_backslash else mark[0][1:]
        value = values[mark["name"]]
        return "" if value is None else literal(as_text(value))

    return _PLACEHOLDER.sub(replacement, text)
