"""A completion as one JSON object: on a line of `trials.jsonl`, and in the store of answers."""

import json

from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Block, Opaque, Text, ToolCall
from evalgate.model.document import Data
from evalgate.model.reading import Section, describe
from evalgate.model.writable import MOST_LEVELS, is_writable

MOST = 10**15
"""No count, latency, cost or weight of one trial is larger."""


def encode_completion(completion: Completion, *, with_blocks: bool) -> dict[str, Data]:
    """Return the object that `read_completion` reads back, but for the rate limits.

    Args:
        completion: the answer.
        with_blocks: keep the blocks too, which are there to go on with the conversation.
    """
    usage = completion.usage
    calls: list[Data] = [_tool_call(call) for call in completion.tool_calls]
    blocks: list[Data] = [_block(block) for block in completion.blocks] if with_blocks else []
    return {
        "text": completion.text,
        "model": completion.model,
        "stop_reason": completion.stop_reason,
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_write_5m_tokens": usage.cache_write_5m_tokens,
            "cache_write_1h_tokens": usage.cache_write_1h_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
        },
        "latency_ms": completion.latency_ms,
        "request_id": completion.request_id,
        "simulated": completion.simulated,
        **({"tool_calls": calls} if calls else {}),
        **({"blocks": blocks} if blocks else {}),
    }


def read_completion(section: Section, *, with_blocks: bool) -> Completion:
    """Return the completion of a section, and note there what is wrong with it."""
    usage = section.section("usage")
    blocks = section.sections("blocks") if with_blocks else ()
    return Completion(
        text=section.text("text"),
        model=section.text("model"),
        stop_reason=section.text("stop_reason"),
        usage=Usage(
            input_tokens=_count(usage, "input_tokens"),
            output_tokens=_count(usage, "output_tokens"),
            cache_write_5m_tokens=_count(usage, "cache_write_5m_tokens"),
            cache_write_1h_tokens=_count(usage, "cache_write_1h_tokens"),
            cache_read_tokens=_count(usage, "cache_read_tokens"),
        ),
        latency_ms=_count(section, "latency_ms"),
        request_id=section.optional_text("request_id"),
        simulated=section.flag("simulated", default=False),
        blocks=tuple(_read_block(each) for each in blocks),
        tool_calls=tuple(_read_tool_call(each) for each in section.sections("tool_calls")),
    )


def json_bytes(data: Data) -> bytes:
    """Return data as JSON in UTF-8.

    Raises:
        ValueError: a number is not finite.
    """
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair, which a model's JSON can contain, exists only as an escape.
        return json.dumps(data, allow_nan=False).encode()


def _block(block: Block) -> Data:
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case ToolCall():
            return {"type": "tool_call", **_tool_call(block)}
        case Opaque():
            return {"type": "opaque", "data": dict(block.data)}
        case _:
            raise ValueError(f"no answer holds a block like {type(block).__name__}")


def _read_block(section: Section) -> Block:
    match section.data.get("type"):
        case "text":
            return Text(text=section.text("text"))
        case "tool_call":
            return _read_tool_call(section)
        case "opaque":
            return Opaque(data=_writable(section, "data"))
        case kind:
            section.note("type", f"expected text, tool_call or opaque; got {describe(kind)}")
            return Text(text="")


def _tool_call(call: ToolCall) -> dict[str, Data]:
    return {"id": call.id, "name": call.name, "input": dict(call.input)}


def _read_tool_call(section: Section) -> ToolCall:
    given = _writable(section, "input")
    return ToolCall(id=section.text("id"), name=section.text("name"), input=given)


def _writable(section: Section, key: str) -> dict[str, Data]:
    given = section.mapping(key)
    if not is_writable(given):
        section.note(key, f"expected finite numbers and at most {MOST_LEVELS} levels")
    return given


def _count(section: Section, key: str) -> int:
    return section.integer(key, 0, least=0, most=MOST)
