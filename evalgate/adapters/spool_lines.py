"""Writes a sampled call as one line of JSON."""

import json

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Opaque, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.sample import Sample

SCHEMA = "sample/1"

_COMPACT = (",", ":")


def line_of(sample: Sample) -> bytes:
    """Return the line of a sample, with its end."""
    data = _data(sample)
    try:
        return json.dumps(data, ensure_ascii=False, separators=_COMPACT).encode() + b"\n"
    except UnicodeEncodeError:
        # Half of a surrogate pair exists only as an escape.
        return json.dumps(data, separators=_COMPACT).encode() + b"\n"


def _data(sample: Sample) -> dict[str, Data]:
    return {
        "schema": SCHEMA,
        "ts": sample.ts,
        "request_id": sample.request_id,
        "prompt": sample.prompt,
        "version": sample.version,
        "prompt_hash": sample.prompt_hash,
        "arm": sample.arm,
        "feature": sample.feature,
        "route": sample.route,
        "provider": sample.provider,
        "model": sample.model,
        "probability": sample.sampled.probability,
        "stratum": sample.sampled.stratum,
        "marks": list(sample.sampled.marks),
        "smell": list(sample.smell),
        "request": _request(sample.request),
        "text": sample.text,
        "tool_calls": [_block(call) for call in sample.tool_calls],
        "stop_reason": sample.stop_reason,
    }


def _request(request: ChatRequest) -> dict[str, Data]:
    return {
        "model": request.model,
        "system": request.system,
        "turns": [_turn(turn) for turn in request.turns],
    }


def _turn(turn: Turn) -> dict[str, Data]:
    if isinstance(turn.content, str):
        return {"role": turn.role, "content": turn.content}
    blocks = [_block(block) for block in turn.content if not isinstance(block, Opaque)]
    return {"role": turn.role, "content": blocks}


def _block(block: Block) -> Data:
    """Return a block; of an attached file, only which one it was."""
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Attachment():
            return {"type": "attachment", "name": block.name, "sha256": block.sha256}
        case ToolCall():
            return {"type": "tool_use", "name": block.name, "input": dict(block.input)}
        case ToolResult():
            return {"type": "tool_result", "content": block.content, "failed": block.failed}
        case Opaque():
            return {"type": "opaque"}
