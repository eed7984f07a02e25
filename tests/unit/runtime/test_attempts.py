"""The attempts of one call: who is asked after whom, and what is told of it."""

import asyncio
from dataclasses import replace

import pytest

from evalgate.adapters.clock import SystemClock
from evalgate.model.call import Rung, ServedBy
from evalgate.model.call_ports import EventKind
from evalgate.model.chat import FailureKind
from evalgate.model.content import Opaque, Text, Turn
from evalgate.model.serving import BreakerRules, HedgeRules, Prefer, RetryRules, Timing
from evalgate.runtime.call import NO_ROUTE
from evalgate.simulator.fakes import FakeClock
from evalgate.simulator.scripted_model import Said
from tests.unit.runtime.calls import (
    HAIKU,
    REQUEST,
    SERVING,
    SONNET,
    Scene,
    a_call,
    by_model,
    by_route,
)

BROKEN = Said(failure=FailureKind.SERVER)
OVERLOADED = Said(failure=FailureKind.OVERLOADED)


async def test_the_first_target_answers_when_all_is_well() -> None:
    scene = Scene(script=by_route())
    outcome = await scene.attempts(a_call()).outcome()
    assert outcome.served_by is ServedBy.PRIMARY
    assert outcome.completion is not None
    assert [(each.rung, each.failure) for each in outcome.tries] == [(Rung.FIRST, None)]
    assert not outcome.is_degraded


async def test_what_breaks_is_retried_once_and_then_asked_elsewhere() -> None:
    scene = Scene(script=by_route(direct=BROKEN))
    outcome = await scene.attempts(a_call()).outcome()
    assert outcome.served_by is ServedBy.OTHER_ROUTE
    assert [(each.rung, each.route, each.failure) for each in outcome.tries] == [
        (Rung.FIRST, "direct", FailureKind.SERVER),
        (Rung.RETRY, "direct", FailureKind.SERVER),
        (Rung.OTHER_ROUTE, "vertex", None),
    ]
    assert not outcome.is_degraded


async def test_a_smaller_model_answers_when_no_route_has_the_wanted_one() -> None:
    scene = Scene(script=by_model(sonnet=OVERLOADED))
    outcome = await scene.attempts(a_call()).outcome()
    assert outcome.served_by is ServedBy.SMALLER_MODEL
    assert outcome.is_degraded
    assert outcome.target is not None
    assert (outcome.target.route_name, outcome.target.model) == ("direct", HAIKU)
    assert [(each.route, each.model) for each in outcome.tries][:2] == [
        ("direct", SONNET),
        ("vertex", SONNET),
    ]


async def test_who_prefers_cost_asks_the_smaller_model_before_another_route() -> None:
    serving = replace(SERVING, prefer=Prefer.COST)
    scene = Scene(script=by_model(sonnet=OVERLOADED), serving=serving)
    outcome = await scene.attempts(a_call(serving)).outcome()
    assert [(each.route, each.model) for each in outcome.tries] == [
        ("direct", SONNET),
        ("direct", HAIKU),
    ]


async def test_a_rejected_key_asks_another_provider_at_once_and_is_told() -> None:
    scene = Scene(script=by_route(direct=Said(failure=FailureKind.AUTHENTICATION)))
    outcome = await scene.attempts(a_call()).outcome()
    assert [each.route for each in outcome.tries] == ["direct", "vertex"]
    assert EventKind.ROUTE_REFUSED in {event.kind for event in scene.events}
    again = await scene.attempts(a_call()).outcome()
    assert [each.route for each in again.tries] == ["vertex"], "the route is left alone"
    assert again.served_by is ServedBy.OTHER_ROUTE


async def test_a_wrong_request_is_sent_to_nobody_else() -> None:
    scene = Scene(script=by_route(direct=Said(failure=FailureKind.REQUEST)))
    outcome = await scene.attempts(a_call()).outcome()
    assert outcome.error == "request"
    assert len(outcome.tries) == 1


async def test_when_all_fail_the_last_failure_is_the_error() -> None:
    scene = Scene(script=lambda _: OVERLOADED)
    outcome = await scene.attempts(a_call()).outcome()
    assert outcome.served_by is ServedBy.NOBODY
    assert outcome.error == "overloaded"
    assert {(each.route, each.model) for each in outcome.tries} == {
        (route, model) for route in ("direct", "vertex") for model in (SONNET, HAIKU)
    }


async def test_once_all_breakers_are_open_nobody_is_asked() -> None:
    scene = Scene(script=lambda _: OVERLOADED)
    for _ in range(8):
        await scene.attempts(a_call(clock=scene.clock)).outcome()
    before = len(scene.model.asked)
    outcome = await scene.attempts(a_call(clock=scene.clock)).outcome()
    assert (outcome.error, outcome.tries) == (NO_ROUTE, ())
    assert len(scene.model.asked) == before


