"""Reads files of foreign formats, each by its name, into adoptions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from evalgate.adopting.adoption import Adoption, slug
from evalgate.adopting.dotprompt import adopt_dotprompt
from evalgate.adopting.github_models import adopt_prompt_yml
from evalgate.adopting.plain_text import Placeholders, adopt_text
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Tree
from evalgate.model.ports import Parser

MOST_BYTES = 1_000_000
"""The largest prompt file that is adopted."""

_NO_PROMPTS = frozenset({"readme", "license", "changelog", "contributing", "requirements"})


class Format(StrEnum):
    """A format that can be adopted."""

    DOTPROMPT = "dotprompt"
    PROMPT_YML = ".prompt.yml"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user says about the files: a name for the prompt, and the style of placeholders."""

    name: str | None = None
    placeholders: Placeholders = Placeholders.AUTO


def format_of(path: str) -> Format | None:
    """Return the format of a file by its name, or None when it is no prompt file."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(".prompt"):
        return Format.DOTPROMPT
    if name.endswith((".prompt.yml", ".prompt.yaml")):
        return Format.PROMPT_YML
    stem, _, ending = name.rpartition(".")
    is_text = ending in ("txt", "md") and stem not in _NO_PROMPTS
    return Format.TEXT if is_text else None


def adopt_files(files: Tree, *, parser: Parser, wish: Wish) -> list[Adoption]:
    """Return the adoptions of all files, in the order of their paths.

    Args:
        files: path → content; partials of dotprompt (`_name.prompt`) are no prompts of their own.
        parser: reads YAML.
        wish: what the user says.

    Raises:
        ConfigurationError: with the problems of all files that cannot be adopted.
    """
    adoptions: list[Adoption] = []
    problems: list[Problem] = []
    for path in sorted(files):
        if path.rpartition("/")[2].startswith("_"):
            continue
        try:
            adoptions.append(_adopt(path, files, parser=parser, wish=wish))
        except ConfigurationError as error:
            problems += error.problems
    problems += _clashes(adoptions)
    if problems:
        raise ConfigurationError(problems)
    return adoptions


def _adopt(path: str, files: Tree, *, parser: Parser, wish: Wish) -> Adoption:
    match format_of(path):
        case Format.DOTPROMPT:
            partials = _partials(path, files)
            adoption = adopt_dotprompt(
                path, _text(path, files[path]), parser=parser, partials=partials
            )
        case Format.PROMPT_YML:
            adoption = adopt_prompt_yml(parser.read_yaml(path, files[path]))
        case _:
            adoption = adopt_text(
                slug(path.rpartition("/")[2].rpartition(".")[0]),
                path,
                _text(path, files[path]),
                placeholders=wish.placeholders,
            )
    return replace(adoption, name=slug(wish.name)) if wish.name else adoption


def _text(path: str, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        message = f"has {len(content) / 1e6:.1f} MB; a prompt file has at most 1 MB"
        raise ConfigurationError([Problem(path=path, message=message)])
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text: wrong byte at {error.start}"
        raise ConfigurationError([Problem(path=path, message=message)]) from None
    if not text.strip():
        raise ConfigurationError([Problem(path=path, message="the file is empty")])
    return text


def _partials(path: str, files: Tree) -> Mapping[str, str]:
    folder = path.rpartition("/")[0]
    return {
        each.rpartition("/")[2].removeprefix("_").removesuffix(".prompt"): _text(each, files[each])
        for each in files
        if each.rpartition("/")[0] == folder
        and each.rpartition("/")[2].startswith("_")
        and each.endswith(".prompt")
    }


def _clashes(adoptions: Iterable[Adoption]) -> Iterable[Problem]:
    taken: dict[str, str] = {}
    for adoption in adoptions:
        if adoption.name in taken:
            first = taken[adoption.name]
            message = (
                f"would be named `{adoption.name}`, like {first}: adopt them one by one with --name"
            )
            yield Problem(path=adoption.source, message=message)
        taken.setdefault(adoption.name, adoption.source)
