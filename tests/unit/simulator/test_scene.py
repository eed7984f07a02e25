import re

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Tool, Turn
from evalgate.simulator.rules import Behaviour, Rules, WantedCall
from evalgate.simulator.scene import fill, scene_of

SAYS = Behaviour(name="says", when=re.compile(r"(?P<own>b)|(?P<lost>z)"), says="x")
CALLS = Behaviour(name="calls", when=re.compile("c"), calls=WantedCall(tool="get"))
RULES = Rules(
    path="r",
    prompts=re.compile("support"),
    behaviours=(SAYS, CALLS),
    extract=(re.compile("(?P<own>a)"), re.compile("(?P<shared>a)")),
)


def request(question: str, *tools: str, system: str = "support") -> ChatRequest:
    return ChatRequest(
        model="m",
        max_tokens=1,
        system=system,
        turns=(Turn(role="user", content=question),),
        tools=tuple(Tool(name=name, description="", input_schema={}) for name in tools),
    )


def test_no_rules_that_speak_no_scene() -> None:
    assert scene_of([RULES], request("a", system="poems")) is None
    assert scene_of([], request("a")) is None


def test_only_behaviours_that_fit_the_question_play() -> None:
    scene = scene_of([RULES], request("ac"))
    assert scene is not None
    assert scene.behaviours() == [CALLS]


def test_a_behaviour_s_own_groups_win_and_lost_ones_are_left_out() -> None:
    scene = scene_of([RULES], request("ab"))
    assert scene is not None
    assert scene.values(SAYS) == {"own": "b", "shared": "a"}


def test_a_call_succeeds_only_where_its_tool_is_offered() -> None:
    offered = scene_of([RULES], request("c", "other", "get"))
    bare = scene_of([RULES], request("c", "other"))
    assert offered is not None
    assert bare is not None
    assert offered.succeeds(CALLS)
    assert not bare.succeeds(CALLS)
    assert bare.succeeds(SAYS)


def test_what_was_not_found_leaves_nothing_behind() -> None:
    assert fill("{a}-{b}-{ c}", {"a": "{b}"}) == "{b}--{ c}"