async def test_no_attempt_goes_on_past_the_deadline() -> None:
    scene = Scene(script=lambda _: Said(after=60.0))
    call = a_call()
    outcome = await scene.attempts(call).outcome()
    assert outcome.error in ("deadline", "timeout")
    assert scene.clock.monotonic() <= call.ends


async def test_a_slow_first_target_leaves_time_for_the_next() -> None:
    serving = replace(SERVING, timing=Timing(deadline=4.0, timeout=4.0))
    scene = Scene(script=by_route(direct=Said(after=60.0)), serving=serving)
    outcome = await scene.attempts(a_call(serving)).outcome()
    assert outcome.served_by is ServedBy.OTHER_ROUTE
    assert outcome.tries[0].latency_ms == 2000


async def test_without_budget_nothing_is_retried() -> None:
    serving = replace(SERVING, retry=RetryRules(least=0, share=0.0), smaller={})
    scene = Scene(script=by_route(direct=BROKEN), serving=serving)
    outcome = await scene.attempts(a_call(serving)).outcome()
    assert [each.rung for each in outcome.tries] == [Rung.FIRST, Rung.OTHER_ROUTE]


async def test_a_stream_is_asked_elsewhere_before_its_first_words() -> None:
    scene = Scene(script=by_route(direct=OVERLOADED, vertex=Said(pieces=("Yes", "."))))
    outcome = await scene.attempts(a_call(streamed=True)).outcome()
    assert outcome.served_by is ServedBy.OTHER_ROUTE
    assert scene.heard == ["Yes", "."]


async def test_a_stream_that_broke_after_its_first_words_is_asked_nowhere_else() -> None:
    broken = Said(failure=FailureKind.CUT, pieces=("Yes, wi",))
    scene = Scene(script=by_route(direct=broken))
    outcome = await scene.attempts(a_call(streamed=True)).outcome()
    assert outcome.error == "cut"
    assert len(scene.model.asked) == 1
    assert scene.heard == ["Yes, wi"]


async def test_thoughts_are_told_only_to_the_model_that_had_them() -> None:
    thought = Opaque(data={"type": "thinking", "thinking": "Hm."})
    turns = (
        *REQUEST.turns,
        Turn(role="assistant", content=(thought, Text(text="Yes."))),
        Turn(role="user", content="And the hat?"),
    )
    call = a_call(request=replace(REQUEST, turns=turns), thought_over=("direct", SONNET))
    scene = Scene(script=by_route(direct=OVERLOADED))
    await scene.attempts(call).outcome()
    told = [thought in request.turns[1].blocks for request in scene.model.asked]
    assert told == [True, False]


async def test_a_slow_attempt_gets_another_one_beside_it_where_that_is_wanted() -> None:
    serving = replace(SERVING, hedge=HedgeRules(after=0.02, share=1.0))
    script = by_route(direct=Said(after=5.0), vertex=Said(text="Quick."))
    scene = Scene(script=script, serving=serving, clock=SystemClock())
    outcome = await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert outcome.completion is not None
    assert outcome.completion.text == "Quick."
    told = {each.route: (each.rung, each.abandoned) for each in outcome.tries}
    assert told == {"direct": (Rung.FIRST, True), "vertex": (Rung.HEDGE, False)}


async def test_a_fast_attempt_gets_none_beside_it() -> None:
    serving = replace(SERVING, hedge=HedgeRules(after=0.2, share=1.0))
    scene = Scene(script=by_route(), serving=serving, clock=SystemClock())
    outcome = await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert len(scene.model.asked) == len(outcome.tries) == 1


async def test_hedges_are_bounded_by_their_share() -> None:
    serving = replace(SERVING, hedge=HedgeRules(after=0.001, share=0.1))
    scene = Scene(script=lambda _: Said(after=0.01), serving=serving, clock=SystemClock())
    for _ in range(20):
        await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert len(scene.model.asked) == 22


async def test_a_cancelled_attempt_is_told_as_abandoned_and_frees_the_probe() -> None:
    scene = Scene(script=lambda _: Said(after=5.0), clock=SystemClock())
    attempts = scene.attempts(a_call(clock=scene.clock))
    task = asyncio.ensure_future(attempts.outcome())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [each.abandoned for each in attempts.tries()] == [True]


async def test_the_words_of_a_server_are_repeated_nowhere() -> None:
    scene = Scene(script=lambda _: OVERLOADED, clock=FakeClock())
    outcome = await scene.attempts(a_call()).outcome()
    assert "SECRET" not in repr(outcome) + repr(scene.events)


ONE_ROUTE = replace(SERVING, routes={"direct": SERVING.routes["direct"]})


