"""Makes one attempt at a time, and passes the words of a stream on as they come."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from evalgate.model.call_ports import Piece, StreamingModel
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.ports import Clock
from evalgate.runtime.call import Call

Hear = Callable[[str], None]
"""Takes some more words of an answer."""

_SILENT = CallFailure(kind=FailureKind.CUT, message="the stream ended without an answer")


@dataclass(slots=True, kw_only=True)
class Listener:
    """Asks a model on behalf of one call; `has_begun` once the application has heard words."""

    call: Call
    model: StreamingModel
    hear: Hear
    clock: Clock
    has_begun: bool = False
    ttft_ms: int | None = None

    async def ask(self, request: ChatRequest, seconds: float) -> Completion | CallFailure:
        """Return how one attempt ended."""
        if not self.call.streamed:
            return await self.model.send(request, within=seconds)
        result: Completion | CallFailure = _SILENT
        timing = self.call.terms.timing
        # Once there are words nobody else can go on, so that no time is kept for others.
        within = max(seconds, self.call.ends - self.clock.monotonic())
        first = min(seconds, timing.first_content)
        stream = self.model.stream(
            request, within=within, first_content=first, between=timing.between
        )
        async with aclosing(stream) as events:
            async for each in events:
                if isinstance(each, Piece):
                    self.say(each.text)
                else:
                    result = each
        return result

    def say(self, text: str) -> None:
        """Pass words on."""
        if not text:
            return
        if not self.has_begun:
            self.has_begun = True
            self.ttft_ms = round(1000 * (self.clock.monotonic() - self.call.began))
        self.hear(text)
