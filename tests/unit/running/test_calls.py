"""Facts about the one retry loop."""

from collections.abc import Sequence

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.content import Turn
from evalgate.model.policy import RunSettings
from evalgate.running.calls import Called, send_with_retry
from evalgate.simulator.fakes import FakeClock

REQUEST = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content="Hi"),))
ANSWER = Completion(
    text="yes",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)

Script = Sequence[Completion | CallFailure]


class ScriptedModel:
    """Ends its attempts as the script says, one after the other, each after some seconds."""

    def __init__(self, script: Script, clock: FakeClock, *, takes: float = 0.0) -> None:
        self.within: list[float] = []
        self._script = iter(script)
        self._clock = clock
        self._takes = takes

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        assert request is REQUEST
        self.within.append(within)
        self._clock.advance(min(self._takes, within))
        return next(self._script)


def failure(kind: FailureKind, retry_after: float | None = None) -> CallFailure:
    return CallFailure(kind=kind, message="why", retry_after=retry_after, request_id="req")


async def call(  # noqa: PLR0913 - the levers of a test
    model: ScriptedModel,
    clock: FakeClock,
    *,
    attempts: int = 4,
    timeout: float = 60,  # noqa: ASYNC109 - a setting of the retry loop
    deadline: float = 100,
    waits: float = 0,
) -> Called:
    settings = RunSettings(attempts=attempts, timeout=timeout, deadline=deadline)

    async def attempt(within: float) -> Called:
        clock.advance(waits)
        start = clock.monotonic()
        result = await model.send(REQUEST, within=within)
        return Called(result=result, calls=1, seconds=clock.monotonic() - start)

    return await send_with_retry(attempt, settings=settings, clock=clock, random=lambda: 1.0)


def counted(called: Called) -> tuple[Completion | CallFailure, int]:
    return called.result, called.calls


async def test_an_answer_at_once_is_one_call() -> None:
    clock = FakeClock()
    called = await call(ScriptedModel([ANSWER], clock), clock)
    assert counted(called) == (ANSWER, 1)
    assert clock.slept == []


async def test_passing_failures_are_waited_out_and_counted() -> None:
    clock = FakeClock()
    script: Script = [failure(FailureKind.OVERLOADED), failure(FailureKind.CONNECTION), ANSWER]
    called = await call(ScriptedModel(script, clock), clock)
    assert counted(called) == (ANSWER, 3)
    assert clock.slept == [0.5, 1.0]


async def test_a_hopeless_failure_is_returned_at_once() -> None:
    clock = FakeClock()
    hopeless = failure(FailureKind.SPEND_LIMIT)
    called = await call(ScriptedModel([hopeless], clock), clock)
    assert counted(called) == (hopeless, 1)


async def test_attempts_are_limited() -> None:
    clock = FakeClock()
    overloaded = failure(FailureKind.OVERLOADED)
    called = await call(ScriptedModel([overloaded] * 3, clock), clock, attempts=3)
    assert counted(called) == (overloaded, 3)


async def test_malformed_answers_are_counted_apart_from_other_failures() -> None:
    clock = FakeClock()
    broken = failure(FailureKind.MALFORMED)
    script: Script = [failure(FailureKind.SERVER), broken, failure(FailureKind.SERVER), broken]
    called = await call(ScriptedModel(script, clock), clock, attempts=9)
    assert counted(called) == (broken, 4)


async def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    clock = FakeClock()
    script: Script = [failure(FailureKind.RATE_LIMIT, 20), ANSWER]
    called = await call(ScriptedModel(script, clock), clock)
    assert called.result == ANSWER
    assert clock.slept == [20.5]


async def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = FakeClock()
    limited = failure(FailureKind.RATE_LIMIT, 3600)
    called = await call(ScriptedModel([limited], clock), clock)
    assert counted(called) == (limited, 1)
    assert clock.slept == []


async def test_an_attempt_gets_its_timeout_or_what_is_left_of_the_deadline() -> None:
    clock = FakeClock()
    slow = failure(FailureKind.TIMEOUT)
    model = ScriptedModel([slow] * 9, clock, takes=1000)
    called = await call(model, clock, timeout=60, deadline=100)
    assert model.within == [60.0, 39.5]
    assert clock.monotonic() == 100
    assert called.calls == 2


async def test_a_call_out_of_time_says_so_and_keeps_the_last_failure() -> None:
    clock = FakeClock()
    model = ScriptedModel([failure(FailureKind.TIMEOUT)], clock, takes=1000)
    called = await call(model, clock, timeout=300, deadline=100)
    assert called.result == CallFailure(
        kind=FailureKind.DEADLINE,
        message="no answer within 100 s; the last attempt: why",
        request_id="req",
    )


async def test_costs_of_all_attempts_add_up_and_one_unknown_leaves_the_sum_unknown() -> None:
    ends = [
        Called(result=failure(FailureKind.SERVER), calls=1, cost_usd=0.0, booked_usd=0.0),
        Called(result=failure(FailureKind.TIMEOUT), calls=1, cost_usd=None, booked_usd=3.0),
        Called(result=ANSWER, calls=1, cost_usd=1.0, booked_usd=1.0),
    ]
    script = iter(ends)

    async def attempt(within: float) -> Called:
        assert within > 0
        return next(script)

    called = await send_with_retry(
        attempt, settings=RunSettings(), clock=FakeClock(), random=lambda: 1.0
    )
    assert (called.calls, called.cost_usd, called.booked_usd) == (3, None, 4.0)


async def test_what_was_never_sent_is_not_tried_again() -> None:
    refused, attempts = Called(result=failure(FailureKind.SERVER), calls=0), list[float]()

    async def attempt(within: float) -> Called:
        attempts.append(within)
        return refused

    called = await send_with_retry(
        attempt, settings=RunSettings(), clock=FakeClock(), random=lambda: 1.0
    )
    assert called == refused
    assert len(attempts) == 1


async def test_waiting_for_a_turn_takes_nothing_off_the_deadline() -> None:
    clock = FakeClock()
    model = ScriptedModel([failure(FailureKind.SERVER), ANSWER], clock)
    called = await call(model, clock, waits=1000)
    assert called.result == ANSWER
    assert model.within == [60, 60]
