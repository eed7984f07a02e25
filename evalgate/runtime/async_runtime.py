"""The runtime for applications with an event loop; `runtime` is its twin without one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, Unpack
from weakref import finalize

from evalgate.errors import UsageError
from evalgate.model.call_ports import Event
from evalgate.model.content import ToolResult
from evalgate.model.document import Data
from evalgate.model.reply import Reply
from evalgate.runtime.answering import Answering
from evalgate.runtime.asked import NO_VARIABLES, Asked, AsyncFallback, AsyncOptions
from evalgate.runtime.call import Call, Outcome
from evalgate.runtime.conversation import Talk
from evalgate.runtime.desk import in_own_words, unheeded, unserved
from evalgate.runtime.opening import Log, Place, open_desk
from evalgate.runtime.stating import stated
from evalgate.runtime.twin import Twin
from evalgate.runtime.versions.split import Chooser


class AsyncRuntime(Twin):
    """Answers calls by the name of a prompt, in the event loop of the application.

    Use it as an asynchronous context manager, or call `aclose()` at the end.
    """

    def __init__(  # noqa: PLR0913 - each says where one thing comes from
        self,
        prompts: str | Path = "prompts",
        *,
        log: Log | None = None,
        override: str | Path | None = None,
        server: str | None = None,
        fallbacks: Mapping[str, AsyncFallback] = MappingProxyType({}),
        chooser: Chooser | None = None,
        on_event: Callable[[Event], None] | None = None,
        revision: str | None = None,
    ) -> None:
        """Read the prompts, and check that every route has its key; see `Runtime`."""
        self._desk = open_desk(
            Place(
                prompts=Path(prompts),
                log=log,
                override=None if override is None else Path(override),
                server=server,
                chooser=chooser,
                on_event=on_event,
                revision=revision,
            )
        )
        self._fallbacks = self._desk.fallbacks(fallbacks, is_awaited=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections of this event loop, and write what waits."""
        await self._desk.aclose()

    async def reply(
        self,
        prompt: str,
        variables: Mapping[str, Data] = NO_VARIABLES,
        **options: Unpack[AsyncOptions],
    ) -> Reply:
        """Return the answer to a prompt; see `Runtime.reply`.

        Raises:
            CallError: when nobody has an answer; its kinds are told apart by subclass and `kind`.
            UsageError: when there is no such prompt, or a variable does not fit.
        """
        return await self.asked(stated(prompt, variables, options, is_awaited=True))

    def stream(
        self,
        prompt: str,
        variables: Mapping[str, Data] = NO_VARIABLES,
        **options: Unpack[AsyncOptions],
    ) -> "AsyncStream":
        """Return the answer to a prompt as its words come; the arguments are those of `reply`."""
        return self.streamed(stated(prompt, variables, options, is_awaited=True, streamed=True))

    def conversation(
        self,
        prompt: str,
        variables: Mapping[str, Data] = NO_VARIABLES,
        *,
        state: str = "",
        **options: Unpack[AsyncOptions],
    ) -> "AsyncConversation":
        """Begin a conversation, or go on with one; see `Runtime.conversation`."""
        asked = stated(prompt, variables, options, is_awaited=True)
        return AsyncConversation(self, asked, Talk.of(state, pin=asked.pin))

    async def asked(self, asked: Asked) -> Reply:
        """Return the answer to a call that is stated as a value."""
        call = self._desk.call(asked)
        outcome = await self._desk.answer(call)
        return self._desk.reply(call, await self._in_own_words(call, asked, outcome))

    def streamed(self, asked: Asked, *, after: Callable[[Reply], None] = unheeded) -> "AsyncStream":
        """Return the stream of a call that is stated as a value; `after` is told its reply."""
        call = self._desk.call(asked)
        words: asyncio.Queue[str | None] = asyncio.Queue()
        answering = Answering(self._desk, call)
        task = asyncio.ensure_future(answering.outcome(words.put_nowait))
        task.add_done_callback(lambda _: words.put_nowait(None))

        async def ended(outcome: Outcome) -> tuple[str, Reply]:
            own = await self._in_own_words(call, asked, outcome)
            reply = self._desk.reply(call, own)
            after(reply)
            return own.own_text or "", reply

        return AsyncStream(words, task, ended, left=answering.leave)

    async def _in_own_words(self, call: Call, asked: Asked, outcome: Outcome) -> Outcome:
        fallback = asked.fallback or self._fallbacks.get(asked.prompt)
        told = unserved(call, outcome) if fallback else None
        if fallback is None or told is None:
            return outcome
        with self._desk.written_if_broken(call, outcome):
            said = fallback(told)
            return in_own_words(outcome, await said if isinstance(said, Awaitable) else said)


class AsyncStream:
    """The words of an answer as they come: iterate over it, then look at `reply`.

    Leave it by its context manager, so that an answer nobody listens to is no longer paid for.
    """

    def __init__(
        self,
        words: "asyncio.Queue[str | None]",
        task: "asyncio.Future[Outcome]",
        ended: Callable[[Outcome], Awaitable[tuple[str, Reply]]],
        *,
        left: Callable[[], None],
    ) -> None:
        self._words = words
        self._task = task
        self._ended = ended
        self._reply: Reply | None = None
        self._is_over = False
        # One that is thrown away instead goes on to its end, and is written down then.
        self._leave = finalize(self, left)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        # What was given up is written down before the application goes on.
        await asyncio.wait({self._task})
        self._leave()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        if self._is_over:
            raise StopAsyncIteration
        word = await self._words.get()
        if word is not None:
            return word
        self._is_over = True
        text, self._reply = await self._ended(await self._task)
        if not text:
            raise StopAsyncIteration
        return text

    @property
    def reply(self) -> Reply:
        """The whole answer, once its words have ended; raise UsageError before."""
        if self._reply is None:
            raise UsageError("the stream has not ended: iterate over all of it first")
        return self._reply


class AsyncConversation:
    """Several turns that stay with one version; one turn at a time."""

    def __init__(self, runtime: AsyncRuntime, asked: Asked, talk: Talk) -> None:
        self._runtime = runtime
        self._asked = asked
        self._talk = talk

    @property
    def state(self) -> str:
        """The conversation as a text, to go on with it later or in another process."""
        return self._talk.text()

    async def reply(self) -> Reply:
        """Return the answer to what has been said so far; at first that is the prompt alone."""
        return await self._answered(self._talk)

    async def say(self, text: str) -> Reply:
        """Return the answer to some more words of the user."""
        return await self._answered(self._talk.said(text))

    async def give(self, results: Mapping[str, str | ToolResult]) -> Reply:
        """Return the answer to the results of tools, by the ids in `reply.tool_calls`."""
        return await self._answered(self._talk.resulted(results))

    def stream(self, text: str = "") -> AsyncStream:
        """Return the answer as its words come, to some more words of the user or to none.

        It belongs to the conversation once the stream has ended.
        """
        talk = self._talk.said(text) if text else self._talk
        asked = talk.asks(self._asked, streamed=True)
        return self._runtime.streamed(asked, after=lambda reply: self._keep(talk, reply))

    async def _answered(self, talk: Talk) -> Reply:
        reply = await self._runtime.asked(talk.asks(self._asked))
        self._keep(talk, reply)
        return reply

    def _keep(self, talk: Talk, reply: Reply) -> None:
        self._talk = talk.answered(reply)
