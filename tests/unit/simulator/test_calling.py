import math
import re
from dataclasses import replace

import pytest

from evalgate.model.chat import ChatRequest
from evalgate.model.content import Tool, ToolCall, ToolResult, Turn
from evalgate.simulator.answer import NO_BEHAVIOUR, answer_text
from evalgate.simulator.calling import due_calls
from evalgate.simulator.rules import Behaviour, Rules, WantedCall

LOOK_UP = Behaviour(
    name="look up",
    when=re.compile(r"[A-Z]{2}-\d+"),
    needs=re.compile("look orders up"),
    chance_with=0.9,
    chance_without=0.25,
    calls=WantedCall(tool="get_order", input={"order": "{order}"}),
    otherwise="I cannot look that up.",
)
ALWAYS = replace(LOOK_UP, chance_with=1.0)
TELL = Behaviour(
    name="tell", when=re.compile(r"status: (?P<status>\w+)"), says="{order} is {status}."
)
RULES = Rules(
    path="rules.yaml",
    seed="s",
    behaviours=(ALWAYS, TELL),
    extract=(re.compile(r"(?P<order>[A-Z]{2}-\d+)"),),
)
SYSTEM = "Always look orders up."
ORDERS = Tool(name="get_order", description="", input_schema={"type": "object"})
ASKED = Turn(role="user", content="Where is AB-1?")


def request(trial: str = "c/0", *turns: Turn, system: str = SYSTEM) -> ChatRequest:
    return ChatRequest(
        model="claude-haiku-5-5",
        max_tokens=100,
        system=system,
        turns=turns or (ASKED,),
        tools=(ORDERS,),
        trial=trial,
    )


def answered(call: ToolCall, content: str) -> tuple[Turn, Turn, Turn]:
    given = ToolResult(call=call.id, content=content)
    return (
        ASKED,
        Turn(role="assistant", content=(call,)),
        Turn(role="user", content=(given,)),
    )


def with_behaviours(*behaviours: Behaviour) -> list[Rules]:
    return [replace(RULES, behaviours=behaviours)]


def test_a_tool_is_called_with_what_the_question_says() -> None:
    (call,) = due_calls([RULES], request())
    assert (call.name, call.input) == ("get_order", {"order": "AB-1"})


def test_a_call_s_id_depends_on_the_trial_and_the_behaviour_alone() -> None:
    (call,) = due_calls([RULES], request())
    assert re.fullmatch("toolu_[0-9a-f]{24}", call.id)
    assert due_calls([RULES], request(system=f"{SYSTEM}!")) == (call,)
    (other,) = due_calls([RULES], request("c/1"))
    assert other.id != call.id
    twins = with_behaviours(ALWAYS, replace(ALWAYS, name="again"))
    first, second = due_calls(twins, request())
    assert first.id != second.id


@pytest.mark.parametrize(("system", "chance"), [(SYSTEM, 0.9), ("Be kind.", 0.25)])
def test_the_share_of_calls_is_the_probability_of_the_rule(system: str, chance: float) -> None:
    trials = 2_000
    rules = with_behaviours(LOOK_UP)
    made = sum(bool(due_calls(rules, request(f"{i}/0", system=system))) for i in range(trials))
    assert abs(made / trials - chance) < 3 * math.sqrt(chance * (1 - chance) / trials)


def test_a_missed_call_is_answered_with_what_the_rule_says_instead() -> None:
    rules = with_behaviours(replace(LOOK_UP, chance_with=0.0))
    assert due_calls(rules, request()) == ()
    assert answer_text(rules, request()) == "I cannot look that up."


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    bare = replace(request(), tools=(replace(ORDERS, name="other"),))
    assert due_calls([RULES], bare) == ()
    assert answer_text([RULES], bare) == "I cannot look that up."


def test_a_call_is_not_due_where_its_behaviour_does_not_apply() -> None:
    assert due_calls([RULES], request("c/0", Turn(role="user", content="Hello"))) == ()
    assert due_calls([], request()) == ()


def test_once_the_result_is_there_it_is_used_and_the_call_not_repeated() -> None:
    (call,) = due_calls([RULES], request())
    then = request("c/0", *answered(call, "status: shipped"))
    assert due_calls([RULES], then) == ()
    assert answer_text([RULES], then) == "AB-1 is shipped."


def test_a_call_whose_result_says_nothing_adds_nothing() -> None:
    (call,) = due_calls([RULES], request())
    assert answer_text([RULES], request("c/0", *answered(call, ""))) == ""
    assert answer_text(with_behaviours(TELL), request()) == NO_BEHAVIOUR


def test_a_result_can_lead_to_a_second_call() -> None:
    refund = Behaviour(
        name="refund",
        when=re.compile(r"status: lost, price (?P<price>\d+)"),
        calls=WantedCall(tool="get_order", input={"order": "{order}", "price": ["{price}", 1]}),
    )
    rules = with_behaviours(ALWAYS, refund)
    (first,) = due_calls(rules, request())
    (second,) = due_calls(rules, request("c/0", *answered(first, "status: lost, price 30")))
    assert second.input == {"order": "AB-1", "price": ["30", 1]}


def test_several_calls_are_made_at_once_in_the_order_of_the_rules() -> None:
    more = Behaviour(name="more", calls=WantedCall(tool="get_order", input={"all": True}))
    calls = due_calls(with_behaviours(more, ALWAYS), request())
    assert [call.input for call in calls] == [{"all": True}, {"order": "AB-1"}]


def test_a_call_that_never_got_its_result_is_still_due() -> None:
    (call,) = due_calls([RULES], request())
    asked, called, _ = answered(call, "x")
    assert due_calls([RULES], request("c/0", asked, called, asked)) == (call,)


def test_an_equal_call_of_another_input_is_still_due() -> None:
    earlier = ToolCall(id="t1", name="get_order", input={"order": "ZZ-9"})
    turns = (*answered(earlier, "x"), Turn(role="assistant", content="Done."), ASKED)
    (call,) = due_calls([RULES], request("c/0", *turns))
    assert call.input == {"order": "AB-1"}
