"""Answers calls: from what is remembered, by the models, and at last from what is out of date."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from evalgate.model.call import ServedBy
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, FailureKind
from evalgate.runtime.attempts import Attempts, Failover
from evalgate.runtime.call import BROKEN, CANCELLED, DISABLED, Call, Outcome
from evalgate.runtime.line import Line
from evalgate.runtime.listening import Hear, Listener
from evalgate.runtime.remembering.answers import Answers
from evalgate.runtime.remembering.idempotency import Idempotency

_IN_TIME = frozenset({FailureKind.DEADLINE.value, FailureKind.TIMEOUT.value})


def unheard(text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What answers calls under one state of the settings.

    `answers` is None where nothing is remembered. `smell` tells what is wrong with an answer, and
    `on_cancelled` takes a call that its caller has given up.
    """

    failover: Failover
    idempotency: Idempotency
    answers: Callable[[Call], Answers | None]
    smell: Callable[[Call, Completion], tuple[str, ...]]
    on_cancelled: Callable[[Call, Outcome], object]

    async def answer(self, call: Call, line: Line, *, hear: Hear = unheard) -> Outcome:
        """Return who answered a call with what, or why nobody did.

        Args:
            call: what is asked.
            line: the connections of this event loop.
            hear: takes the words of a stream as they come.

        Raises:
            UsageError: the idempotency key was used for another call.
        """
        if call.is_disabled:
            return Outcome(error=DISABLED)
        listener = Listener(call=call, model=line.model, hear=hear, clock=self.failover.clock)
        attempts = Attempts(
            call=call,
            targets=call.targets,
            failover=self.failover,
            ask=listener.ask,
            has_begun=lambda: listener.has_begun,
        )
        try:
            with call.span.current():
                return await self._answer(call, line, attempts=attempts, listener=listener)
        except asyncio.CancelledError:
            self.on_cancelled(call, Outcome(error=CANCELLED, tries=attempts.tries()))
            raise

    async def _answer(
        self, call: Call, line: Line, *, attempts: Attempts, listener: Listener
    ) -> Outcome:
        found = await self._remembered(call)
        if found is None:
            found = await self._asked(call, line, attempts=attempts, listener=listener)
        if found.completion is None and not listener.has_begun:
            found = await self._stale(call, found)
        if found.completion is not None and not listener.has_begun and call.streamed:
            listener.say(found.completion.text)
        if call.own is not None and found.completion is not None:
            await self._complete(call, found, found.completion)
        return replace(found, ttft_ms=listener.ttft_ms) if call.streamed else found

    async def _remembered(self, call: Call) -> Outcome | None:
        if call.own is not None:
            kept = await self.idempotency.begin(call.own)
            if kept is not None:
                return _from_cache(ServedBy.CACHE, kept, age=self.failover.now() - kept.at)
        answers = self.answers(call)
        found = await answers.fresh(call.key) if answers else None
        return _from_cache(ServedBy.CACHE, found.kept, age=found.age) if found else None

    async def _asked(
        self, call: Call, line: Line, *, attempts: Attempts, listener: Listener
    ) -> Outcome:
        async def fetch() -> Outcome:
            return await self._made(call, await attempts.outcome(), listener=listener)

        key = call.own.answer if call.own else call.key
        if not key or call.streamed:
            return await fetch()
        left = call.ends - self.failover.clock.monotonic()
        try:
            async with asyncio.timeout(left):
                joined = await line.in_flight.join(key, fetch=fetch)
        except TimeoutError:
            return Outcome(error=FailureKind.DEADLINE.value, tries=attempts.tries())
        if not joined.is_shared:
            return joined.answer
        if joined.answer.error in _IN_TIME:
            # The other one may have been given less time.
            return await fetch()
        return _shared(joined.answer)

    async def _made(self, call: Call, outcome: Outcome, *, listener: Listener) -> Outcome:
        completion = outcome.completion
        if completion is None:
            return replace(outcome, error=BROKEN) if listener.has_begun else outcome
        smell = self.smell(call, completion)
        answers = self.answers(call)
        if answers is not None:
            await answers.keep(
                call.key,
                completion,
                route=outcome.route or "",
                served_by=outcome.served_by,
                smell=smell,
            )
        return replace(outcome, smell=smell)

    async def _stale(self, call: Call, outcome: Outcome) -> Outcome:
        answers = self.answers(call)
        found = await answers.stale(call.key) if answers else None
        if found is None:
            return outcome
        old = _from_cache(ServedBy.STALE_CACHE, found.kept, age=found.age)
        return replace(old, tries=outcome.tries, error=outcome.error)

    async def _complete(self, call: Call, outcome: Outcome, completion: Completion) -> None:
        if call.own is None or outcome.served_by in (ServedBy.CACHE, ServedBy.SHARED):
            return
        kept = Kept(
            completion=completion,
            route=outcome.route or "",
            at=self.failover.now(),
            degraded=outcome.is_degraded,
        )
        await self.idempotency.complete(call.own, kept)


def _shared(outcome: Outcome) -> Outcome:
    """Return what the outcome of another call is to one that has waited for it."""
    if outcome.completion is None:
        return replace(outcome, tries=())
    return replace(outcome, served_by=ServedBy.SHARED, tries=(), was_degraded=outcome.is_degraded)


def _from_cache(served_by: ServedBy, kept: Kept, *, age: float) -> Outcome:
    return Outcome(
        served_by=served_by,
        completion=kept.completion,
        route_name=kept.route,
        age_s=max(age, 0.0),
        was_degraded=kept.degraded,
    )
