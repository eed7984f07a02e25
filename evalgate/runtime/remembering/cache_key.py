"""Names what is asked of a model: under an equal key a remembered answer stands for a new one."""

import hashlib
import json
from collections.abc import Mapping

from evalgate.adapters.kept_answers import SCHEMA
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data


def cache_key(request: ChatRequest, *, prompt_hash: str, tenant: str) -> str:
    """Return the key of the answer to a request, as 64 hexadecimal digits.

    It holds all that shapes an answer, and nothing of how or on whose behalf it is asked: an
    answer over any route stands for the same model. A schema counts in the order of its keys, since
    models answer in that order; the arguments of a tool call count in any.

    Args:
        request: what is asked, with every variable filled in.
        prompt_hash: the identity of the prompt's version, with all that it includes.
        tenant: on whose behalf answers are remembered; nobody finds those of another.
    """
    asked = (
        SCHEMA,
        tenant,
        prompt_hash,
        request.model,
        request.max_tokens,
        request.effort,
        request.system,
        [_turn(turn) for turn in request.turns],
        [_tool(tool) for tool in request.tools],
        _as_sent(request.output_schema),
    )
    return digest(json.dumps(asked))


def digest(text: str) -> str:
    """Return the SHA-256 of an ASCII text in hexadecimal digits."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def in_any_order(data: Mapping[str, Data]) -> str:
    """Return a mapping as JSON, the same whatever the order of its keys."""
    return json.dumps(dict(data), sort_keys=True)


def _turn(turn: Turn) -> tuple[object, ...]:
    content = turn.content
    if isinstance(content, str):
        return turn.role, content
    return turn.role, [_block(block) for block in content]


def _block(block: Block) -> tuple[object, ...]:
    match block:
        case Text():
            return "text", block.text
        case Attachment():
            return "attachment", block.name, block.media_type, block.sha256
        case ToolCall():
            return "call", block.id, block.name, in_any_order(block.input)
        case ToolResult():
            return "result", block.call, block.content, block.failed
        case Opaque():
            return "opaque", in_any_order(block.data)


def _tool(tool: Tool) -> tuple[object, ...]:
    return tool.name, tool.description, _as_sent(tool.input_schema)


def _as_sent(schema: Mapping[str, Data] | None) -> dict[str, Data] | None:
    return None if schema is None else dict(schema)
