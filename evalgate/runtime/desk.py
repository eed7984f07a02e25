"""Where calls come in and replies go out: the parts of a runtime, put together once."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from evalgate.adapters.clock import SystemClock
from evalgate.adapters.prices import PriceTable
from evalgate.errors import UsageError
from evalgate.model.call import CallRecord, ServedBy
from evalgate.model.call_ports import Event
from evalgate.model.chat import Completion, FailureKind
from evalgate.model.override import Forced, Override
from evalgate.model.reading import suggestion
from evalgate.model.reply import Reply
from evalgate.model.smell import Smell
from evalgate.runtime.asked import Asked, AsyncFallback, Unserved
from evalgate.runtime.attempts import Failover
from evalgate.runtime.call import BROKEN, BUG, Call, Outcome
from evalgate.runtime.ending import Ending
from evalgate.runtime.failover.breaker import Condition
from evalgate.runtime.failover.breakers import Breakers
from evalgate.runtime.failover.budget import RetryBudget
from evalgate.runtime.failover.notices import place
from evalgate.runtime.line import Lines
from evalgate.runtime.listening import Hear
from evalgate.runtime.order import Caches, Order
from evalgate.runtime.reception import Reception
from evalgate.runtime.remembering.answers import Answers
from evalgate.runtime.remembering.idempotency import Idempotency
from evalgate.runtime.remembering.memory_cache import MemoryCache
from evalgate.runtime.service import Service, unheard
from evalgate.runtime.smelling.smell import smells
from evalgate.runtime.spooling import Spooling
from evalgate.runtime.stating import checked_fallbacks, own_text
from evalgate.runtime.telling import error, reply
from evalgate.runtime.versions.shelf import Shelf

REMEMBERED_KEYS = 10_000
"""Idempotency keys that a process remembers."""


def _nothing() -> None:
    return


@dataclass(slots=True, eq=False)
class _State:
    """What the settings of the moment amount to; it is replaced as a whole."""

    order: Order
    service: Service
    override: Override


@dataclass(slots=True, kw_only=True, eq=False)
class Desk:
    """The parts of one runtime. `forced` are the routes that the application holds itself."""

    shelf: Shelf
    reception: Reception
    lines: Lines
    caches: Caches
    on_event: Callable[[Event], None]
    ending: Ending
    spooling: Spooling
    close_log: Callable[[], None] = _nothing
    now: Callable[[], float] = time.time
    forced: dict[str, Forced] = field(default_factory=dict)
    _breakers: Breakers = field(init=False)
    _near: MemoryCache = field(init=False)
    _state: _State = field(init=False)

    def __post_init__(self) -> None:
        """Start from what the files say."""
        serving = self.shelf.serving
        self._breakers = Breakers(serving)
        self._near = MemoryCache(entries=REMEMBERED_KEYS, now=time.monotonic)
        self.caches.open(serving)
        self._state = self._started(Order(serving))
        # Here, rather than by the first calls: what that loads cannot be loaded during a fork.
        for live in map(self.shelf.live, self.shelf.prompts):
            for version in (live.stable, live.canary):
                if version is not None:
                    self._state.order.expected(version)

    def fallbacks(
        self, given: Mapping[str, AsyncFallback], *, is_awaited: bool
    ) -> dict[str, AsyncFallback]:
        """Return the application's own functions by prompt; see `checked_fallbacks`."""
        return checked_fallbacks(given, self.shelf.names(), is_awaited=is_awaited)

    def order(self) -> Order:
        """Return what follows from the settings as they are now."""
        return self._current().order

    def call(self, asked: Asked) -> Call:
        """Take a call in; see `Reception.call`."""
        return self.reception.call(asked, self.order())

    async def answer(self, call: Call, *, hear: Hear = unheard) -> Outcome:
        """Answer a call as far as models and caches can; see `Service.answer`."""
        state = self._current()
        with self._written_if_raised(call):
            async with self.lines.used(call.routes) as line:
                return await state.service.answer(call, line, hear=hear)

    def reply(self, call: Call, outcome: Outcome) -> Reply:
        """Write a call down, and return what its caller gets, or raise CallError."""
        told = self.write(call, outcome)
        self.caches.watch()
        if outcome.served_by is ServedBy.NOBODY:
            raise error(call, outcome)
        return reply(outcome, told)

    def write(self, call: Call, outcome: Outcome) -> CallRecord:
        """Write a call down, once."""
        return self.ending.end(call, outcome)

    @contextmanager
    def written_if_broken(self, call: Call, outcome: Outcome) -> Iterator[None]:
        """Write a call down whose fallback raises; the exception is the application's own."""
        is_whole = False
        try:
            yield
            is_whole = True
        finally:
            if not is_whole:
                self.write(call, outcome)

    @contextmanager
    def _written_if_raised(self, call: Call) -> Iterator[None]:
        """Write a call down that ends in an exception; one that is cancelled has been already."""
        error: str | None = BUG
        try:
            yield
            error = None
        except asyncio.CancelledError:
            error = None
            raise
        except UsageError:
            error = FailureKind.REQUEST.value
            raise
        finally:
            if error is not None:
                self.write(call, Outcome(error=error))

    def conditions(self) -> dict[str, Condition]:
        """Return the states of the breakers, by route and model."""
        self._current()
        known = self._breakers.conditions(now=time.monotonic())
        return {place(name, model): each for (name, model), each in known.items()}

    def force(self, route: str, state: Forced | None) -> None:
        """Hold a route open or closed, or let it go."""
        routes = self.order().serving.routes
        if route not in routes:
            raise UsageError(f"there is no route `{route}`{suggestion(route, routes)}")
        if state is None:
            self.forced.pop(route, None)
        elif state in tuple(Forced):
            self.forced[route] = Forced(state)
        else:
            raise UsageError("state: expected Forced.OPEN, Forced.CLOSED, or None to let it go")
        self._breakers.force(self._all_forced())

    async def aclose(self) -> None:
        """Close connections, caches and files."""
        await self.lines.aclose()
        await self.caches.aclose()
        try:
            await asyncio.to_thread(self.spooling.close)
        except RuntimeError:  # the process is ending: nothing else waits for this loop
            self.spooling.close()
        self.close_log()

    def _current(self) -> _State:
        state = self._state
        serving, override = self.shelf.serving, self.shelf.override
        if override is not state.override:
            self._breakers.force(self._all_forced())
            state.override = override
        if serving is not state.order.serving:
            self._breakers.follow(serving)
            state = self._state = self._started(Order(serving))
        return state

    def _all_forced(self) -> Mapping[str, Forced]:
        held = {name: each.state for name, each in self.shelf.override.routes.items()}
        return held | self.forced

    def _started(self, order: Order) -> _State:
        serving, override = order.serving, self.shelf.override
        self._breakers.force(self._all_forced())
        failover = Failover(
            breakers=self._breakers,
            retries=RetryBudget(serving.retry),
            hedges=order.hedges,
            clock=SystemClock(),
            prices=PriceTable(),
            now=self.now,
            draw=random.random,
            on_event=self.on_event,
        )
        far = self.caches.cache(serving.cache) if serving.cache else None
        service = Service(
            failover=failover,
            idempotency=Idempotency(self._near, far),
            answers=self._answers,
            smell=lambda call, completion: smell(order, call, completion),
            on_cancelled=self.write,
        )
        return _State(order=order, service=service, override=override)

    def _answers(self, call: Call) -> Answers | None:
        return self.caches.answers(call.terms.cache) if call.key else None


def smell(order: Order, call: Call, completion: Completion) -> tuple[Smell, ...]:
    """Return what is wrong with an answer at first glance."""
    return smells(
        completion.text,
        stop_reason=completion.stop_reason,
        tool_calls=completion.tool_calls,
        expected=order.expected(call.version),
        request=call.request,
    )


def unserved(call: Call, outcome: Outcome) -> Unserved | None:
    """Return what the application's own function is told; None where it is not asked."""
    if outcome.served_by is not ServedBy.NOBODY or outcome.error == BROKEN:
        return None
    return Unserved(
        prompt=call.version.prompt,
        version=call.version.version,
        variables=call.variables,
        error=outcome.error or "",
        request_id=call.request_id,
    )


def unheeded(reply: Reply) -> None:
    """Do nothing with a reply."""


def in_own_words(outcome: Outcome, text: object) -> Outcome:
    """Return what becomes of a call that the application answers itself.

    Raises:
        UsageError: when it is no text.
    """
    return replace(outcome, served_by=ServedBy.APPLICATION, own_text=own_text(text))
