"""What the calls of one event loop share: the connections, and the equal calls in flight."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from evalgate.adapters.fork_lock import call_in_children, leave_to_parent
from evalgate.model.call_ports import StreamingModel
from evalgate.model.route import Route
from evalgate.runtime.call import Outcome
from evalgate.runtime.remembering.in_flight import InFlight

Connect = Callable[[Mapping[str, Route]], StreamingModel]
"""Prepares the connections to all routes."""


@dataclass(slots=True, eq=False)
class Line:
    """The connections of one event loop, over the routes that they were opened for.

    `calls` are under way. Once it is replaced, the last one of them closes it.
    """

    model: StreamingModel
    routes: Mapping[str, Route]
    closing: AsyncGenerator[None, None] | None = None
    in_flight: InFlight[Outcome] = field(default_factory=InFlight)
    calls: int = 0
    is_replaced: bool = False

    async def aclose(self) -> None:
        """Close the connections."""
        if self.closing is not None:
            with suppress(RuntimeError):  # somebody else is closing it, or its event loop is gone
                await self.closing.aclose()


class Lines:
    """The lines of a process, each opened by the first call in its event loop.

    A forked process opens its own: a connection that two processes share belongs to neither. An
    event loop that ends as `asyncio.run` ends it closes its lines, whoever has forgotten to.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._open: dict[asyncio.AbstractEventLoop, list[Line]] = {}
        call_in_children(self._leave)

    async def here(self, routes: Mapping[str, Route]) -> Line:
        """Return the line of the running event loop, over these routes."""
        for line in reversed(self._open.get(asyncio.get_running_loop(), [])):
            if line.routes is routes or line.routes == routes:
                return line
        return await self._opened(routes)

    @asynccontextmanager
    async def used(self, routes: Mapping[str, Route]) -> AsyncIterator[Line]:
        """Give a call the line of the running event loop, which stays open as long as it needs."""
        line = await self.here(routes)
        line.calls += 1
        try:
            yield line
        finally:
            line.calls -= 1
            await self._close_if_done(line)

    async def aclose(self) -> None:
        """Close the connections of the running event loop, and those that it has replaced."""
        for each in self._open.pop(asyncio.get_running_loop(), []):
            await each.aclose()

    async def _opened(self, routes: Mapping[str, Route]) -> Line:
        for loop in [each for each in list(self._open) if each.is_closed()]:
            self._open.pop(loop, None)
        model = self._connect(routes)
        closing = _closing(model)
        # It begins without a pause, so that no other call can come in between. An event loop that
        # ends closes every generator that has begun in it.
        await anext(closing)
        line = Line(model=model, routes=routes, closing=closing)
        lines = self._open.setdefault(asyncio.get_running_loop(), [])
        before = list(lines)
        lines.append(line)
        for each in before:
            each.is_replaced = True
            await self._close_if_done(each)
        return line

    async def _close_if_done(self, line: Line) -> None:
        if line.is_replaced and not line.calls:
            lines = self._open.get(asyncio.get_running_loop(), [])
            if line in lines:
                lines.remove(line)
            await line.aclose()

    def _leave(self) -> None:
        leave_to_parent(self._open)
        self._open = {}


async def _closing(model: StreamingModel) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await model.aclose()
