import math
import re
from dataclasses import replace

import pytest

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.content import ToolCall, Turn
from evalgate.model.route import Provider
from evalgate.simulator.fault_rules import Calls, Fault, FaultKind
from evalgate.simulator.faults import PROSE, Circumstances, Surface, calls_of, fault_for, spoil
from evalgate.simulator.reply import Reply
from evalgate.simulator.rules import Rules

B = "0123456789abcdef0123456789abcdef"
FENCES = f"<criteria_{B}>\nc1: x\n</criteria_{B}>\n<answer_{B}>\nA\n</answer_{B}>"
ANSWER = ChatRequest(
    model="claude-haiku-5-5",
    max_tokens=100,
    turns=(Turn(role="user", content="question"),),
    trial="case/0",
)
JUDGE = replace(
    ANSWER,
    turns=(Turn(role="user", content=FENCES),),
    output_schema={"properties": {"c1": {}}},
)
REPLY = Reply(text="12345678", stop_reason="end_turn", usage=Usage(input_tokens=3, output_tokens=2))


BATCH = Circumstances(surface=Surface.BATCH)


def struck(fault: Fault, request: ChatRequest, *, attempt: int = 1) -> bool:
    return fault_for([Rules(path="r", faults=(fault,))], request, attempt=attempt) is fault


def test_the_judges_calls_are_told_from_those_for_answers() -> None:
    assert (calls_of(ANSWER), calls_of(JUDGE)) == (Calls.ANSWERS, Calls.JUDGE)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [(Calls.ALL, (True, True)), (Calls.ANSWERS, (True, False)), (Calls.JUDGE, (False, True))],
)
def test_a_fault_strikes_the_calls_that_it_is_for(
    calls: Calls, expected: tuple[bool, bool]
) -> None:
    fault = Fault(kind=FaultKind.OVERLOADED, calls=calls)
    assert (struck(fault, ANSWER), struck(fault, JUDGE)) == expected


def test_a_judge_that_talks_nonsense_leaves_answers_alone() -> None:
    fault = Fault(kind=FaultKind.NONSENSE_JUDGE)
    assert (struck(fault, ANSWER), struck(fault, JUDGE)) == (False, True)


def test_a_fault_strikes_its_share_of_the_trials() -> None:
    trials, share = 2_000, 0.1
    fault = Fault(kind=FaultKind.CUT, share=share)
    hits = sum(struck(fault, replace(ANSWER, trial=f"{i}/0")) for i in range(trials))
    assert abs(hits / trials - share) < 3 * math.sqrt(share * (1 - share) / trials)


def test_kinds_and_seeds_draw_their_own_luck() -> None:
    requests = [replace(ANSWER, trial=f"{index}/0") for index in range(100)]
    cut = Fault(kind=FaultKind.CUT, share=0.5)
    files = [
        Rules(path="r", faults=(cut,)),
        Rules(path="r", faults=(replace(cut, kind=FaultKind.HTML),)),
        Rules(path="r", faults=(cut,), seed="other"),
    ]
    struck_trials = {
        tuple(fault_for([rules], each, attempt=1) is not None for each in requests)
        for rules in files
    }
    assert len(struck_trials) == 3


def test_a_share_of_0_never_strikes() -> None:
    fault = Fault(kind=FaultKind.CUT, share=0.0)
    assert not any(struck(fault, replace(ANSWER, trial=f"{i}/0")) for i in range(100))


LINE = (FaultKind.HTML, FaultKind.BROKEN_JSON, FaultKind.DROPPED, FaultKind.CUT, FaultKind.SLOW)
PLACES: dict[FaultKind, set[Surface]] = {
    **{kind: {Surface.MESSAGE, Surface.STREAM} for kind in LINE},
    FaultKind.STREAM_ERROR: {Surface.STREAM},
    FaultKind.STREAM_END: {Surface.STREAM},
    FaultKind.SLOW_STREAM: {Surface.STREAM},
    FaultKind.STALL: {Surface.STREAM},
    FaultKind.BATCH_EXPIRED: {Surface.BATCH},
    FaultKind.NONSENSE_JUDGE: set(),
}


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_strikes_where_it_can_happen(kind: FaultKind) -> None:
    rules = [Rules(path="r", faults=(Fault(kind=kind),))]
    struck_on = {
        surface
        for surface in Surface
        if fault_for(rules, ANSWER, attempt=1, came=Circumstances(surface=surface)) is not None
    }
    assert struck_on == PLACES.get(kind, {*Surface})


def test_a_fault_that_cannot_happen_makes_room_for_the_next() -> None:
    cut, late = Fault(kind=FaultKind.CUT), Fault(kind=FaultKind.BATCH_EXPIRED)
    rules = [Rules(path="r", faults=(cut, late))]
    assert fault_for(rules, ANSWER, attempt=1, came=BATCH) is late
    assert fault_for(rules, ANSWER, attempt=1) is cut


