"""Facts about a completion as a JSON object."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.completions import encode_completion, read_completion
from evalgate.errors import ConfigurationError
from evalgate.model.chat import Allowance, Completion, RateLimits, Usage
from evalgate.model.content import Block, Opaque, Text, ToolCall, ToolResult
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section

CALL = ToolCall(id="toolu_1", name="get_order", input={"order": "AB-1"})
THINKING = Opaque(data={"type": "thinking", "thinking": "Well", "signature": "c2ln"})
ANSWER = Completion(
    text="Hi",
    model="claude-sonnet-5-5",
    stop_reason="tool_use",
    usage=Usage(input_tokens=3, output_tokens=2, cache_read_tokens=1, cache_write_1h_tokens=4),
    latency_ms=120,
    request_id="req_1",
    simulated=True,
    blocks=(THINKING, Text(text="Hi"), CALL),
    tool_calls=(CALL,),
)


def read(data: Data, *, with_blocks: bool = True) -> Completion:
    section = Section(Document(path="answers", data=data, lines={}))
    completion = read_completion(section, with_blocks=with_blocks)
    section.finish()
    return completion


def test_an_answer_comes_back_with_all_that_a_conversation_goes_on_with() -> None:
    assert read(encode_completion(ANSWER, with_blocks=True)) == ANSWER


def test_blocks_are_kept_only_when_they_are_asked_for() -> None:
    without = encode_completion(ANSWER, with_blocks=False)
    assert "blocks" not in without
    assert read(without) == replace(ANSWER, blocks=())
    whole = encode_completion(ANSWER, with_blocks=True)
    assert read({**whole, "blocks": ["foreign"]}, with_blocks=False) == replace(ANSWER, blocks=())


def test_rate_limits_of_another_day_are_not_kept() -> None:
    limited = replace(ANSWER, limits=RateLimits(requests=Allowance(limit=50, remaining=0)))
    assert read(encode_completion(limited, with_blocks=True)).limits is None


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {},
        "text",
        {"type": "text", "text": 1},
        {"type": "tool_call", "id": "a", "name": "b", "input": [1]},
        {"type": "opaque", "data": {"a": float("nan")}},
    ],
)
def test_a_block_that_could_not_be_handed_back_is_a_problem(block: Data) -> None:
    with pytest.raises(ConfigurationError, match=r"blocks\[0\]"):
        read({**encode_completion(ANSWER, with_blocks=False), "blocks": [block]})


def test_what_no_model_says_is_not_written() -> None:
    strange = replace(ANSWER, blocks=(ToolResult(call="a", content="b"),))
    with pytest.raises(ValueError, match="ToolResult"):
        encode_completion(strange, with_blocks=True)


WORDS = st.text(max_size=8)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
MAPPINGS = st.dictionaries(WORDS, DATA, max_size=2)
CALLS = st.builds(ToolCall, id=WORDS, name=WORDS, input=MAPPINGS)
BLOCKS: st.SearchStrategy[Block] = (
    st.builds(Text, text=WORDS) | CALLS | st.builds(Opaque, data=MAPPINGS)
)


@given(st.lists(BLOCKS, max_size=3), st.lists(CALLS, max_size=2), WORDS)
def test_reading_gives_back_what_was_written(
    blocks: list[Block], calls: list[ToolCall], text: str
) -> None:
    answer = replace(ANSWER, blocks=tuple(blocks), tool_calls=tuple(calls), text=text)
    assert read(json.loads(json.dumps(encode_completion(answer, with_blocks=True)))) == answer
