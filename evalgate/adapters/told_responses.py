"""Reads answers from lines of JSON: sampled calls, trials, or plain lines of any origin."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from evalgate.errors import Problem, UsageError
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Role, ToolCall, Turn
from evalgate.model.document import Data
from evalgate.model.reading import describe
from evalgate.model.smell_baseline import ToldResponse

MOST_LINE_BYTES = 8_000_000
"""The longest line that is read."""

_TEXTS = ("text", "response")
_EXPECTED = "expected `text`, `response`, or the `completion` of a trial"


def read_responses(path: Path) -> Iterator[ToldResponse | Problem]:
    """Yield the answer of each line, or what is wrong with the line; empty lines are passed over.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in _lines(file):
                if line.strip():
                    yield _response(str(path), line, number)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"{path}: answers cannot be read here: {reason}") from error


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number; of one that is too long, the beginning."""
    number = 0
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        yield number, line
        while len(line) > MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MOST_LINE_BYTES + 1)


def _response(path: str, line: bytes, number: int) -> ToldResponse | Problem:
    if len(line) > MOST_LINE_BYTES:
        limit = f"the line is longer than the {MOST_LINE_BYTES:,} bytes that are read"
        return Problem(path=path, line=number, message=limit)
    try:
        data: Data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Problem(path=path, line=number, message="expected one JSON object, got no JSON")
    if not isinstance(data, dict):
        message = f"expected one JSON object, got {describe(data)}"
        return Problem(path=path, line=number, message=message)
    return _told(path, number, data)


def _told(path: str, number: int, data: dict[str, Data]) -> ToldResponse | Problem:
    answer, text = data, next((data[key] for key in _TEXTS if key in data), None)
    if "completion" in data:
        completion = data["completion"]
        answer = completion if isinstance(completion, dict) else {}
        text = answer.get("text")
    elif not any(key in data for key in _TEXTS):
        return Problem(path=path, line=number, message=_EXPECTED)
    if text is not None and not isinstance(text, str):
        message = f"expected the answer as text, got {describe(text)}"
        return Problem(path=path, line=number, message=message)
    stop_reason = _word(answer.get("stop_reason"))
    is_failed_call = data.get("schema") == "sample/1" and not text and not stop_reason
    return ToldResponse(
        path=path,
        line=number,
        text=None if is_failed_call else text,
        stop_reason=stop_reason,
        prompt=_word(data.get("prompt")),
        request=_request(data.get("request")),
        tool_calls=_calls(answer.get("tool_calls")),
    )


def _request(told: Data) -> ChatRequest | None:
    """Return the texts of a request, as a sampled call tells it."""
    if not isinstance(told, dict) or not isinstance(told.get("turns"), list):
        return None
    turns = told["turns"]
    return ChatRequest(
        model=_word(told.get("model")),
        max_tokens=1,
        system=_word(told.get("system")),
        turns=tuple(map(_turn, turns)) if isinstance(turns, list) else (),
    )


def _turn(told: Data) -> Turn:
    if not isinstance(told, dict):
        return Turn(role="user", content="")
    role: Role = "assistant" if told.get("role") == "assistant" else "user"
    content = told.get("content")
    blocks = content if isinstance(content, list) else [{"text": content}]
    words = [_word(block.get("text")) for block in blocks if isinstance(block, dict)]
    return Turn(role=role, content="\n".join(words))


def _calls(told: Data) -> tuple[ToolCall, ...]:
    """Return the calls of tools; what they ask for is of no matter to the smell test."""
    if not isinstance(told, list):
        return ()
    names = [_word(each.get("name")) for each in told if isinstance(each, dict)]
    return tuple(ToolCall(id="", name=name, input={}) for name in names)


def _word(value: Data) -> str:
    return value if isinstance(value, str) else ""
