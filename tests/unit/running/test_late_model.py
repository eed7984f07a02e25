"""Facts about a model that is connected to when it is needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Turn
from evalgate.model.ports import ChatModel
from evalgate.running.late_model import LateModel

REQUEST = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content="Hi"),))
ENDED = CallFailure(kind=FailureKind.REQUEST, message="no")


class Opening:
    """Opens one model after a while, and notes what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        assert request is REQUEST
        self.events.append(f"sent within {within:g}")
        return ENDED

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[ChatModel]:
        await asyncio.sleep(0)
        self.events.append("opened")
        yield self
        self.events.append("closed")


async def test_a_model_that_nobody_asks_is_never_opened() -> None:
    opening = Opening()
    async with LateModel(opening.opened):
        await asyncio.sleep(0)
    assert opening.events == []


async def test_it_is_opened_once_for_all_calls_and_closed_at_the_end() -> None:
    opening = Opening()
    async with LateModel(opening.opened) as model:
        ends = await asyncio.gather(*(model.send(REQUEST, within=3) for _ in range(5)))
        assert "closed" not in opening.events
    assert ends == [ENDED] * 5
    assert opening.events == ["opened", *["sent within 3"] * 5, "closed"]
