"""Makes the attempts of one call: target after target, until one answers or nobody is left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from evalgate.model.call import Rung, ServedBy, Try
from evalgate.model.call_ports import Event
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.ports import Clock, Prices
from evalgate.model.serving import HedgeRules
from evalgate.runtime.asking import without_thoughts
from evalgate.runtime.call import NO_ROUTE, Call, Outcome
from evalgate.runtime.failover.breaker import Lease, Report
from evalgate.runtime.failover.breakers import Breakers
from evalgate.runtime.failover.budget import HedgeBudget, RetryBudget
from evalgate.runtime.failover.notices import breaker_event, refusal_event
from evalgate.runtime.failover.outcomes import OUTCOMES, Effect, effect_of
from evalgate.runtime.failover.plan import Attempt, Course, Means, Stop, next_step
from evalgate.runtime.failover.targets import Target
from evalgate.runtime.hedging import first_answer
from evalgate.runtime.telling import cost_usd

_GIVEN_UP = CallFailure(kind=FailureKind.DEADLINE, message="given up")

Ask = Callable[[ChatRequest, float], Awaitable[Completion | CallFailure]]
"""Makes one attempt of at most so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """What the calls of a process share, so that one learns from the failures of the others.

    `now` gives seconds since 1970, for events.
    """

    breakers: Breakers
    retries: RetryBudget
    hedges: Callable[[HedgeRules], HedgeBudget]
    clock: Clock
    prices: Prices
    now: Callable[[], float]
    draw: Callable[[], float]
    on_event: Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An attempt that has ended."""

    target: Target
    result: Completion | CallFailure
    told: Try


@dataclass(slots=True, kw_only=True)
class Attempts:
    """The attempts of one call.

    `ask` makes one; `has_begun` says whether the application has seen some of its answer, which
    nobody else may go on with.
    """

    call: Call
    targets: tuple[Target, ...]
    failover: Failover
    ask: Ask
    has_begun: Callable[[], bool] = lambda: False
    made: list[Made] = field(default_factory=list)

    async def outcome(self) -> Outcome:
        """Return who answered with what, or why nobody did."""
        clock, retry = self.failover.clock, self.failover.retries
        retry.first(now=clock.monotonic())
        course, failure, means = Course(targets=self.targets), None, self._means()
        while True:
            remaining = self.call.ends - clock.monotonic()
            step = next_step(
                course, failure, remaining=remaining, means=means, has_begun=self.has_begun()
            )
            if isinstance(step, Stop):
                return self._unserved(step)
            if step.pause > 0:
                await clock.sleep(step.pause)
            course = step.course
            made = await self._try(step, course)
            if made is not None and isinstance(made.result, Completion):
                return self._served(made, made.result)
            failure = made.result if made and isinstance(made.result, CallFailure) else None

    def _means(self) -> Means:
        clock, breakers = self.failover.clock, self.failover.breakers
        return Means(
            timing=self.call.terms.timing,
            retry=self.failover.retries.rules,
            wait=lambda target: breakers.wait(target, now=clock.monotonic()),
            serves_at_last=lambda target: breakers.serves_at_last(target, now=clock.monotonic()),
            may_retry=lambda: self.failover.retries.take(now=clock.monotonic()),
            draw=self.failover.draw,
        )

    async def _try(self, step: Attempt, course: Course) -> Made | None:
        """Make an attempt; None when the breaker gives no leave after all."""
        lease = self._leave(step.target, step.seconds, as_last_resort=step.is_last_resort)
        if lease is None:
            return None
        hedge = self.call.terms.hedge
        first = self._attempt(step.target, step.rung, step.seconds, lease)
        if hedge is None or self.call.streamed:
            return await first
        self.failover.hedges(hedge).call()
        return await first_answer(
            first,
            lambda: self._hedge(course, hedge, step.seconds - hedge.after),
            after=hedge.after,
        )

    def _hedge(self, course: Course, rules: HedgeRules, seconds: float) -> Awaitable[Made] | None:
        """Return an attempt beside one that is slow, over another route where there is one."""
        budget, last = self.failover.hedges(rules), course.target
        if seconds <= 0:
            return None
        alike = [each for each in self.targets if each.model == last.model and each != last]
        for target in (*alike, last):
            lease = self._leave(target, seconds)
            if lease is None:
                continue
            if budget.take():
                return self._attempt(target, Rung.HEDGE, seconds, lease)
            self._report(target, lease, Report(effect=Effect.NONE))
            return None
        return None

    def _leave(
        self, target: Target, seconds: float, *, as_last_resort: bool = False
    ) -> Lease | None:
        now = self.failover.clock.monotonic()
        breakers, draw = self.failover.breakers, self.failover.draw
        lease = breakers.admit(target, now=now, within=seconds, as_last_resort=as_last_resort)
        for change in breakers.listen(target, now=now, draw=draw):
            self.failover.on_event(breaker_event(change, at=self.failover.now()))
        return lease

    async def _attempt(self, target: Target, rung: Rung, seconds: float, lease: Lease) -> Made:
        clock = self.failover.clock
        began, result = clock.monotonic(), None
        try:
            result = await self.ask(_request(self.call, target), seconds)
        finally:
            took = clock.monotonic() - began
            told = self._told(target, rung, result, took)
            self._report(target, lease, _report_of(result, took), failure=told.failure)
            ended = _GIVEN_UP if result is None else result
            made = Made(target=target, result=ended, told=told)
            self.made.append(made)
        return made

    def _report(
        self, target: Target, lease: Lease, report: Report, *, failure: FailureKind | None = None
    ) -> None:
        clock, on_event = self.failover.clock, self.failover.on_event
        changes = self.failover.breakers.report(
            target, lease, report, now=clock.monotonic(), draw=self.failover.draw
        )
        for change in changes:
            on_event(breaker_event(change, at=self.failover.now()))
        if changes and failure is not None and OUTCOMES[failure].alarms:
            on_event(refusal_event(target, failure, at=self.failover.now()))

    def _told(
        self, target: Target, rung: Rung, result: Completion | CallFailure | None, took: float
    ) -> Try:
        failure = result.kind if isinstance(result, CallFailure) else None
        cost = None
        if isinstance(result, Completion):
            cost = cost_usd(self.failover.prices, target.route, result)
        return Try(
            rung=rung,
            route=target.route_name,
            provider=target.route.provider.value,
            region=target.route.region,
            model=target.model,
            failure=failure,
            abandoned=result is None,
            latency_ms=round(1000 * took),
            request_id=result.request_id if result is not None else None,
            cost_usd=cost,
        )

    def _served(self, made: Made, completion: Completion) -> Outcome:
        if made.target.model != self.call.request.model:
            served_by = ServedBy.SMALLER_MODEL
        elif made.target.key == self.targets[0].key:
            served_by = ServedBy.PRIMARY
        else:
            served_by = ServedBy.OTHER_ROUTE
        return Outcome(
            served_by=served_by,
            completion=completion,
            target=made.target,
            tries=self.tries(),
        )

    def _unserved(self, stop: Stop) -> Outcome:
        last = self.made[-1].told.failure if self.made else None
        kind = stop.kind or last
        return Outcome(error=NO_ROUTE if kind is None else kind.value, tries=self.tries())

    def tries(self) -> tuple[Try, ...]:
        """Return the attempts so far, in the order in which they ended."""
        return tuple(each.told for each in self.made)


def _report_of(result: Completion | CallFailure | None, took: float) -> Report:
    if result is None:
        return Report(effect=Effect.NONE)
    after = result.retry_after if isinstance(result, CallFailure) else None
    return Report(effect=effect_of(result), seconds=took, retry_after=after)


def _request(call: Call, target: Target) -> ChatRequest:
    request = call.request
    if call.thought_over is not None and call.thought_over != target.key:
        request = without_thoughts(request)
    if (request.route, request.model) == target.key:
        return request
    return replace(request, route=target.route_name, model=target.model)
