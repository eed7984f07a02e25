"""Facts about the names of what is asked."""

import re
from dataclasses import fields, replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.chat import ChatRequest, Purpose
from evalgate.model.content import (
    Attachment,
    Opaque,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from evalgate.model.document import Data
from evalgate.runtime.remembering.cache_key import cache_key
from tests.machine import slowness

PICTURE = Attachment(name="a.png", media_type="image/png", sha256="0" * 64, content=b"one")
ASKED = ChatRequest(
    model="claude-sonnet-5",
    max_tokens=500,
    turns=(
        Turn(role="user", content="How long is the warranty?"),
        Turn(
            role="assistant",
            content=(
                Opaque(data={"type": "thinking", "signature": "s"}),
                ToolCall(id="t1", name="look_up", input={"a": 1, "b": {"c": 2, "d": 3}}),
            ),
        ),
        Turn(role="user", content=(ToolResult(call="t1", content="2 years"), PICTURE)),
    ),
    system="Be brief.",
    effort="low",
    output_schema={"type": "object", "properties": {"why": {}, "answer": {}}},
    tools=(Tool(name="look_up", description="Looks up", input_schema={"type": "object"}),),
)
SHAPES: dict[str, ChatRequest] = {
    "model": replace(ASKED, model="claude-haiku-5"),
    "max_tokens": replace(ASKED, max_tokens=501),
    "turns": replace(ASKED, turns=ASKED.turns[:2]),
    "system": replace(ASKED, system="Be brief"),
    "effort": replace(ASKED, effort=None),
    "output_schema": replace(ASKED, output_schema=None),
    "tools": replace(ASKED, tools=()),
}
OTHERWISE: dict[str, ChatRequest] = {
    "trial": replace(ASKED, trial="case/1"),
    "sample": replace(ASKED, sample=1),
    "purpose": replace(ASKED, purpose=Purpose.JUDGE),
    "fence": replace(ASKED, fence="brief"),
    "caches_prefix": replace(ASKED, caches_prefix=True),
    "route": replace(ASKED, route="bedrock-eu"),
}


def key(request: ChatRequest, *, prompt_hash: str = "p", tenant: str = "") -> str:
    return cache_key(request, prompt_hash=prompt_hash, tenant=tenant)


def said(content: str | tuple[Text | ToolCall | ToolResult | Attachment | Opaque, ...]) -> str:
    return key(replace(ASKED, turns=(Turn(role="user", content=content),)))


def test_a_key_is_a_hash() -> None:
    assert re.fullmatch("[0-9a-f]{64}", key(ASKED))


def test_every_field_of_a_request_either_shapes_the_answer_or_does_not() -> None:
    assert {field.name for field in fields(ChatRequest)} == SHAPES.keys() | OTHERWISE.keys()


@pytest.mark.parametrize("field", SHAPES)
def test_what_shapes_an_answer_makes_another_key(field: str) -> None:
    assert key(SHAPES[field]) != key(ASKED)


@pytest.mark.parametrize("field", OTHERWISE)
def test_how_and_for_whom_it_is_asked_makes_none(field: str) -> None:
    assert key(OTHERWISE[field]) == key(ASKED)


def test_tenants_and_versions_have_keys_of_their_own() -> None:
    keys = {key(ASKED), key(ASKED, tenant="a"), key(ASKED, tenant="b"), key(ASKED, prompt_hash="q")}
    assert len(keys) == 4
    assert key(ASKED, tenant="a", prompt_hash="b") != key(ASKED, tenant="b", prompt_hash="a")


def test_the_layout_of_what_is_kept_is_part_of_a_key() -> None:
    # A change of what keys are made of has to come with another number of the layout.
    asked = ChatRequest(model="m", max_tokens=1, turns=())
    assert key(asked, prompt_hash="")[:16] == "cecaa32e2307ca1a"


def test_another_file_of_the_same_name_makes_another_key() -> None:
    assert said((PICTURE,)) != said((replace(PICTURE, sha256="1" * 64),))
    assert said((PICTURE,)) != said((replace(PICTURE, media_type="image/jpeg"),))
    assert said((PICTURE,)) == said((replace(PICTURE, content=b"not looked at"),))


def test_a_schema_counts_in_the_order_of_its_keys() -> None:
    schema: dict[str, Data] = {"type": "object", "properties": {"answer": {}, "why": {}}}
    assert key(replace(ASKED, output_schema=schema)) != key(ASKED)
    schemas: tuple[dict[str, Data], ...] = ({"a": {}, "b": {}}, {"b": {}, "a": {}})
    tools = [(Tool(name="t", description="", input_schema=each),) for each in schemas]
    assert key(replace(ASKED, tools=tools[0])) != key(replace(ASKED, tools=tools[1]))


def test_arguments_and_opaque_blocks_count_in_any_order() -> None:
    turn = Turn(
        role="assistant",
        content=(
            Opaque(data={"signature": "s", "type": "thinking"}),
            ToolCall(id="t1", name="look_up", input={"b": {"d": 3, "c": 2}, "a": 1}),
        ),
    )
    assert key(replace(ASKED, turns=(ASKED.turns[0], turn, ASKED.turns[2]))) == key(ASKED)


def test_blocks_of_different_kinds_are_never_taken_for_each_other() -> None:
    alike = [
        said('["text", "a"]'),
        said((Text(text="a"),)),
        said((Text(text="a"), Text(text="a"))),
        said((Text(text="aa"),)),
        said((ToolCall(id="a", name="", input={}),)),
        said((ToolResult(call="a", content=""),)),
        said((ToolResult(call="a", content="", failed=True),)),
        said((Opaque(data={}),)),
        said((Opaque(data={"a": 1}),)),
        said((Opaque(data={"a": True}),)),
        said((Opaque(data={"a": "1"}),)),
    ]
    assert len(set(alike)) == len(alike)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_two_places_of_a_text_are_confused(one: str, two: str, three: str, four: str) -> None:
    first = ChatRequest(
        model="m", max_tokens=1, system=one, turns=(Turn(role="user", content=two),)
    )
    other = replace(first, system=three, turns=(Turn(role="user", content=four),))
    assert (key(first) == key(other)) == ((one, two) == (three, four))


def test_half_of_a_surrogate_pair_has_a_key() -> None:
    assert said("\ud83d") != said("\udc00")


def test_a_key_of_two_kilobytes_takes_microseconds() -> None:
    request = ChatRequest(
        model="m", max_tokens=1, system="s" * 1500, turns=(Turn(role="user", content="q" * 500),)
    )
    began = process_time()
    for _ in range(1000):
        key(request)
    assert process_time() - began < 0.25 * slowness()  # ten times what it takes
