"""A model that answers as a script says, in the time of a fake clock: for tests of the runtime."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from evalgate.model.call_ports import Piece
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a call gets: after some seconds a failure, or the answer.

    A stream says each of `pieces` first; a failure then strikes after them.
    """

    text: str = "Yes, within 30 days."
    after: float = 0.0
    failure: FailureKind | None = None
    retry_after: float | None = None
    stop_reason: str = "end_turn"
    pieces: tuple[str, ...] = ()


Script = Callable[[ChatRequest], Said]


@dataclass(slots=True, kw_only=True)
class ScriptedModel:
    """A `StreamingModel` that does as its script says; `asked` lists what it was asked."""

    script: Script
    clock: Clock
    asked: list[ChatRequest] = field(default_factory=list)
    is_closed: bool = False

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return what the script says; a timeout where it takes longer than that."""
        self.asked.append(request)
        said = self.script(request)
        await self.clock.sleep(min(said.after, within))
        if said.after > within:
            return CallFailure(kind=FailureKind.TIMEOUT, message="late")
        return self._result(request, said)

    async def stream(
        self,
        request: ChatRequest,
        *,
        within: float,  # noqa: ARG002 - the script tells how long it takes
        first_content: float,
        between: float,  # noqa: ARG002
    ) -> AsyncGenerator[Piece | Completion | CallFailure, None]:
        """Yield the pieces, and last what the script says."""
        self.asked.append(request)
        said = self.script(request)
        await self.clock.sleep(min(said.after, first_content))
        if said.after > first_content:
            yield CallFailure(kind=FailureKind.TIMEOUT, message="late")
            return
        for text in said.pieces or (() if said.failure else (said.text,)):
            yield Piece(text)
        yield self._result(request, said)

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.is_closed = True

    def _result(self, request: ChatRequest, said: Said) -> Completion | CallFailure:
        if said.failure is not None:
            return CallFailure(
                kind=said.failure, message="SECRET words of a server", retry_after=said.retry_after
            )
        return Completion(
            text=said.text,
            model=request.model,
            stop_reason=said.stop_reason,
            usage=Usage(input_tokens=100, output_tokens=10),
            latency_ms=round(1000 * said.after),
            request_id=f"req_{len(self.asked):04}",
        )
