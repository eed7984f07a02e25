"""Puts an application's variables to a version: the request that asks a model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.grading.beside import Beside
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Opaque, Turn
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.prompt import PromptVersion
from evalgate.model.reading import suggestion
from evalgate.prompts.fault import UnfitCaseError
from evalgate.prompts.render import faults, render

LONGEST_NAME = 32
"""Characters of a variable's name that an error repeats."""

_A_FILE = "a file"
_THOUGHTS = frozenset({"thinking", "redacted_thinking"})


def ask(  # noqa: PLR0913 - what a request is made of
    version: PromptVersion,
    variables: Mapping[str, Data],
    *,
    files: Mapping[str, bytes],
    model: str | None = None,
    route: str = "",
    further: Sequence[Turn] = (),
) -> ChatRequest:
    """Return the request that puts variables to a version.

    Args:
        version: which one.
        variables: a value for each of its inputs.
        files: the contents that variables and messages name as `{file: name}`.
        model: asked in place of the version's own.
        route: over which.
        further: the turns that have followed since.

    Raises:
        UsageError: when a variable is missing, unknown, or does not fit; it repeats no value.
    """
    unknown = next((name for name in variables if name not in version.inputs), None)
    if unknown is not None:
        known = suggestion(unknown, version.inputs) if version.inputs else ""
        raise UsageError(f"{version.path} has no variable {_named(unknown)}{known}")
    case = Case(
        id="call", vars=variables, expected=None, graders=(), hash="", files=_attached(files)
    )
    request = _rendered(version, case, route)
    if not (model or further):
        return request
    turns = (*request.turns, *further)
    return replace(request, model=model or request.model, turns=turns)


def without_thoughts(request: ChatRequest) -> ChatRequest:
    """Return the request without what a model has thought; another one may not be told it."""
    return replace(request, turns=tuple(map(said_aloud, request.turns)))


def said_aloud(turn: Turn) -> Turn:
    """Return a turn without what a model has thought in it."""
    if isinstance(turn.content, str):
        return turn
    kept = tuple(block for block in turn.content if not _is_thought(block))
    return turn if len(kept) == len(turn.content) else replace(turn, content=kept)


def _is_thought(block: object) -> bool:
    return isinstance(block, Opaque) and block.data.get("type") in _THOUGHTS


def _named(variable: str) -> str:
    """Return the name of a variable, unless it may be something that a user has typed."""
    is_name = variable.isascii() and variable.isidentifier() and len(variable) <= LONGEST_NAME
    return f"`{variable}`" if is_name else "of such a name"


def _rendered(version: PromptVersion, case: Case, route: str) -> ChatRequest:
    try:
        if all(name in case.vars for name in version.inputs):
            return render(version, case, route=route)
    except UnfitCaseError:
        pass
    except (TypeError, ValueError, RecursionError):
        # Whose words would repeat the value.
        raise UsageError(
            f"variables.{_unsendable(case.vars)}: expected text, a number, true or false, None, or "
            "lists and mappings of these"
        ) from None
    # An application has no case: what is wrong is wrong with its argument.
    told = [fault.told_discreetly() for fault in faults(version, case)]
    wrong = [f"variables{each[4:]}" if each.startswith("vars") else each for each in told]
    raise UsageError("; ".join(wrong)) from None


def _unsendable(variables: Mapping[str, Data]) -> str:
    """Return the name of the first variable that JSON cannot hold."""
    for name, value in variables.items():
        try:
            json.dumps(value)
        except (TypeError, ValueError, RecursionError):
            return name
    return ""


def _attached(files: Mapping[str, bytes]) -> dict[str, Attachment]:
    if not files:
        return {}
    read = {name: _read(files, name) for name in files}
    wrong = [name for name, told in read.items() if isinstance(told, str)]
    if wrong:
        # Whoever has uploaded a file may have chosen its name, which the reason would repeat.
        told = {str(_read({_A_FILE: files[name]}, _A_FILE)) for name in wrong}
        raise UsageError("; ".join(f"files: {each}" for each in sorted(told)))
    return {name: file for name, file in read.items() if isinstance(file, Attachment)}


def _read(files: Mapping[str, bytes], name: str) -> Attachment | str:
    return Beside(evalset="", tree=files, parser=FORMATS, problems=[]).attachment(name)
