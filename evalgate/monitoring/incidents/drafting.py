"""Drafts a golden case from a sampled call: what was asked, and what shall be found in an answer.

The variables are read off the request, by the template that made it. What cannot be read is said
and never guessed: two readings make the same request, and another version tells them apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Role, Text, ToolCall, ToolResult
from evalgate.model.document import Data
from evalgate.model.prompt import Part, PromptVersion
from evalgate.model.sample import Sample
from evalgate.prompts.unfilling import Unfilled, unfilled
from evalgate.runtime.logbook.words import REDACTED, short_text

UNKNOWN = "FILL IN: this cannot be read off the request"
"""The value of a variable that nobody knows; a case with it is not finished."""

_Said = tuple[Role, Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedCase:
    """A case as an eval set writes it.

    `missing` names the variables whose value is not known; they hold `UNKNOWN`. `remarks` are
    sentences about what a person should look at before the case is committed.
    """

    case: Mapping[str, Data]
    missing: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def drafted_case(
    sample: Sample,
    version: PromptVersion,
    *,
    name: str,
    graders: Sequence[Data] = (),
    tags: Sequence[str] = (),
) -> DraftedCase:
    """Return a case that puts to any version what a sampled call put to this one.

    Args:
        sample: of the call.
        version: that the sample's prompt was made of.
        name: the id of the case.
        graders: what the case is graded by besides the graders of its set, as eval sets have it.
        tags: of the case.
    """
    known = dict(_variables(version, sample.request))
    missing = tuple(each for each in version.inputs if each not in known)
    values = {each: known.get(each, UNKNOWN) for each in version.inputs}
    case: dict[str, Data] = {"id": name, "vars": values}
    if tags:
        case["tags"] = list(tags)
    if graders:
        case["graders"] = list(graders)
    return DraftedCase(
        case=case, missing=missing, remarks=tuple(_remarks(sample, version, values=values))
    )


def is_finished(case: Mapping[str, Data]) -> bool:
    """Return whether every variable of a case has a value, as far as drafting is concerned."""
    values = case.get("vars")
    return not isinstance(values, dict) or UNKNOWN not in values.values()


def _variables(version: PromptVersion, request: ChatRequest) -> Iterator[tuple[str, Data]]:
    """Yield the variables that the request tells, each with its value."""
    found: dict[str, Data] = {}
    clashing: set[str] = set()
    said = [
        (turn.role, block)
        for turn in request.turns
        for block in turn.blocks
        if not isinstance(block, Opaque)
    ]
    for name, value in _read(version, request.system, said=said):
        if found.setdefault(name, value) != value:
            clashing.add(name)
    yield from ((name, found[name]) for name in version.inputs if name in found.keys() - clashing)


def _read(
    version: PromptVersion, system: str, *, said: Sequence[_Said]
) -> Iterator[tuple[str, Data]]:
    if version.system is not None:
        yield from _values(unfilled(version.system, system))
    talks = [at for at, part in enumerate(version.parts) if part.conversation]
    if len(talks) > 1 or any(_attaches(version, part) for part in version.parts):
        return
    if not talks:
        yield from _of_parts(version.parts, said)
        return
    before, after = version.parts[: talks[0]], version.parts[talks[0] + 1 :]
    end = len(said) - len(after)
    if end <= len(before):
        return
    yield from _of_parts(before, said[: len(before)])
    yield from _of_parts(after, said[end:])
    messages = _messages(said[len(before) : end])
    name = version.parts[talks[0]].conversation
    if messages is not None and name is not None:
        yield name, messages


def _of_parts(parts: Sequence[Part], said: Sequence[_Said]) -> Iterator[tuple[str, Data]]:
    if len(parts) != len(said):
        return
    for part, (role, block) in zip(parts, said, strict=True):
        if role == part.role and isinstance(block, Text):
            yield from _values(unfilled(part.template, block.text))


def _values(read: Unfilled | None) -> Iterator[tuple[str, Data]]:
    if read is not None:
        yield from read.values.items()


def _attaches(version: PromptVersion, part: Part) -> bool:
    """Return whether a part attaches files, which a sample does not keep."""
    return not part.conversation and any(name in version.kinds for name in part.template.names)


def _messages(said: Iterable[_Said]) -> list[Data] | None:
    """Return a conversation as an eval set has it; None when a file of it is not kept."""
    turns: list[tuple[Role, list[Data]]] = []
    asked, answered = count(1), count(1)
    for role, block in said:
        written = _block(block, asked, answered)
        if written is None:
            return None
        if not turns or turns[-1][0] != role:
            turns.append((role, []))
        turns[-1][1].append(written)
    return [{"role": role, "content": _content(blocks)} for role, blocks in turns]


def _content(blocks: list[Data]) -> Data:
    match blocks:
        case [{"type": "text", "text": str(text)}]:
            return text
        case _:
            return blocks


def _block(block: Block, asked: Iterator[int], answered: Iterator[int]) -> Data:
    """Return a block; a sample keeps no ids, so that wishes and results are numbered in order."""
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case ToolCall():
            name = block.id or f"call-{next(asked)}"
            return {"type": "tool_use", "id": name, "name": block.name, "input": dict(block.input)}
        case ToolResult():
            call = block.call or f"call-{next(answered)}"
            told: dict[str, Data] = {"type": "tool_result", "tool_use_id": call}
            told["content"] = block.content
            return {**told, "is_error": True} if block.failed else told
        case Attachment() | Opaque():
            return None


def _remarks(
    sample: Sample, version: PromptVersion, *, values: Mapping[str, Data]
) -> Iterator[str]:
    if sample.prompt_hash and sample.prompt_hash != version.hash:
        yield (
            f"{version.path} is not what {sample.version} was when it answered: look whether the "
            "variables are right."
        )
    for name, value in values.items():
        if value == UNKNOWN:
            yield f"`{name}` cannot be read off the request without doubt: fill it in."
        elif any(map(_is_personal, _texts(value))):
            yield (
                f"`{name}` holds what looks like somebody's address, number or key: make it up "
                "anew before the case is committed."
            )
    yield "What users wrote may name them: read the case before it is committed."


def _texts(value: Data) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)


def _is_personal(text: str) -> bool:
    told = short_text(text, most=len(text) * len(REDACTED) + 1)
    return told.count(REDACTED) > text.count(REDACTED)
