"""The calls of one trial, the answer's and the judge's: how many, at what cost, how failed."""

from dataclasses import dataclass, replace
from typing import Protocol

from evalgate.grading.judgement import Cause
from evalgate.grading.trial import Outcome
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Purpose
from evalgate.model.trial import Grade, TrialError, TrialStatus
from evalgate.running.calls import Called


class Calls(Protocol):
    """Whatever answers requests: with all care, or from what is at hand."""

    async def call(self, request: ChatRequest) -> Called:
        """Return the answer or the failure, and what it took."""
        ...


@dataclass(slots=True)
class Account:
    """Adds up the calls of one trial.

    Costs are in US dollars and None when they are not known; `booked_usd` is then the most that
    they can be. `reused` tells that every answer had been paid for before.
    """

    through: Calls
    calls: int = 0
    cost_usd: float | None = 0.0
    judge_cost_usd: float | None = 0.0
    booked_usd: float = 0.0
    reused: bool = True
    failure: CallFailure | None = None

    async def send(self, request: ChatRequest) -> Completion | CallFailure:
        """Make a call and book it."""
        called = await self.through.call(request)
        self.calls += called.calls
        self.cost_usd = known_sum(self.cost_usd, called.cost_usd)
        if request.purpose is Purpose.JUDGE:
            self.judge_cost_usd = known_sum(self.judge_cost_usd, called.cost_usd)
        self.booked_usd += called.booked_usd
        self.reused = self.reused and called.reused
        if isinstance(called.result, CallFailure):
            self.failure = called.result
        return called.result

    def blame(self, found: Outcome, grades: tuple[Grade, ...]) -> Outcome:
        """Name the judge's failed call as the error of a trial that it left ungraded.

        A trial that lacks a call which may not be made is skipped, even where other graders or
        earlier votes would do: with the call it might have come out otherwise.
        """
        if self.failure is not None and self.failure.kind is FailureKind.CALL_NEEDED:
            return unanswered(self.failure)
        missing = next((grade for grade in grades if grade.required and grade.passed is None), None)
        if self.failure is None or missing is None or missing.cause != Cause.CALL_FAILED:
            return found
        message = f"the judge's call failed: {self.failure.message}"
        return replace(found, error=TrialError(kind=self.failure.kind.value, message=message))


def unanswered(failure: CallFailure) -> Outcome:
    """Return what a trial without an answer comes to: it errored, or was not to be asked at all."""
    is_skipped = failure.kind is FailureKind.CALL_NEEDED
    return Outcome(
        status=TrialStatus.SKIPPED if is_skipped else TrialStatus.ERRORED,
        error=TrialError(kind=failure.kind.value, message=failure.message),
    )


def known_sum(first: float | None, second: float | None) -> float | None:
    """Return the sum of two costs; what is not known keeps the sum from being known."""
    return None if first is None or second is None else first + second
