"""One attempt: what it is given, and what the application hears of it."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from evalgate.model.call_ports import Piece
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.runtime.listening import Listener
from evalgate.simulator.fakes import FakeClock
from evalgate.simulator.scripted_model import Said, ScriptedModel
from tests.unit.runtime.calls import REQUEST, a_call


class Noting(ScriptedModel):
    """A model that notes the limits of time which it is given, and may end without a word."""

    __slots__ = ("is_mute", "limits", "was_left")

    def __init__(self, said: Said, clock: FakeClock) -> None:
        super().__init__(script=lambda _: said, clock=clock)
        self.limits: list[tuple[float, ...]] = []
        self.is_mute = self.was_left = False

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        self.limits.append((within,))
        return await super().send(request, within=within)

    async def stream(
        self, request: ChatRequest, *, within: float, first_content: float, between: float
    ) -> AsyncGenerator[Piece | Completion | CallFailure, None]:
        self.limits.append((within, first_content, between))
        try:
            async for each in super().stream(
                request, within=within, first_content=first_content, between=between
            ):
                if not self.is_mute:
                    yield each
        finally:
            self.was_left = True


class Ear:
    """A listener of a call that ends after 10 seconds, and all that it hears."""

    def __init__(self, said: Said | None = None, *, streamed: bool = True) -> None:
        self.clock, self.heard = FakeClock(), list[str]()
        self.model = Noting(said or Said(), self.clock)
        self.listener = Listener(
            call=replace(a_call(clock=self.clock), streamed=streamed),
            model=self.model,
            hear=self.heard.append,
            clock=self.clock,
        )

    async def ask(self, seconds: float = 4.0) -> Completion | CallFailure:
        return await self.listener.ask(REQUEST, seconds)


async def test_a_plain_call_has_the_time_of_its_attempt_and_is_not_heard() -> None:
    ear = Ear(streamed=False)
    assert isinstance(await ear.ask(), Completion)
    assert ear.model.limits == [(4.0,)]
    assert ear.heard == []
    assert not ear.listener.has_begun


async def test_a_stream_may_go_on_until_the_call_ends_once_it_has_words() -> None:
    ear = Ear()
    await ear.ask(4.0)
    timing = ear.listener.call.terms.timing
    assert ear.model.limits == [(10.0, 4.0, timing.between)]


async def test_first_words_are_awaited_no_longer_than_the_settings_say() -> None:
    ear = Ear()
    terms = ear.listener.call.terms
    hasty = replace(terms, timing=replace(terms.timing, first_content=1.0, between=0.5))
    ear.listener.call = replace(ear.listener.call, terms=hasty)
    await ear.ask(12.0)
    assert ear.model.limits == [(12.0, 1.0, 0.5)]


async def test_words_are_passed_on_and_the_first_ones_are_timed() -> None:
    ear = Ear(Said(pieces=("Yes", "", ", within 30 days."), after=0.25))
    await ear.ask()
    assert ear.heard == ["Yes", ", within 30 days."]
    assert (ear.listener.has_begun, ear.listener.ttft_ms) == (True, 250)
    ear.clock.advance(5.0)
    ear.listener.say("more")
    assert ear.listener.ttft_ms == 250


async def test_no_words_are_no_beginning() -> None:
    ear = Ear(Said(failure=FailureKind.OVERLOADED))
    result = await ear.ask()
    assert isinstance(result, CallFailure)
    assert (ear.listener.has_begun, ear.listener.ttft_ms) == (False, None)
    ear.listener.say("")
    assert not ear.listener.has_begun


async def test_a_stream_without_an_end_was_cut() -> None:
    ear = Ear()
    ear.model.is_mute = True
    result = await ear.ask()
    assert isinstance(result, CallFailure)
    assert result.kind is FailureKind.CUT


async def test_a_stream_is_closed_when_the_application_fails_to_listen() -> None:
    ear = Ear(Said(pieces=("Yes", "No")))

    def deaf(text: str) -> None:
        raise LookupError(text)

    ear.listener.hear = deaf
    with pytest.raises(LookupError):
        await ear.ask()
    assert ear.model.was_left
