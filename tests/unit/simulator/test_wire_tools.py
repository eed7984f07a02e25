import pytest

from evalgate.model.content import Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.simulator.wire_tools import pairing_problems, read_tools, tool_problems

GET: dict[str, Data] = {"name": "get", "input_schema": {"type": "object"}}
ASKED = Turn(role="user", content="Where is it?")


def calls(*identities: str) -> Turn:
    blocks = tuple(ToolCall(id=identity, name="get", input={}) for identity in identities)
    return Turn(role="assistant", content=(Text(text="Wait."), *blocks))


def results(*identities: str, words: str = "") -> Turn:
    given = tuple(ToolResult(call=identity, content="x") for identity in identities)
    return Turn(role="user", content=(*given, Text(text=words)) if words else given)


def paired(*turns: Turn) -> list[str]:
    return list(pairing_problems([ASKED, *turns]))


def test_tools_of_the_client_are_read() -> None:
    tools: list[Data] = [{**GET, "description": "d", "type": "custom"}, {**GET, "name": "b-2_C"}]
    assert list(tool_problems(tools)) == []
    assert read_tools(tools) == (
        Tool(name="get", description="d", input_schema={"type": "object"}),
        Tool(name="b-2_C", description="", input_schema={"type": "object"}),
    )


def test_no_tools_are_no_problem() -> None:
    assert list(tool_problems(None)) == list(tool_problems([])) == []
    assert read_tools(None) == ()


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"name": "get order"}, "tools.1.name: expected a text like"),
        ({"name": "x" * 65}, "tools.1.name: expected a text like"),
        ({"name": ""}, "tools.1.name: expected a text like"),
        ({"name": "get"}, "tools.1.name: `get` is taken"),
        ({"description": 7}, "tools.1.description: expected a text"),
        ({"input_schema": None}, "tools.1.input_schema.type: expected `object`"),
        ({"input_schema": {"type": "array"}}, "tools.1.input_schema.type: expected `object`"),
        ({"type": "web_search_20260209"}, "tools.1.type: the simulator knows only"),
    ],
)
def test_tools_that_the_api_refuses_are_refused(changes: dict[str, Data], start: str) -> None:
    (problem,) = tool_problems([GET, {**GET, "name": "other", **changes}])
    assert problem.startswith(start)


def test_tools_that_are_no_list_or_no_objects_are_refused() -> None:
    assert list(tool_problems("get")) == ["tools: expected a list"]
    assert next(iter(tool_problems(["get"]))).startswith("tools.0.name:")


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (calls("a"), results("a")),
        (calls("a", "b"), results("b", "a")),
        (calls("a"), results("a", words="And?")),
        (calls("a"), results("a"), calls("b"), results("b")),
        (calls("a", "b"), results("a"), results("b"), ASKED),
        (calls("a"), Turn(role="assistant", content="Wait."), results("a")),
    ],
)
def test_every_call_with_its_result_is_in_order(turns: tuple[Turn, ...]) -> None:
    assert paired(*turns) == []


@pytest.mark.parametrize(
    ("turns", "start"),
    [
        ((calls("a"), ASKED), "messages.2: no `tool_result` answers"),
        ((calls("a", "b"), results("a")), "messages.2: no `tool_result` answers"),
        ((results("a"),), "messages.0: no `tool_use` in the message before has the id a"),
        ((calls("a"), results("a", "z")), "messages.2: no `tool_use` in the message before"),
        (
            (calls("a"), results("a"), calls("b"), results("b", "a")),
            "messages.4: no `tool_use` in the message before has the id a",
        ),
        ((ASKED, calls("a"), ASKED), "messages.3: no `tool_result` answers"),
        ((calls("a"), results("a", "a")), "messages.2: a `tool_use` can have one"),
        ((calls("a"), ASKED, results("a")), "messages.2.content: `tool_result` blocks come first"),
        ((calls("a"), results("a"), calls("a"), results("a")), "messages: the ids of `tool_use`"),
    ],
)
def test_calls_and_results_that_do_not_match_are_refused(
    turns: tuple[Turn, ...], start: str
) -> None:
    assert paired(*turns)[0].startswith(start)


def test_a_hundred_thousand_results_are_checked_at_once() -> None:
    identities = [f"t{number}" for number in range(100_000)]
    assert paired(calls(*identities), results(*identities)) == []
