"""The variables of a version: their kinds, and whether its parts use them as their kinds allow."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.prompt import InputKind
from evalgate.model.reading import MOST_LISTED, Section, describe, suggestion
from evalgate.model.template import Template
from evalgate.prompts.parts import Written

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_MOST_COMPARED = 1_000
"""Inputs among which the nearest name is looked for."""

_ARTICLES: Mapping[InputKind, str] = {
    InputKind.MESSAGES: "a conversation",
    InputKind.IMAGE: "an image",
    InputKind.DOCUMENT: "a document",
}

Parts = Sequence[tuple[Written, Template]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The variables that the front matter declares; `names` is None when it declares none."""

    names: tuple[str, ...] | None
    kinds: Mapping[str, InputKind]


def read_inputs(header: Section) -> Inputs:
    """Read the key `inputs`: a list of names, or a mapping of names to kinds."""
    written = header.data.get("inputs")
    if written is None:
        return Inputs(names=None, kinds={})
    if isinstance(written, dict):
        section = header.section("inputs")
        kinds = {name: section.choice(name, InputKind.TEXT) for name in written}
        _check_names(section, tuple(written))
    else:
        names = header.texts("inputs")
        kinds = dict.fromkeys(names, InputKind.TEXT)
        _check_names(header, names, key="inputs")
    special = {name: kind for name, kind in kinds.items() if kind is not InputKind.TEXT}
    return Inputs(names=tuple(kinds), kinds=special)


def used_inputs(header: Section, parts: Parts, inputs: Inputs) -> tuple[str, ...]:
    """Return the version's variables; note those that are unknown or used against their kind."""
    used: dict[str, int] = {}
    for written, template in parts:
        used |= {name: written.line for name in template.names if name not in used}
        for message in _misuses(written, template, inputs.kinds):
            header.note_line(written.line, message)
    if inputs.names is None:
        return tuple(used)
    known = frozenset(inputs.names)
    unknown = [name for name in used if name not in known]
    for name in unknown[:MOST_LISTED]:
        near = suggestion(name, inputs.names[:_MOST_COMPARED])
        header.note_line(used[name], f"the variable `{name}` is not among the inputs{near}")
    if len(unknown) > MOST_LISTED:
        header.note(None, f"{len(unknown) - MOST_LISTED:,} more variables are not among the inputs")
    return inputs.names


def _misuses(written: Written, template: Template, kinds: Mapping[str, InputKind]) -> Iterator[str]:
    for name in template.names:
        kind = kinds.get(name)
        if kind is None:
            continue
        what = f"the input `{name}` is {_ARTICLES[kind]}"
        if kind is InputKind.MESSAGES:
            if written.conversation is None or written.role != "user":
                yield f"{what}: it must be all that stands in a part `## user`"
        elif written.role != "user":
            yield f"{what}: it can only stand in a part `## user`"
        elif name in template.computed:
            yield f"{what}: it can only be printed, as `{{{{ {name} }}}}`, and not be worked with"


def _check_names(section: Section, names: tuple[str, ...], *, key: str | None = None) -> None:
    seen: set[str] = set()
    for name in names:
        if not _NAME.fullmatch(name):
            message = "expected a name of at most 100 letters a to z, digits and `_`"
            section.note(key or name, f"{message}, got {describe(name)}")
        elif name in seen:
            section.note(key or name, f"the input `{name}` is given twice")
        seen.add(name)
