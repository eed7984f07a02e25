"""Puts a case to a version: the request that asks it, or all reasons why it cannot be asked."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Role, Text, Turn
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.prompt import InputKind, PromptVersion
from evalgate.model.reading import suggestion
from evalgate.model.template import Template, TemplateError
from evalgate.prompts.conversation import UNANSWERED, attachment, read_conversation, unanswered
from evalgate.prompts.fault import CaseFault, UnfitCaseError
from evalgate.prompts.template import MOST_CHARACTERS

MOST_ATTACHMENTS = 100
"""Files that one part may attach."""


def render(version: PromptVersion, case: Case, *, route: str = "") -> ChatRequest:
    """Return the request that asks a version about a case, over a route.

    Raises:
        TemplateError: when the case cannot be put to the version; `faults` tells all reasons.
    """
    system = version.system
    turns = tuple(_merged(_turns(version, case)))
    fault = _misfit(version, turns)
    if fault:
        raise UnfitCaseError(fault)
    return ChatRequest(
        model=version.model,
        max_tokens=version.max_tokens,
        effort=version.effort,
        system="" if system is None else _fill(system, case.vars, role="system"),
        turns=turns,
        output_schema=version.output_schema,
        tools=version.tools,
        route=route,
    )


def faults(version: PromptVersion, case: Case) -> Iterator[CaseFault]:
    """Yield every reason why a case cannot be put to a version; none means that it can."""
    found = [fault for name in version.inputs for fault in _of_input(version, case, name)]
    yield from found
    if found:
        return
    try:
        render(version, case)
    except UnfitCaseError as error:
        yield error.fault


def _of_input(version: PromptVersion, case: Case, name: str) -> Iterator[CaseFault]:
    if name not in case.vars:
        near = suggestion(name, case.vars) if case.vars else ""
        yield CaseFault(key="vars", message=f"lacks `{name}`, which {version.path} needs{near}")
        return
    kind = version.kinds.get(name)
    try:
        if kind is InputKind.MESSAGES:
            _conversation(case, name)
        elif kind is not None:
            _file(version, case, name)
    except UnfitCaseError as error:
        yield error.fault


def _turns(version: PromptVersion, case: Case) -> Iterator[Turn]:
    characters = 0
    for part in version.parts:
        if part.conversation is not None:
            yield from _conversation(case, part.conversation)
        else:
            content = _content(version, case, part.template, role=part.role)
            turn = Turn(role=part.role, content=content)
            characters += sum(len(block.text) for block in turn.blocks if isinstance(block, Text))
            if characters > MOST_CHARACTERS:
                message = f"more than {MOST_CHARACTERS:,} characters in {version.path}, once filled"
                raise UnfitCaseError(CaseFault(key="vars", message=message))
            yield turn


def _conversation(case: Case, name: str) -> tuple[Turn, ...]:
    return read_conversation(case.vars.get(name), case.files, key=f"vars.{name}")


def _file(version: PromptVersion, case: Case, name: str) -> Attachment:
    is_image = version.kinds[name] is InputKind.IMAGE
    return attachment(case.vars.get(name), case.files, key=f"vars.{name}", is_image=is_image)


def _content(
    version: PromptVersion, case: Case, template: Template, *, role: Role
) -> str | tuple[Block, ...]:
    names = [name for name in template.names if name in version.kinds]
    if not names:
        return _fill(template, case.vars, role=role)
    files = [_file(version, case, name) for name in names]
    # No text can hold a hash of itself, so no value can pass for one of the marks.
    known = json.dumps([version.hash, template.source, case.vars], sort_keys=True)
    secret = sha256(known.encode()).hexdigest()
    marks = {name: f"<{secret}:{index}>" for index, name in enumerate(names)}
    pieces = re.split(f"<{secret}:([0-9]+)>", _fill(template, {**case.vars, **marks}, role=role))
    if len(pieces) > 2 * MOST_ATTACHMENTS + 1:
        message = f"more than {MOST_ATTACHMENTS} files would be attached to one message"
        raise UnfitCaseError(CaseFault(key="vars", message=message))
    return tuple(_blocks(pieces, files))


def _blocks(pieces: Sequence[str], files: Sequence[Attachment]) -> Iterator[Block]:
    """Yield a block for each piece: texts and numbers of files, in turn."""
    for place, piece in enumerate(pieces):
        if place % 2:
            yield files[int(piece)]
        elif piece.strip():
            yield Text(text=piece)


def _fill(template: Template, values: Mapping[str, Data], *, role: str) -> str:
    try:
        return template.fill(values)
    except TemplateError as error:
        line = "" if error.line is None else f", line {error.line}"
        place = f"{error.include}{line}" if error.include else f"the part `## {role}`{line}"
        fault = CaseFault(
            key="vars",
            message=f"cannot fill {place}: {error}",
            discreet=f"cannot fill {place}: a value in it is missing or does not fit",
        )
        raise UnfitCaseError(fault) from None


def _merged(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Yield the turns with neighbours of the same role made one, their blocks in order."""
    last: Turn | None = None
    for turn in turns:
        if last is not None and last.role == turn.role:
            last = Turn(role=turn.role, content=(*last.blocks, *turn.blocks))
            continue
        if last is not None:
            yield last
        last = turn
    if last is not None:
        yield last


def _misfit(version: PromptVersion, turns: Sequence[Turn]) -> CaseFault | None:
    """Say what is wrong with the messages as a whole, if anything."""
    conversation = next((part.conversation for part in version.parts if part.conversation), None)
    key, discreet = f"vars.{conversation}" if conversation else "vars", ""
    if turns and turns[0].role != "user":
        message = "the conversation begins with the assistant: the first message must be the user's"
    elif turns and turns[-1].role != "user":
        message = (
            "the conversation ends with the assistant: end it with the user, or add a part "
            f"`## user` after it in {version.path}"
        )
    elif not all(any(map(_says, turn.blocks)) for turn in turns):
        message = f"a message of {version.path} is empty with these variables"
    else:
        message, discreet = unanswered(turns) or "", UNANSWERED
    return CaseFault(key=key, message=message, discreet=discreet) if message else None


def _says(block: Block) -> bool:
    return not isinstance(block, Text) or bool(block.text.strip())
