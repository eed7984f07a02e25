"""Leaves a judge alone that does not answer, by the breaker that applications use."""

from collections.abc import Callable

from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.ports import Clock
from evalgate.model.serving import BreakerRules
from evalgate.running.account import Calls
from evalgate.running.calls import Called
from evalgate.runtime.failover.breaker import Breaker, Report
from evalgate.runtime.failover.outcomes import OUTCOMES, Effect

RULES = BreakerRules(window=300.0, in_a_row=8, open=30.0, longest_open=600.0, probes=1)
"""A call here has its retries behind it, so that few failures prove much."""

LEFT_ALONE = FailureKind.CALL_NEEDED
"""What a call fails with that was not made, because the judge is left alone."""


class JudgeGuard:
    """The breaker of the judge; it outlives the passes of a worker."""

    def __init__(self, clock: Clock, *, random: Callable[[], float], patience: float) -> None:
        """Begin closed.

        Args:
            clock: the time that the breaker goes by.
            random: draws from 0 up to 1, for its jitter.
            patience: seconds that an attempt may take.
        """
        self._clock = clock
        self._random = random
        self._patience = patience
        self._breaker = Breaker(RULES, patience=patience)

    def around(self, calls: Calls) -> Calls:
        """Return calls that are made only while the breaker lets them through."""
        return _Guarded(self, calls)

    async def call(self, calls: Calls, request: ChatRequest) -> Called:
        """Make a call, or fail at once with `LEFT_ALONE`."""
        lease = self._breaker.admit(self._clock.monotonic(), within=self._patience)
        if lease is None:
            wait = self._breaker.wait(self._clock.monotonic())
            message = f"the judge did not answer lately, and is left alone for {wait:.0f} s"
            return Called(result=CallFailure(kind=LEFT_ALONE, message=message))
        effect, seconds = Effect.NONE, 0.0
        try:
            called = await calls.call(request)
            effect, seconds = _effect(called), called.seconds
        finally:
            report = Report(effect=effect, seconds=seconds)
            self._breaker.report(lease, report, now=self._clock.monotonic(), draw=self._random())
        return called


class _Guarded:
    def __init__(self, guard: JudgeGuard, calls: Calls) -> None:
        self._guard = guard
        self._calls = calls

    async def call(self, request: ChatRequest) -> Called:
        """Return the answer or the failure, and what it took."""
        return await self._guard.call(self._calls, request)


def _effect(called: Called) -> Effect:
    if not isinstance(called.result, CallFailure):
        return Effect.SUCCESS
    # What ends a pass by itself needs no breaker; a deadline means that all attempts failed.
    known = OUTCOMES[called.result.kind].effect
    if called.result.kind is FailureKind.DEADLINE or known is Effect.HOLD:
        return Effect.FAILURE
    return Effect.NONE if known in (Effect.ROUTE, Effect.LONG) else known
