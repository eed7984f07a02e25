"""Reads the tools that a request offers, and checks that their calls and results go together."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from evalgate.model.content import Block, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.simulator.wire_content import TOOL_NAME


def tool_problems(tools: Data) -> Iterator[str]:
    """Yield what is wrong with the list of tools."""
    if not isinstance(tools, list | None):
        yield "tools: expected a list"
        return
    names: set[str] = set()
    for index, tool in enumerate(tools or []):
        fields = tool if isinstance(tool, dict) else {}
        yield from (f"tools.{index}{problem}" for problem in _tool_problems(fields))
        name = str(fields.get("name"))
        if name in names:
            yield f"tools.{index}.name: `{name[:60]}` is taken: tool names must be unique"
        names.add(name)


def read_tools(tools: Data) -> tuple[Tool, ...]:
    """Return tools that have no problems."""
    listed = tools if isinstance(tools, list) else []
    return tuple(_read_tool(tool) for tool in listed if isinstance(tool, dict))


def pairing_problems(turns: Sequence[Turn]) -> Iterator[str]:
    """Yield which tool calls lack their results, and which results answer no call.

    Turns of one role in a row count as one. The results of an assistant's turn stand at the start
    of the user's turn after it, one for each call.
    """
    messages = list(_messages(turns))
    before: tuple[Block, ...] = ()
    for index, blocks in messages:
        calls = [block.id for block in before if isinstance(block, ToolCall)]
        results = [block.call for block in blocks if isinstance(block, ToolResult)]
        yield from (f"messages.{index}: {each}" for each in _mismatches(calls, results))
        if any(_is_result(late) and not _is_result(early) for early, late in pairwise(blocks)):
            yield f"messages.{index}.content: `tool_result` blocks come first"
        before = blocks
    every = [block.id for _, blocks in messages for block in blocks if isinstance(block, ToolCall)]
    if len({*every}) < len(every):
        yield "messages: the ids of `tool_use` blocks must be unique"


def _tool_problems(tool: Mapping[str, Data]) -> Iterator[str]:
    if tool.get("type") not in {None, "custom"}:
        yield ".type: the simulator knows only tools of the client, of type `custom`"
    name = tool.get("name")
    if not isinstance(name, str) or not TOOL_NAME.fullmatch(name):
        yield f".name: expected a text like {TOOL_NAME.pattern}"
    if not isinstance(tool.get("description", ""), str):
        yield ".description: expected a text"
    schema = tool.get("input_schema")
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield ".input_schema.type: expected `object`"


def _read_tool(tool: Mapping[str, Data]) -> Tool:
    schema = tool["input_schema"]
    return Tool(
        name=str(tool["name"]),
        description=str(tool.get("description", "")),
        input_schema=schema if isinstance(schema, dict) else {},
    )


def _messages(turns: Sequence[Turn]) -> Iterator[tuple[int, tuple[Block, ...]]]:
    """Yield the blocks of each message, turns of one role taken together, and its first index."""
    index = 0
    for _, grouped in groupby(turns, key=lambda turn: turn.role):
        group = list(grouped)
        yield index, tuple(block for turn in group for block in turn.blocks)
        index += len(group)


def _mismatches(calls: Sequence[str], results: Sequence[str]) -> Iterator[str]:
    called, answered = {*calls}, {*results}
    missing = next((call for call in calls if call not in answered), None)
    foreign = next((result for result in results if result not in called), None)
    if missing is not None:
        yield f"no `tool_result` answers the `tool_use` before it with the id {missing}"
    if foreign is not None:
        yield f"no `tool_use` in the message before has the id {foreign}"
    if len(answered) < len(results):
        yield "a `tool_use` can have one `tool_result` only"


def _is_result(block: Block) -> bool:
    return isinstance(block, ToolResult)
