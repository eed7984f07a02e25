"""A model that is connected to when the first call needs it, and never when none does."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Self

from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.ports import ChatModel


class LateModel:
    """Stands for a model inside `async with`, and closes its connection at the end."""

    def __init__(self, open_model: Callable[[], AbstractAsyncContextManager[ChatModel]]) -> None:
        self._open_model = open_model
        self._model: ChatModel | None = None
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Pass a request on."""
        model = self._model or await self._opened()
        return await model.send(request, within=within)

    async def _opened(self) -> ChatModel:
        async with self._opening:
            if self._model is None:
                self._model = await self._stack.enter_async_context(self._open_model())
        return self._model