def test_faults_of_one_kind_share_their_luck_so_that_slow_replies_can_have_a_tail() -> None:
    slowest = Fault(kind=FaultKind.SLOW, share=0.02, seconds=30)
    slow = Fault(kind=FaultKind.SLOW, share=0.1, seconds=5)
    rules = [Rules(path="r", faults=(slowest, slow))]
    requests = [replace(ANSWER, trial=f"{index}/0") for index in range(2_000)]
    found = [fault_for(rules, each, attempt=1) for each in requests]
    assert abs(found.count(slowest) / 2_000 - 0.02) < 0.01
    assert abs(found.count(slow) / 2_000 - 0.08) < 0.02


def test_both_arms_of_a_trial_are_struck_alike() -> None:
    fault = Fault(kind=FaultKind.CUT, share=0.5)
    for index in range(100):
        request = replace(ANSWER, trial=f"{index}/0")
        assert struck(fault, request) == struck(fault, replace(request, system="candidate"))


def test_a_fault_of_the_first_attempts_passes() -> None:
    fault = Fault(kind=FaultKind.OVERLOADED, first_attempts=2)
    assert [struck(fault, ANSWER, attempt=n) for n in (1, 2, 3)] == [True, True, False]


def test_a_lasting_fault_strikes_every_attempt() -> None:
    assert struck(Fault(kind=FaultKind.OVERLOADED), ANSWER, attempt=1000)


def struck_by(fault: Fault, came: Circumstances) -> bool:
    return fault_for([Rules(path="r", faults=(fault,))], ANSWER, attempt=1, came=came) is fault


def test_a_fault_of_a_provider_strikes_that_provider_alone() -> None:
    for provider in Provider:
        fault = Fault(kind=FaultKind.BAD_KEY, provider=provider)
        assert [each for each in Provider if struck_by(fault, Circumstances(provider=each))] == [
            provider
        ]


def test_a_fault_of_a_region_strikes_that_region_alone() -> None:
    fault = Fault(kind=FaultKind.OVERLOADED, region="eu")
    assert [struck_by(fault, Circumstances(region=region)) for region in ("eu", "us", "")] == [
        True,
        False,
        False,
    ]


def test_a_model_is_known_by_the_provider_s_id_and_by_its_own() -> None:
    asked = Circumstances(model="anthropic.claude-haiku-5-5")
    for pattern in ("haiku", "^anthropic", "^claude-haiku-5-5$"):
        fault = Fault(kind=FaultKind.OVERLOADED, model=re.compile(pattern))
        assert struck_by(fault, asked)
    opus = Fault(kind=FaultKind.OVERLOADED, model=re.compile("opus"))
    assert not struck_by(opus, asked)


def test_a_fault_strikes_from_its_start_until_before_its_end() -> None:
    outage = Fault(kind=FaultKind.OVERLOADED, start=10, end=40)
    rules = [Rules(path="r", faults=(outage,))]
    times = {
        now: fault_for(
            rules, ANSWER, attempt=1, came=Circumstances(now=1_000.0 + now), since=1_000.0
        )
        for now in (0, 9.9, 10, 39.9, 40, 100)
    }
    assert [now for now, fault in times.items() if fault] == [10, 39.9]


def test_the_first_fault_of_any_file_that_strikes_is_taken() -> None:
    never = Fault(kind=FaultKind.CUT, share=0.0)
    first, second = Fault(kind=FaultKind.HTML), Fault(kind=FaultKind.SLOW)
    files = [Rules(path="a", faults=(never,)), Rules(path="b", faults=(first, second))]
    assert fault_for(files, ANSWER, attempt=1) is first
    assert fault_for(files[:1], ANSWER, attempt=1) is None


def test_a_truncated_reply_is_half_as_long_and_says_why() -> None:
    assert spoil(REPLY, FaultKind.TRUNCATED) == replace(
        REPLY, text="1234", stop_reason="max_tokens"
    )


def test_a_refused_reply_is_empty_and_says_why() -> None:
    reply = spoil(REPLY, FaultKind.REFUSED)
    assert (reply.text, reply.stop_reason) == ("", "refusal")
    assert reply.usage == Usage(input_tokens=3, output_tokens=1)


def test_nonsense_is_prose() -> None:
    assert spoil(REPLY, FaultKind.NONSENSE_JUDGE) == replace(REPLY, text=PROSE)


@pytest.mark.parametrize(
    "kind",
    sorted(set(FaultKind) - {FaultKind.TRUNCATED, FaultKind.REFUSED, FaultKind.NONSENSE_JUDGE}),
)
def test_any_other_fault_leaves_the_reply_alone(kind: FaultKind) -> None:
    assert spoil(REPLY, kind) == REPLY


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.REFUSED])
def test_a_reply_that_was_cut_or_refused_calls_no_tool(kind: FaultKind) -> None:
    call = ToolCall(id="toolu_1", name="get", input={})
    assert spoil(replace(REPLY, calls=(call,)), kind).calls == ()
