"""Facts about when the judge is left alone."""

import asyncio

import pytest

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.content import Turn
from evalgate.monitoring.scoring.guard import LEFT_ALONE, RULES, JudgeGuard
from evalgate.running.calls import Called
from evalgate.simulator.fakes import FakeClock

REQUEST = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content="x"),))
ANSWER = Completion(
    text="", model="m", stop_reason="end_turn", usage=Usage(input_tokens=1, output_tokens=1), latency_ms=1
)  # fmt: skip


class Judge:
    """Fails in one way, or answers."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.guard = JudgeGuard(self.clock, random=lambda: 0.0, patience=60.0)
        self.kind: FailureKind | None = None
        self.calls = 0

    async def call(self, request: ChatRequest) -> Called:  # noqa: ARG002
        self.calls += 1
        if self.kind is None:
            return Called(result=ANSWER, seconds=0.1)
        return Called(result=CallFailure(kind=self.kind, message="no"), seconds=0.1)

    def ask(self, times: int = 1) -> Completion | CallFailure:
        async def asked() -> Completion | CallFailure:
            calls = self.guard.around(self)
            results = [(await calls.call(REQUEST)).result for _ in range(times)]
            return results[-1]

        return asyncio.run(asked())


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.SERVER,
        FailureKind.TIMEOUT,
        FailureKind.DEADLINE,
        FailureKind.RATE_LIMIT,
        FailureKind.CONNECTION,
    ],
)
def test_a_judge_that_fails_again_and_again_is_left_alone(kind: FailureKind) -> None:
    judge = Judge()
    judge.kind = kind
    last = judge.ask(20)
    assert judge.calls == RULES.in_a_row
    assert isinstance(last, CallFailure)
    assert last.kind is LEFT_ALONE


@pytest.mark.parametrize("kind", [FailureKind.REQUEST, FailureKind.COST_LIMIT, FailureKind.BILLING])
def test_what_says_nothing_about_the_judge_opens_nothing(kind: FailureKind) -> None:
    judge = Judge()
    judge.kind = kind
    judge.ask(20)
    assert judge.calls == 20


def test_one_probe_brings_it_back() -> None:
    judge = Judge()
    judge.kind = FailureKind.SERVER
    judge.ask(20)
    judge.kind = None
    judge.clock.advance(RULES.open + 1)
    assert judge.ask(3) == ANSWER
    assert judge.calls == RULES.in_a_row + 3


def test_answers_in_between_keep_it_open_to_calls() -> None:
    judge = Judge()
    for _ in range(10):
        judge.kind = FailureKind.SERVER
        judge.ask(2)
        judge.kind = None
        judge.ask(3)
    assert judge.calls == 50
