"""Facts about reading the body of a successful response."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_reply import BadReply, Reply, read_reply
from evalgate.model.chat import FailureKind, Usage
from evalgate.model.content import Opaque, Text, ToolCall
from evalgate.model.document import Data
from evalgate.model.route import Route

MODEL = "claude-sonnet-5-5"


def body(**changes: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "model": MODEL,
        "stop_reason": "end_turn",
        "content": [{"type": "text", "text": "Hello"}],
        "usage": {"input_tokens": 12, "output_tokens": 3},
    }
    return whole | changes


def usage_of(**counts: object) -> Usage | None:
    reply = read_reply(body(usage=counts), requested=MODEL, route=Route())
    return reply.usage if isinstance(reply, Reply) else None


def failure(data: object) -> BadReply:
    reply = read_reply(data, requested=MODEL, route=Route())
    assert isinstance(reply, BadReply)
    return reply


def test_a_proper_body_is_read_whole() -> None:
    assert read_reply(body(), requested=MODEL, route=Route()) == Reply(
        text="Hello",
        model=MODEL,
        stop_reason="end_turn",
        usage=Usage(input_tokens=12, output_tokens=3),
        blocks=(Text(text="Hello"),),
    )


def test_only_text_blocks_make_the_text() -> None:
    content = [
        {"type": "thinking", "thinking": "hm", "text": "not this"},
        {"type": "text", "text": "one "},
        {"type": "something_new"},
        {"type": "text", "text": "two"},
    ]
    reply = read_reply(body(content=content), requested=MODEL, route=Route())
    assert isinstance(reply, Reply)
    assert reply.text == "one two"


def test_blocks_stay_in_order_and_those_of_other_kinds_as_they_came() -> None:
    thinking: dict[str, Data] = {"type": "thinking", "thinking": "hm", "signature": "s"}
    untyped: dict[str, Data] = {"no": "type"}
    call = {"type": "tool_use", "id": "t1", "name": "get", "input": {"a": [1]}, "caller": None}
    content = [thinking, {"type": "text", "text": "one"}, call, untyped]
    reply = read_reply(
        body(content=content, stop_reason="tool_use"), requested=MODEL, route=Route()
    )
    assert isinstance(reply, Reply)
    assert reply.blocks == (
        Opaque(data=thinking),
        Text(text="one"),
        ToolCall(id="t1", name="get", input={"a": [1]}),
        Opaque(data=untyped),
    )


def test_a_block_that_could_not_be_handed_back_makes_the_reply_malformed() -> None:
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    for block in ({"type": "new", "x": float("inf")}, {"type": "new", "x": deep}, "text", None):
        assert "`content`" in failure(body(content=[block])).message


def test_a_refusal_without_content_is_an_answer_without_text() -> None:
    reply = read_reply(body(content=[], stop_reason="refusal"), requested=MODEL, route=Route())
    assert isinstance(reply, Reply)
    assert (reply.text, reply.stop_reason) == ("", "refusal")


def test_cached_tokens_are_kept_apart_by_their_price() -> None:
    split = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 70}
    found = usage_of(
        input_tokens=1,
        output_tokens=2,
        cache_creation_input_tokens=100,
        cache_creation=split,
        cache_read_input_tokens=5,
    )
    assert found == Usage(
        input_tokens=1,
        output_tokens=2,
        cache_write_5m_tokens=30,
        cache_write_1h_tokens=70,
        cache_read_tokens=5,
    )


def test_cache_writes_that_are_not_split_are_five_minute_writes() -> None:
    found = usage_of(input_tokens=1, output_tokens=2, cache_creation_input_tokens=100)
    assert found == Usage(input_tokens=1, output_tokens=2, cache_write_5m_tokens=100)


def test_usage_without_token_counts_is_malformed_rather_than_free() -> None:
    assert usage_of(output_tokens=1) is None
    assert usage_of(input_tokens=True, output_tokens=1) is None
    assert usage_of(input_tokens=-5, output_tokens=1) is None


def test_a_snapshot_of_the_asked_model_may_answer() -> None:
    reply = read_reply(body(model=f"{MODEL}-20261007"), requested=MODEL, route=Route())
    assert isinstance(reply, Reply)


def test_the_reply_names_the_model_as_it_was_asked_for() -> None:
    route = Route(models={MODEL: "eu.anthropic.sonnet-v1:0"})
    for answered in (MODEL, f"{MODEL}-20261007", "eu.anthropic.sonnet-v1:0"):
        reply = read_reply(body(model=answered), requested=MODEL, route=route)
        assert isinstance(reply, Reply)
        assert reply.model == MODEL


def test_where_no_model_is_known_to_be_asked_the_reply_names_the_one_that_answered() -> None:
    reply = read_reply(body(model="any"), requested=None, route=Route())
    assert isinstance(reply, Reply)
    assert reply.model == "any"


def test_another_model_may_not_answer() -> None:
    for model in ("claude-haiku-5-5", f"{MODEL}-fast", f"x{MODEL}", f"{MODEL}-2026"):
        assert failure(body(model=model)).kind is FailureKind.WRONG_MODEL


def test_the_asked_name_is_no_pattern() -> None:
    reply = read_reply(body(model="claude-sonnetx5"), requested="claude-sonnet.5", route=Route())
    assert isinstance(reply, BadReply)


def test_what_is_missing_is_named() -> None:
    broken = failure(body(stop_reason=None, usage=None))
    assert broken.kind is FailureKind.MALFORMED
    assert "`stop_reason`, `usage`" in broken.message


def test_a_body_that_is_no_object_is_malformed() -> None:
    shapes: tuple[object, ...] = (None, [], "text", 3)
    assert {failure(data).kind for data in shapes} == {FailureKind.MALFORMED}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(
    ["model", "stop_reason", "content", "usage", "type", "text", "input_tokens", "output_tokens"]
)
JSON = st.recursive(
    SCALARS | st.sampled_from([MODEL, "text", "end_turn"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(JSON)
def test_no_body_of_any_shape_raises(data: object) -> None:
    assert isinstance(read_reply(data, requested=MODEL, route=Route()), Reply | BadReply)