async def test_a_pause_comes_before_a_retry_and_not_before_another_target() -> None:
    clock = FakeClock()
    await Scene(script=by_route(direct=BROKEN), clock=clock).attempts(a_call()).outcome()
    assert [pause for pause in clock.slept if pause > 0] == [SERVING.retry.pause / 2]


async def test_each_first_attempt_earns_its_share_of_a_retry() -> None:
    serving = replace(SERVING, retry=RetryRules(least=0, share=1.0))
    scene = Scene(script=by_route(direct=BROKEN), serving=serving)
    outcome = await scene.attempts(a_call(serving)).outcome()
    assert [each.rung for each in outcome.tries][1] is Rung.RETRY


async def test_an_attempt_is_told_with_its_id_its_cost_and_its_time() -> None:
    outcome = await Scene(script=lambda _: Said(after=1.5)).attempts(a_call()).outcome()
    (told,) = outcome.tries
    assert (told.request_id, told.latency_ms) == ("req_0001", 1500)
    assert told.cost_usd == pytest.approx(110 / 1e6)


async def test_a_hedge_goes_to_the_same_model_though_there_is_but_one_route() -> None:
    serving = replace(ONE_ROUTE, hedge=HedgeRules(after=0.01, share=1.0))
    scene = Scene(script=lambda _: Said(after=0.1), serving=serving, clock=SystemClock())
    await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert [request.model for request in scene.model.asked] == [SONNET, SONNET]


async def test_a_stream_has_no_second_attempt_beside_it() -> None:
    serving = replace(SERVING, hedge=HedgeRules(after=0.01, share=1.0))
    scene = Scene(script=lambda _: Said(after=0.1), serving=serving, clock=SystemClock())
    await scene.attempts(a_call(serving, clock=scene.clock, streamed=True)).outcome()
    assert len(scene.model.asked) == 1


async def test_a_hedge_has_no_more_time_than_the_attempt_has_left() -> None:
    timing = Timing(deadline=10.0, timeout=1.0, reserve=0.0)
    serving = replace(ONE_ROUTE, smaller={}, timing=timing, hedge=HedgeRules(after=0.6, share=1.0))
    scene = Scene(script=lambda _: Said(after=9.0), serving=serving, clock=SystemClock())
    began = scene.clock.monotonic()
    outcome = await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert outcome.error == "timeout"
    assert scene.clock.monotonic() - began < 1.5


async def test_an_overload_opens_breakers_and_refuses_nothing() -> None:
    scene = Scene(script=lambda _: OVERLOADED)
    for _ in range(8):
        await scene.attempts(a_call()).outcome()
    assert {event.kind for event in scene.events} == {EventKind.BREAKER_OPENED}


async def test_a_target_that_was_slow_too_often_is_left_alone() -> None:
    rules = BreakerRules(slow_after=0.5, fewest=3, in_a_row=100)
    serving = replace(SERVING, breaker=rules)
    scene = Scene(script=by_route(direct=Said(after=1.0)), serving=serving)
    for _ in range(3):
        await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    outcome = await scene.attempts(a_call(serving, clock=scene.clock)).outcome()
    assert [each.route for each in outcome.tries] == ["vertex"]


async def test_a_target_is_left_alone_for_as_long_as_its_server_says() -> None:
    limited = Said(failure=FailureKind.RATE_LIMIT, retry_after=30.0)
    clock = FakeClock()
    scene = Scene(script=by_route(direct=limited), clock=clock)
    for passed, expected in ((0.0, ["direct", "vertex"]), (29.0, ["vertex"]), (2.0, ["direct"])):
        clock.advance(passed)
        outcome = await scene.attempts(a_call(clock=clock)).outcome()
        assert [each.route for each in outcome.tries][: len(expected)] == expected


async def test_a_target_that_still_answers_sometimes_is_asked_once_when_all_are_open() -> None:
    rules = BreakerRules(in_a_row=2)
    serving = replace(ONE_ROUTE, smaller={}, breaker=rules, retry=RetryRules(most=0))
    says = iter([Said(), BROKEN, BROKEN, Said(text="Again.")])
    scene = Scene(script=lambda _: next(says), serving=serving)
    outcomes = [await scene.attempts(a_call(serving)).outcome() for _ in range(4)]
    assert outcomes[3].completion is not None
    assert outcomes[3].completion.text == "Again."


async def test_a_breaker_stays_open_from_the_moment_of_its_failure_on() -> None:
    clock = FakeClock()
    clock.advance(1000.0)
    scene = Scene(script=lambda _: OVERLOADED, clock=clock)
    for _ in range(8):
        await scene.attempts(a_call(clock=clock)).outcome()
    asked = len(scene.model.asked)
    outcome = await scene.attempts(a_call(clock=clock)).outcome()
    assert (outcome.error, len(scene.model.asked)) == (NO_ROUTE, asked)
