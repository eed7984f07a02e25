"""Reads the body of POST /v1/messages, refusing what the API refuses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Role, Turn
from evalgate.model.document import Data
from evalgate.model.writable import is_writable
from evalgate.simulator.wire_content import content_problems, read_content
from evalgate.simulator.wire_tools import pairing_problems, read_tools, tool_problems

_ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """An error for a reply: status, the API's word for it, a sentence, and a code for the cause."""

    status: int
    kind: str
    message: str
    code: str = ""


def read_body(body: bytes) -> dict[str, Data] | Rejection:
    """Return the JSON object that a body holds, or why it is none that can be worked with."""
    try:
        data: Data = json.loads(body)
    except (ValueError, RecursionError):
        return invalid("the request body is not valid JSON")
    if not isinstance(data, dict):
        return invalid("expected a JSON object")
    if not is_writable(data):
        return invalid("the request body holds infinite numbers, or is nested too deeply")
    return data


def read_request(data: dict[str, Data], *, trial: str) -> ChatRequest | Rejection:
    """Return what a message's parameters ask, or their first problem.

    Args:
        data: the parameters as the Messages API takes them; `read_body` has read them.
        trial: the header `X-Evalgate-Trial`, empty when it is absent.
    """
    rejection = next(_rejections(data), None)
    if rejection is not None:
        return rejection
    request = _request(data, trial=trial)
    unpaired = next(pairing_problems(request.turns), None)
    return request if unpaired is None else invalid(unpaired)


def invalid(message: str) -> Rejection:
    """Return the rejection of a request that is wrong in itself."""
    return Rejection(status=400, kind="invalid_request_error", message=message)


def _rejections(data: dict[str, Data]) -> Iterator[Rejection]:
    for key in ("model", "max_tokens", "messages"):
        if data.get(key) is None:
            yield invalid(f"{key}: Field required")
    for key in ("temperature", "top_p", "top_k"):
        if key in data:
            yield invalid(f"{key}: this parameter is not supported")
    if not isinstance(data.get("stream"), bool | None):
        yield invalid("stream: expected true or false")
    most = data.get("max_tokens")
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        yield invalid("max_tokens: expected a whole number of at least 1")
    yield from map(invalid, _message_problems(data.get("messages")))
    yield from map(invalid, _system_problems(data.get("system")))
    yield from map(invalid, tool_problems(data.get("tools")))
    yield from map(invalid, _choice_problems(data))
    yield from map(invalid, _output_problems(data.get("output_config")))
    model = data.get("model")
    if not isinstance(model, str) or not model.startswith("claude-"):
        yield Rejection(status=404, kind="not_found_error", message=f"model: {model}")


def _message_problems(messages: Data) -> Iterator[str]:
    if not isinstance(messages, list) or not messages:
        yield "messages: expected at least one message"
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            yield f"messages.{index}.role: expected `user` or `assistant`"
        elif not message.get("content") or not _is_content(message["content"]):
            yield f"messages.{index}.content: expected a text or a list of blocks, not empty"
        else:
            problems = content_problems(message["content"], role=str(message["role"]))
            yield from (f"messages.{index}.content{problem}" for problem in problems)
    last = messages[-1]
    if isinstance(last, dict) and last.get("role") != "user":
        yield "messages: the conversation must end with a user message"


def _system_problems(system: Data) -> Iterator[str]:
    if not _is_content(system or ""):
        yield "system: expected a text or a list of blocks"
    elif any(block["type"] != "text" for block in _objects(system)):
        yield "system: expected blocks of text alone"


def _choice_problems(data: dict[str, Data]) -> Iterator[str]:
    choice = data.get("tool_choice")
    if choice is None:
        return
    if _object(choice).get("type") != "auto":
        yield "tool_choice.type: expected `auto`; a tool cannot be forced"
    elif not data.get("tools"):
        yield "tool_choice: expected `tools` beside it"


def _output_problems(config: Data) -> Iterator[str]:
    if config is not None and not isinstance(config, dict):
        yield "output_config: expected an object"
    form = _object(config).get("format")
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        yield "output_config.format.type: expected `json_schema`"
    elif not isinstance(form.get("schema"), dict):
        yield "output_config.format.schema: expected an object"


def _is_content(content: Data) -> bool:
    if isinstance(content, str):
        return True
    blocks = content if isinstance(content, list) else [None]
    return all(isinstance(block, dict) and "type" in block for block in blocks)


def _request(data: dict[str, Data], *, trial: str) -> ChatRequest:
    config = _object(data.get("output_config"))
    effort, form = config.get("effort"), _object(config.get("format"))
    return ChatRequest(
        model=str(data["model"]),
        max_tokens=int(str(data["max_tokens"])),
        system=_text(data.get("system")),
        turns=tuple(_turn(each) for each in _objects(data["messages"])),
        effort=effort if isinstance(effort, str) else None,
        output_schema=_object(form["schema"]) if form else None,
        tools=read_tools(data.get("tools")),
        trial=trial,
    )


def _turn(message: dict[str, Data]) -> Turn:
    role: Role = "assistant" if message["role"] == "assistant" else "user"
    return Turn(role=role, content=read_content(message["content"]))


def _text(content: Data) -> str:
    if isinstance(content, str):
        return content
    texts = (block.get("text") for block in _objects(content) if block["type"] == "text")
    return "\n".join(text for text in texts if isinstance(text, str))


def _objects(data: Data) -> list[dict[str, Data]]:
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def _object(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}
