"""Facts about the account of one trial's calls."""

from collections.abc import Iterator

import pytest

from evalgate.grading.judgement import Cause
from evalgate.grading.trial import Outcome
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Purpose, Usage
from evalgate.model.content import Turn
from evalgate.model.trial import Grade, TrialError, TrialStatus
from evalgate.running.account import Account, known_sum
from evalgate.running.calls import Called

ANSWER = Completion(
    text="yes",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)
FAILED = CallFailure(kind=FailureKind.BILLING, message="no money")


class Ends:
    """Calls that end as given, one after the other."""

    def __init__(self, *ends: Called) -> None:
        self._ends: Iterator[Called] = iter(ends)

    async def call(self, request: ChatRequest) -> Called:
        assert request.model == "m"
        return next(self._ends)


def asked(purpose: Purpose) -> ChatRequest:
    turn = Turn(role="user", content="Hi")
    return ChatRequest(model="m", max_tokens=1, turns=(turn,), purpose=purpose)


async def booked(*ends: tuple[Purpose, Called]) -> Account:
    account = Account(Ends(*(called for _, called in ends)))
    for purpose, called in ends:
        assert await account.send(asked(purpose)) == called.result
    return account


def paid(usd: float | None, most: float, calls: int = 1) -> Called:
    return Called(result=ANSWER, calls=calls, cost_usd=usd, booked_usd=most)


async def test_costs_are_added_up_and_the_judge_s_apart() -> None:
    account = await booked(
        (Purpose.ANSWER, paid(1.0, 1.0, 2)),
        (Purpose.JUDGE, paid(0.25, 0.25)),
        (Purpose.JUDGE, paid(0.5, 0.5)),
    )
    assert (account.calls, account.cost_usd, account.judge_cost_usd) == (4, 1.75, 0.75)
    assert (account.booked_usd, account.reused) == (1.75, False)


async def test_a_cost_that_is_not_known_is_booked_at_its_most() -> None:
    account = await booked((Purpose.ANSWER, paid(None, 3.0)), (Purpose.JUDGE, paid(0.5, 0.5)))
    assert (account.cost_usd, account.judge_cost_usd, account.booked_usd) == (None, 0.5, 3.5)


async def test_all_answers_must_be_paid_before_for_the_trial_to_be_reused() -> None:
    old = Called(result=ANSWER, reused=True)
    assert (await booked((Purpose.ANSWER, old), (Purpose.JUDGE, old))).reused
    assert not (await booked((Purpose.ANSWER, old), (Purpose.JUDGE, paid(1, 1)))).reused
    assert not (await booked((Purpose.ANSWER, paid(1, 1)), (Purpose.JUDGE, old))).reused


UNGRADED = Outcome(status=TrialStatus.ERRORED, error=TrialError(kind="ungraded", message="x"))


def grade(cause: str | None, *, required: bool = True) -> Grade:
    passed = None if cause else True
    return Grade(grader="r", passed=passed, score=None, cause=cause, required=required)


async def test_the_judge_s_failed_call_is_to_blame_for_what_it_left_ungraded() -> None:
    account = await booked((Purpose.JUDGE, Called(result=FAILED)))
    found = account.blame(UNGRADED, (grade(None), grade(Cause.CALL_FAILED)))
    assert found.error == TrialError(kind="billing", message="the judge's call failed: no money")


@pytest.mark.parametrize(
    "grades",
    [
        (),
        (grade(None),),
        (grade(Cause.CALL_FAILED, required=False),),
        (grade(Cause.CANNOT_TELL), grade(Cause.CALL_FAILED)),
    ],
)
async def test_it_is_not_to_blame_for_anything_else(grades: tuple[Grade, ...]) -> None:
    account = await booked((Purpose.JUDGE, Called(result=FAILED)))
    assert account.blame(UNGRADED, grades) == UNGRADED


def test_what_is_not_known_keeps_a_sum_from_being_known() -> None:
    assert known_sum(1.0, 2.0) == 3.0
    assert known_sum(None, 2.0) is None
    assert known_sum(1.0, None) is None


@pytest.mark.parametrize("grades", [(), (grade(None),), (grade(None, required=False),)])
async def test_a_call_that_may_not_be_made_leaves_the_trial_out(grades: tuple[Grade, ...]) -> None:
    needed = CallFailure(kind=FailureKind.CALL_NEEDED, message="no call")
    account = await booked((Purpose.JUDGE, Called(result=needed)))
    passed = Outcome(status=TrialStatus.GRADED, passed=True, score=1.0)
    assert account.blame(passed, grades) == Outcome(
        status=TrialStatus.SKIPPED, error=TrialError(kind="call_needed", message="no call")
    )
