"""Facts about which answers are remembered, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.call import DEGRADED, ServedBy
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import ToolCall
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.remembering.keeping import age, is_better_than_none, is_fresh, may_keep

ANSWER = Completion(
    text="Two years.",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)
RULES = CacheRules(kind=CacheKind.MEMORY, ttl=300, stale=3600)
KEPT = Kept(completion=ANSWER, route="", at=1_800_000_000)


@pytest.mark.parametrize("stop", ["end_turn", "stop_sequence"])
@pytest.mark.parametrize("served_by", [ServedBy.PRIMARY, ServedBy.OTHER_ROUTE])
def test_a_whole_answer_of_the_asked_model_is_kept(stop: str, served_by: ServedBy) -> None:
    assert may_keep(replace(ANSWER, stop_reason=stop), served_by, smell=())
    assert may_keep(replace(ANSWER, stop_reason=stop), served_by, smell=None)


def test_an_answer_of_a_simulator_is_kept() -> None:
    assert may_keep(replace(ANSWER, simulated=True), ServedBy.PRIMARY, smell=())


@pytest.mark.parametrize(
    "stop",
    [
        "refusal",
        "max_tokens",
        "model_context_window_exceeded",
        "pause_turn",
        "tool_use",
        "compaction",
        "",
        "END_TURN",
        "something_new",
    ],
)
def test_an_answer_that_ended_in_any_other_way_is_not_kept(stop: str) -> None:
    assert not may_keep(replace(ANSWER, stop_reason=stop), ServedBy.PRIMARY, smell=())


@pytest.mark.parametrize(
    "served_by", [*sorted(DEGRADED), ServedBy.CACHE, ServedBy.SHARED, ServedBy.NOBODY]
)
def test_an_answer_of_anybody_else_is_not_kept(served_by: ServedBy) -> None:
    assert not may_keep(ANSWER, served_by, smell=())


def test_an_answer_that_smells_is_not_kept() -> None:
    assert not may_keep(ANSWER, ServedBy.PRIMARY, smell=("repetition",))


def test_an_answer_without_words_or_with_a_wish_is_not_kept() -> None:
    wish = ToolCall(id="t", name="look_up", input={})
    assert not may_keep(replace(ANSWER, text=" \n"), ServedBy.PRIMARY, smell=())
    assert not may_keep(replace(ANSWER, tool_calls=(wish,)), ServedBy.PRIMARY, smell=())


@pytest.mark.parametrize(
    ("seconds", "fresh", "of_use"),
    [
        (0, True, True),
        (299.9, True, True),
        (300, False, True),
        (3599, False, True),
        (3600, False, False),
        (-60, True, True),
        (-61, False, False),
    ],
)
def test_an_answer_is_fresh_then_stale_then_of_no_use(
    *, seconds: float, fresh: bool, of_use: bool
) -> None:
    now = KEPT.at + seconds
    assert is_fresh(KEPT, RULES, now=now) is fresh
    assert is_better_than_none(KEPT, RULES, now=now) is of_use


def test_a_stale_limit_below_the_fresh_one_shortens_nothing() -> None:
    rules = replace(RULES, stale=0.0)
    assert is_better_than_none(KEPT, rules, now=KEPT.at + 299)


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_an_age_is_never_below_zero(made: float, now: float) -> None:
    assert age(replace(KEPT, at=made), now=now) == max(now - made, 0.0)


@given(st.floats(0, 4e9), st.floats(0, 4e9), st.floats(0, 1e6), st.floats(0, 1e6))
def test_what_is_fresh_is_of_use(made: float, now: float, ttl: float, stale: float) -> None:
    rules, kept = replace(RULES, ttl=ttl, stale=stale), replace(KEPT, at=made)
    assert is_better_than_none(kept, rules, now=now) or not is_fresh(kept, rules, now=now)
