"""A golden case asks what the sampled call asked, and says what nobody can know."""

from dataclasses import replace

import pytest

from evalgate.adapters.files import read_yaml, write_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.grading.evalset import read_evalset
from evalgate.model.call import Arm
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.prompt import PromptVersion
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.monitoring.incidents.drafting import UNKNOWN, DraftedCase, drafted_case, is_finished
from evalgate.prompts.render import render
from evalgate.prompts.version import read_version

PLAIN = """---
model: claude-haiku-5-5
max_tokens: 100
---
## system

You help customers of {{shop}}.

## user

Question: {{question}}
Order: {{order}}
"""
TALK = """---
model: claude-haiku-5-5
max_tokens: 100
inputs:
  shop: text
  talk: messages
---
## system

You help customers of {{shop}}.

## user

{{talk}}
"""


def version(text: str) -> PromptVersion:
    return read_version("p", "prompts/p/v1.md", content=text.encode(), parser=FORMATS, shared={})


def sample(request: ChatRequest, **changes: object) -> Sample:
    made = Sample(
        ts=1.0,
        request_id="01a2007d-5837-7d3a-9491-c94f491fa4b8",
        prompt="p",
        version="v1",
        prompt_hash="",
        arm=Arm.STABLE,
        feature="chat",
        route="direct",
        sampled=Sampled(probability=0.1, stratum=Stratum.UNIFORM),
        request=request,
        text="No.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of a sample


def asked(*turns: Turn, system: str = "You help customers of Quillfern.") -> ChatRequest:
    return ChatRequest(model="m", max_tokens=0, system=system, turns=turns)


def user(*content: Block | str) -> Turn:
    if len(content) == 1 and isinstance(content[0], str):
        return Turn(role="user", content=content[0])
    return Turn(role="user", content=tuple(e for e in content if not isinstance(e, str)))


def draft(text: str, request: ChatRequest, **changes: object) -> DraftedCase:
    grader: Data = {"contains": "30 days"}
    return drafted_case(
        sample(request, **changes), version(text), name="c", graders=[grader], tags=["incident"]
    )


def test_the_variables_are_read_off_the_request_and_make_the_same_request_again() -> None:
    request = asked(user("Question: May I return it?\nToday?\nOrder: QF-1"))
    made = draft(PLAIN, request)
    assert made.case["vars"] == {
        "shop": "Quillfern",
        "question": "May I return it?\nToday?",
        "order": "QF-1",
    }
    assert made.missing == ()
    document = read_yaml(
        "s.yaml", write_yaml({"prompts": ["p"], "cases": [dict(made.case)]}).encode()
    )
    [case] = read_evalset(document, name="s", tree={}, parser=FORMATS).cases
    again = render(version(PLAIN), case)
    assert (again.system, again.turns) == (request.system, request.turns)
    assert (case.id, case.tags, case.graders[0].kind) == ("c", ("incident",), "contains")


def test_what_has_two_readings_is_to_be_filled_in_and_is_not_finished() -> None:
    made = draft(PLAIN, asked(user("Question: a\nOrder: b\nOrder: c")))
    assert made.missing == ("question", "order")
    assert made.case["vars"] == {"shop": "Quillfern", "question": UNKNOWN, "order": UNKNOWN}
    assert not is_finished(made.case)
    assert is_finished({"id": "x", "vars": {"a": "b"}})
    assert is_finished({"id": "x"})
    assert [each for each in made.remarks if "`question`" in each]


def test_a_request_of_another_text_is_not_forced_into_the_template() -> None:
    made = draft(PLAIN, asked(user("Something else"), system="Other"))
    assert made.missing == ("shop", "question", "order")


def test_a_conversation_is_kept_as_it_was_with_tools_tied_to_their_results() -> None:
    wish = ToolCall(id="", name="look_up", input={"order": "QF-1"})
    turns = (
        user("Where is my order?"),
        Turn(role="assistant", content=(Text(text="I look."), wish)),
        user(ToolResult(call="", content="on its way")),
        Turn(role="assistant", content="On its way."),
        user("Really?"),
    )
    made = draft(TALK, asked(*turns))
    assert made.missing == ()
    values = made.case["vars"]
    assert isinstance(values, dict)
    talk = values["talk"]
    assert isinstance(talk, list)
    assert talk[0] == {"role": "user", "content": "Where is my order?"}
    assert talk[1] == {
        "role": "assistant",
        "content": [
            {"type": "text", "text": "I look."},
            {"type": "tool_use", "id": "call-1", "name": "look_up", "input": {"order": "QF-1"}},
        ],
    }
    assert talk[2] == {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "call-1", "content": "on its way"}],
    }
    document = read_yaml(
        "s.yaml", write_yaml({"prompts": ["p"], "cases": [dict(made.case)]}).encode()
    )
    [case] = read_evalset(document, name="s", tree={}, parser=FORMATS).cases
    assert len(render(version(TALK), case).turns) == 5


def test_a_conversation_with_a_file_that_is_not_kept_is_to_be_filled_in() -> None:
    file = Attachment(name="a.png", media_type="", sha256="0", content=b"")
    made = draft(TALK, asked(user(Text(text="See"), file)))
    assert made.missing == ("talk",)


@pytest.mark.parametrize(
    ("value", "is_told"),
    [("ann@example.com", True), ("+49 170 1234567", True), ("the copper kettle", False)],
)
def test_what_looks_like_somebody_is_pointed_out(value: str, *, is_told: bool) -> None:
    made = draft(PLAIN, asked(user(f"Question: x\nOrder: {value}")))
    assert any("`order` holds" in each for each in made.remarks) is is_told
    assert made.remarks[-1].startswith("What users wrote")
    assert not any(value in each for each in made.remarks)


def test_another_content_of_the_version_is_pointed_out() -> None:
    request = asked(user("Question: x\nOrder: y"))
    same = version(PLAIN).hash
    assert not [e for e in draft(PLAIN, request, prompt_hash=same).remarks if "is not what" in e]
    assert [e for e in draft(PLAIN, request, prompt_hash="0" * 64).remarks if "is not what" in e]


def test_a_conversation_without_a_message_is_to_be_filled_in() -> None:
    assert draft(TALK, asked()).missing == ("talk",)
