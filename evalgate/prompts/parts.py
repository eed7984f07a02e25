"""Splits the body of a version into its parts, one for each message, before anything is filled."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalgate.model.prompt import InputKind
from evalgate.model.reading import Section

MOST_PARTS = 1000

_HEADING = re.compile(r"^## (system|user|assistant)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_ESCAPED = re.compile(r"^\\## ", re.MULTILINE)
_ALONE = re.compile(r"\{\{-?\s*([A-Za-z_][A-Za-z0-9_]{0,99})\s*-?\}\}")
_ROLES: Mapping[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A part as written: `line` is the file's line on which its heading stands, `start` its text.

    `conversation` names the input of kind `messages` that stands in place of it.
    """

    role: Literal["system", "user", "assistant"]
    text: str
    line: int
    start: int
    conversation: str | None = None


def split_body(
    header: Section, body: str, *, first_line: int, kinds: Mapping[str, InputKind]
) -> list[Written]:
    """Return the parts of a body; what is wrong with their number or order is noted."""
    marks = list(itertools.islice(_HEADING.finditer(body), MOST_PARTS + 1))
    if len(marks) > MOST_PARTS:
        header.note_line(first_line, f"more than {MOST_PARTS:,} parts")
        return []
    outside = body[: marks[0].start()] if marks else body
    if outside.strip():
        message = "text outside of any part: start with `## system` or `## user`"
        header.note_line(first_line, message)
    parts = list(_parts(body, marks, first_line=first_line, kinds=kinds))
    if not any(part.role == "user" for part in parts):
        header.note_line(first_line, "the part `## user` is missing")
    _check_order(header, parts, first_line)
    return parts


def _parts(
    body: str, marks: Sequence[re.Match[str]], *, first_line: int, kinds: Mapping[str, InputKind]
) -> Iterator[Written]:
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    line, counted = first_line, 0
    for mark, end in zip(marks, ends, strict=False):
        line, counted = line + body.count("\n", counted, mark.start()), mark.start()
        raw = body[mark.end() : end]
        blank = raw[: len(raw) - len(raw.lstrip())]
        text = _ESCAPED.sub("## ", raw.strip())
        alone = _ALONE.fullmatch(text)
        is_conversation = alone and kinds.get(alone[1]) is InputKind.MESSAGES
        yield Written(
            role=_ROLES[mark[1].lower()],
            text=text,
            line=line,
            start=line + blank.count("\n"),
            conversation=alone[1] if alone and is_conversation else None,
        )


def _check_order(header: Section, parts: Sequence[Written], line: int) -> None:
    roles = [part.role for part in parts]
    if roles.count("system") > 1 or ("system" in roles and roles[0] != "system"):
        header.note_line(line, "expected at most one part `## system`, and that first")
    turns = [part for part in parts if part.role != "system"]
    if not turns:
        return
    # What a conversation begins and ends with is known only with a case.
    alternating = all(
        first.role != second.role or first.conversation or second.conversation
        for first, second in itertools.pairwise(turns)
    )
    ends = all(part.role == "user" or part.conversation for part in (turns[0], turns[-1]))
    if not alternating or not ends:
        header.note_line(line, "expected `## user` and `## assistant` in turn, from user to user")
