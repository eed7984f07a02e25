"""Every call of a run goes through here: paid once, within the limits, at the service's pace."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from evalgate.model.chat import (
    MAY_BE_BILLED,
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    RateLimits,
)
from evalgate.model.policy import RunSettings
from evalgate.model.ports import AnswerStore, ChatModel, Clock, Prices
from evalgate.running.budget import Budget
from evalgate.running.calls import Called, send_with_retry
from evalgate.running.keys import answer_key
from evalgate.running.lane import Lane
from evalgate.running.pacing import Pace, Ticket
from evalgate.running.place import Places
from evalgate.running.retry import STOPS_RUN
from evalgate.running.stored import checked, is_of_use
from evalgate.running.worst import worst_usd

OnLimits = Callable[[tuple[str, str], RateLimits], None]


def unheard(lane: tuple[str, str], limits: RateLimits) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What calls are made with. `random` draws from 0 up to 1, for pauses.

    `share` is the part of the account's rate limits that is this process's. `on_limits` is told the
    rate limits that responses state, with the route and the model they are for.
    """

    model: ChatModel
    prices: Prices
    clock: Clock
    random: Callable[[], float]
    settings: RunSettings
    budget: Budget
    places: Places
    store: AnswerStore | None = None
    share: float = 1.0
    on_limits: OnLimits = unheard


class Caller:
    """Answers requests from the store, from a call in flight for the same request, or by a call."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._in_flight: dict[str, asyncio.Future[Called]] = {}
        self._hopeless: CallFailure | None = None

    async def call(self, request: ChatRequest) -> Called:
        """Return the answer or the failure, and what it took."""
        key = answer_key(request, origin=self._means.places.origin(request.route))
        stored = self._means.store.find(key) if self._means.store else None
        answer = None if stored is None else checked(stored, request)
        if isinstance(answer, Completion) and is_of_use(answer, request):
            return Called(result=answer, reused=True)
        running = self._in_flight.get(key)
        if running is not None:
            called = await asyncio.shield(running)
            return Called(result=called.result, reused=True)
        return await self._lead(request, key)

    async def _lead(self, request: ChatRequest, key: str) -> Called:
        """Make the call, for whoever asks the same meanwhile too."""
        future: asyncio.Future[Called] = asyncio.get_running_loop().create_future()
        self._in_flight[key] = future
        try:
            called = await self._send(request)
            if isinstance(called.result, Completion) and self._means.store is not None:
                self._means.store.keep(key, called.result, label=request.trial)
            future.set_result(called)
        finally:
            del self._in_flight[key]
            future.cancel()  # where the call did not end, those who wait for it do not go on either
        return called

    async def _send(self, request: ChatRequest) -> Called:
        means = self._means
        factor = means.places.price_factor(request.route)
        worst = worst_usd(request, means.prices, factor)
        lane = self._lane(request)

        async def attempt(within: float) -> Called:
            ticket = await lane.enter(request)
            if ticket is None or self._hopeless is not None:
                return self._not_sent(lane, ticket)
            refusal = await means.budget.reserve(worst)
            if refusal is not None:
                self._give_up(CallFailure(kind=FailureKind.COST_LIMIT, message=refusal))
                return self._not_sent(lane, ticket)
            if self._hopeless is not None:  # since the reservation, which may have to wait
                means.budget.settle(worst, 0.0)
                return self._not_sent(lane, ticket)
            return await self._sent(request, within, lane=lane, ticket=ticket, worst=worst)

        return await send_with_retry(
            attempt, settings=means.settings, clock=means.clock, random=means.random
        )

    async def _sent(
        self,
        request: ChatRequest,
        within: float,
        *,
        lane: Lane,
        ticket: Ticket,
        worst: float | None,
    ) -> Called:
        means = self._means
        result: Completion | CallFailure | None = None
        cost: float | None = None
        start = means.clock.monotonic()
        try:
            result = await means.model.send(request, within=within)
            cost = self._cost(request, result)
        finally:
            lane.leave(ticket, result)
            if result is not None and result.limits is not None:
                means.on_limits((request.route, request.model), result.limits)
            booked = means.budget.settle(worst, cost)
        if isinstance(result, CallFailure) and (
            result.kind in STOPS_RUN or lane.held() >= means.settings.deadline
        ):
            self._give_up(result)
        seconds = means.clock.monotonic() - start
        return Called(result=result, seconds=seconds, calls=1, cost_usd=cost, booked_usd=booked)

    def _cost(self, request: ChatRequest, result: Completion | CallFailure) -> float | None:
        if isinstance(result, CallFailure):
            return None if result.kind in MAY_BE_BILLED else 0.0
        cost = self._means.prices.cost_usd(result.model, result.usage)
        return None if cost is None else cost * self._means.places.price_factor(request.route)

    def _not_sent(self, lane: Lane, ticket: Ticket | None) -> Called:
        if ticket is not None:
            lane.leave(ticket, None)
        closed = CallFailure(kind=FailureKind.CONNECTION, message="the run was stopped")
        return Called(result=self._hopeless or closed)

    def _give_up(self, failure: CallFailure) -> None:
        """Send nothing any more: every further call would end as this one."""
        self._hopeless = self._hopeless or failure
        for lane in self._lanes.values():
            lane.close()

    def _lane(self, request: ChatRequest) -> Lane:
        place = (request.route, request.model)
        if place not in self._lanes:
            pace = Pace(most=self._means.settings.concurrency, share=self._means.share)
            for (route, _), lane in self._lanes.items():
                if route == request.route:
                    lane.join(pace)
            self._lanes[place] = Lane(pace, self._means.clock)
        return self._lanes[place]
