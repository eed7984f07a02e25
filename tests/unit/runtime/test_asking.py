"""Variables put to a version: the request, and errors that repeat no value."""

from datetime import date

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.model.content import Attachment, Opaque, Text, Turn
from evalgate.model.document import Data
from evalgate.prompts.version import read_version
from evalgate.runtime.asking import ask, without_thoughts
from tests.unit.runtime.calls import VERSION

PHOTO = read_version(
    "photo",
    "prompts/photo/v1.md",
    content=b"---\nmodel: m\nmax_tokens: 9\ninputs: {photo: image}\n---\n## user\n\nLook: {{photo}}\n",
    parser=FORMATS,
)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
PRIVATE = "the value of somebody"


def test_a_request_holds_the_filled_prompt() -> None:
    request = ask(VERSION, {"question": "May I?"}, files={})
    assert request.turns[-1].text == "May I?"
    assert request.system == "You answer customers."


def test_another_model_and_route_can_be_asked() -> None:
    request = ask(VERSION, {"question": "x"}, files={}, model="claude-y", route="vertex")
    assert (request.model, request.route) == ("claude-y", "vertex")
    assert ask(VERSION, {"question": "x"}, files={}, route="vertex").model == VERSION.model


def test_further_turns_follow_those_of_the_prompt() -> None:
    further = (Turn(role="assistant", content="Yes."), Turn(role="user", content="Thanks."))
    request = ask(VERSION, {"question": "x"}, files={}, further=further)
    assert [turn.text for turn in request.turns] == ["x", "Yes.", "Thanks."]


def test_a_file_is_attached_by_its_name() -> None:
    request = ask(PHOTO, {"photo": {"file": "a.png"}}, files={"a.png": PNG})
    assert any(isinstance(block, Attachment) for block in request.turns[0].blocks)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "variables: lacks `question`"),
        ({"qestion": PRIVATE}, "has no variable `qestion` (did you mean `question`?)"),
        ({"question": date(2026, 1, 1)}, "variables.question: expected text"),
        ({"question": {1, 2}}, "variables.question: expected text"),
        ({"question": "  "}, "is empty"),
    ],
)
def test_wrong_variables_are_told_without_their_values(
    variables: dict[str, Data], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        ask(VERSION, variables, files={})
    assert told in str(caught.value)
    assert PRIVATE not in str(caught.value)


def test_a_file_of_another_kind_is_told() -> None:
    with pytest.raises(UsageError, match="none of these"):
        ask(PHOTO, {"photo": {"file": "a.png"}}, files={"a.png": b"\xff\x00"})


def test_thoughts_are_left_out_and_all_else_stays() -> None:
    thought, word = Opaque(data={"type": "thinking"}), Text(text="Yes.")
    other = Opaque(data={"type": "server_tool_use"})
    further = (
        Turn(role="assistant", content=(thought, word, other)),
        Turn(role="user", content="x"),
    )
    request = without_thoughts(ask(VERSION, {"question": "x"}, files={}, further=further))
    assert request.turns[1].blocks == (word, other)
    assert request.turns[2].text == "x"
