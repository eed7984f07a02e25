"""Facts about the one retry loop."""

from collections.abc import Sequence

import pytest

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


async def call(
    model: ScriptedModel,
    clock: FakeClock,
    *,
    attempts: int = 4,
    timeout: float = 60,  # noqa: ASYNC109 - a setting of the retry loop
    deadline: float = 100,
) -> Called:
    settings = RunSettings(attempts=attempts, timeout=timeout, deadline=deadline)
    return await send_with_retry(model, REQUEST, settings=settings, clock=clock, random=lambda: 1.0)


async def test_an_answer_at_once_is_one_call() -> None:
    clock = FakeClock()
    called = await call(ScriptedModel([ANSWER], clock), clock)
    assert called == Called(result=ANSWER, calls=1, may_be_billed=False)
    assert clock.slept == []


async def test_passing_failures_are_waited_out_and_counted() -> None:
    clock = FakeClock()
    script: Script = [failure(FailureKind.OVERLOADED), failure(FailureKind.CONNECTION), ANSWER]
    called = await call(ScriptedModel(script, clock), clock)
    assert called == Called(result=ANSWER, calls=3, may_be_billed=False)
    assert clock.slept == [0.5, 1.0]


async def test_a_hopeless_failure_is_returned_at_once() -> None:
    clock = FakeClock()
    hopeless = failure(FailureKind.SPEND_LIMIT)
    called = await call(ScriptedModel([hopeless], clock), clock)
    assert called == Called(result=hopeless, calls=1, may_be_billed=False)


async def test_attempts_are_limited() -> None:
    clock = FakeClock()
    overloaded = failure(FailureKind.OVERLOADED)
    called = await call(ScriptedModel([overloaded] * 3, clock), clock, attempts=3)
    assert called == Called(result=overloaded, calls=3, may_be_billed=False)


async def test_malformed_answers_are_counted_apart_from_other_failures() -> None:
    clock = FakeClock()
    broken = failure(FailureKind.MALFORMED)
    script: Script = [failure(FailureKind.SERVER), broken, failure(FailureKind.SERVER), broken]
    called = await call(ScriptedModel(script, clock), clock, attempts=9)
    assert called == Called(result=broken, calls=4, may_be_billed=True)


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
    assert called == Called(result=limited, calls=1, may_be_billed=False)
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


@pytest.mark.parametrize(
    ("kind", "billed"),
    [
        (FailureKind.TIMEOUT, True),
        (FailureKind.MALFORMED, True),
        (FailureKind.WRONG_MODEL, True),
        (FailureKind.OVERLOADED, False),
        (FailureKind.CONNECTION, False),
    ],
)
async def test_a_failed_attempt_that_the_server_worked_for_may_be_billed(
    kind: FailureKind, billed: bool
) -> None:
    clock = FakeClock()
    called = await call(ScriptedModel([failure(kind), ANSWER], clock), clock)
    assert called.may_be_billed is billed
