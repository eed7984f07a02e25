"""The runtime for applications without an event loop; see `async_runtime` for its twin."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType, TracebackType
from typing import Self, Unpack
from weakref import finalize

from evalgate.errors import CallError, DeadlineError, UsageError
from evalgate.model.call_ports import Event
from evalgate.model.chat import FailureKind
from evalgate.model.content import ToolResult
from evalgate.model.document import Data
from evalgate.model.reply import Reply
from evalgate.runtime.answering import Answering
from evalgate.runtime.asked import NO_VARIABLES, Asked, Fallback, Options
from evalgate.runtime.call import CANCELLED, Call, Outcome
from evalgate.runtime.conversation import Talk
from evalgate.runtime.desk import in_own_words, unheeded, unserved
from evalgate.runtime.opening import Log, Place, open_desk
from evalgate.runtime.portal import ClosedError, Portal
from evalgate.runtime.stating import stated
from evalgate.runtime.twin import Twin
from evalgate.runtime.versions.split import Chooser

BACKSTOP = 1.0
"""Seconds beyond its deadline after which a call is given up whose event loop does not turn."""


class Runtime(Twin):
    """Answers calls by the name of a prompt; safe for threads, and in forked processes.

    Use it as a context manager, or call `close()` at the end.
    """

    def __init__(  # noqa: PLR0913 - each says where one thing comes from
        self,
        prompts: str | Path = "prompts",
        *,
        log: Log | None = None,
        override: str | Path | None = None,
        server: str | None = None,
        fallbacks: Mapping[str, Fallback] = MappingProxyType({}),
        chooser: Chooser | None = None,
        on_event: Callable[[Event], None] | None = None,
        revision: str | None = None,
    ) -> None:
        """Read the prompts, and check that every route has its key.

        Args:
            prompts: the folder of the prompts, with `runtime.yml` where there is one.
            log: a folder for the call log, a logger, or a function that takes lines; by default
                the folder in EVALGATE_LOG, or else `logs`.
            override: the override file of this host; by default what EVALGATE_OVERRIDE names.
            server: one address in place of all providers, which asks for no key.
            fallbacks: by prompt, the application's own answer where no model gives one.
            chooser: says which of two versions serves, in place of the split.
            on_event: told of moved pointers, opened breakers and broken files.
            revision: of the application, for the log; by default that in EVALGATE_REVISION.

        Raises:
            ConfigurationError: when a file of the folder is wrong.
            UsageError: when the log, a cache or a route cannot be used.
        """
        self._portal = Portal()
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
        self._fallbacks = self._desk.fallbacks(fallbacks, is_awaited=False)
        # Whoever forgets to close it is helped out at the end of the process.
        self._closed = finalize(self, self._portal.close, self._desk.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, and write what waits; nothing can be asked after that."""
        self._closed()

    def reply(
        self, prompt: str, variables: Mapping[str, Data] = NO_VARIABLES, **options: Unpack[Options]
    ) -> Reply:
        """Return the answer to a prompt.

        Args:
            prompt: its name.
            variables: a value for each input of it.
            options: see `Options`.

        Raises:
            CallError: when nobody has an answer; its kinds are told apart by subclass and `kind`.
            UsageError: when there is no such prompt, or a variable does not fit.
        """
        return self.asked(stated(prompt, variables, options, is_awaited=False))

    def stream(
        self, prompt: str, variables: Mapping[str, Data] = NO_VARIABLES, **options: Unpack[Options]
    ) -> "Stream":
        """Return the answer to a prompt as its words come; the arguments are those of `reply`."""
        return self.streamed(stated(prompt, variables, options, is_awaited=False, streamed=True))

    def conversation(
        self,
        prompt: str,
        variables: Mapping[str, Data] = NO_VARIABLES,
        *,
        state: str = "",
        **options: Unpack[Options],
    ) -> "Conversation":
        """Begin a conversation, which stays with the version that answers first, or go on with one.

        Args:
            prompt: its name.
            variables: a value for each input of it, the same ones every time.
            state: what `Conversation.state` was; empty for a new one.
            options: see `Options`.

        Raises:
            UsageError: when the state is none.
        """
        asked = stated(prompt, variables, options, is_awaited=False)
        return Conversation(self, asked, Talk.of(state, pin=asked.pin))

    def asked(self, asked: Asked) -> Reply:
        """Return the answer to a call that is stated as a value."""
        call = self._call(asked)
        outcome = self._outcome(call)
        return self._desk.reply(call, self._in_own_words(call, asked, outcome))

    def streamed(self, asked: Asked, *, after: Callable[[Reply], None] = unheeded) -> "Stream":
        """Return the stream of a call that is stated as a value; `after` is told its reply."""
        call = self._call(asked)
        answering = Answering(self._desk, call)
        words: SimpleQueue[str | None] = SimpleQueue()
        future = self._portal.start(answering.outcome(words.put))
        future.add_done_callback(lambda _: words.put(None))

        def ended(outcome: Outcome) -> tuple[str, Reply]:
            own = self._in_own_words(call, asked, outcome)
            reply = self._desk.reply(call, own)
            after(reply)
            return own.own_text or "", reply

        return Stream(words, future, ended, left=answering.leave)

    def _call(self, asked: Asked) -> Call:
        if not self._closed.alive:
            raise UsageError("the runtime is closed: make another one, and close it at the end")
        return self._desk.call(asked)

    def _outcome(self, call: Call) -> Outcome:
        answering, prompt = Answering(self._desk, call), call.version.prompt
        outcome = None
        try:
            outcome = self._portal.run(answering.outcome(), within=call.left() + BACKSTOP)
        except TimeoutError:
            self._desk.write(call, Outcome(error=FailureKind.DEADLINE.value))
            told = f"`{prompt}` got no answer in time: the process is too busy"
            raise DeadlineError(told, kind="deadline", request_id=call.request_id) from None
        except ClosedError:
            told = f"`{prompt}` got no answer: the runtime was closed during the call"
            raise CallError(told, kind=CANCELLED, request_id=call.request_id) from None
        finally:
            if outcome is None:  # also after an interrupt in the thread that waits
                answering.leave()
        return outcome

    def _in_own_words(self, call: Call, asked: Asked, outcome: Outcome) -> Outcome:
        fallback = asked.fallback or self._fallbacks.get(asked.prompt)
        told = unserved(call, outcome) if fallback else None
        if fallback is None or told is None:
            return outcome
        with self._desk.written_if_broken(call, outcome):
            return in_own_words(outcome, fallback(told))


class Stream:
    """The words of an answer as they come: iterate over it, then look at `reply`.

    Leave it by its context manager, so that an answer nobody listens to is no longer paid for.
    """

    def __init__(
        self,
        words: "SimpleQueue[str | None]",
        future: "Future[Outcome]",
        ended: Callable[[Outcome], tuple[str, Reply]],
        *,
        left: Callable[[], None],
    ) -> None:
        self._words = words
        self._future = future
        self._ended = ended
        self._reply: Reply | None = None
        self._is_over = False
        # Whoever forgets to leave it has left it when it is thrown away.
        self._leave = finalize(self, _leave, future, left)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._is_over:
            raise StopIteration
        word = self._words.get()
        if word is not None:
            return word
        self._is_over = True
        text, self._reply = self._ended(self._future.result())
        if not text:
            raise StopIteration
        return text

    @property
    def reply(self) -> Reply:
        """The whole answer, once its words have ended; raise UsageError before."""
        if self._reply is None:
            raise UsageError("the stream has not ended: iterate over all of it first")
        return self._reply


def _leave(future: "Future[Outcome]", left: Callable[[], None]) -> None:
    future.cancel()
    left()


class Conversation:
    """Several turns that stay with one version; not to be shared by threads."""

    def __init__(self, runtime: Runtime, asked: Asked, talk: Talk) -> None:
        self._runtime = runtime
        self._asked = asked
        self._talk = talk

    @property
    def state(self) -> str:
        """The conversation as a text, to go on with it later or in another process."""
        return self._talk.text()

    def reply(self) -> Reply:
        """Return the answer to what has been said so far; at first that is the prompt alone."""
        return self._answered(self._talk)

    def say(self, text: str) -> Reply:
        """Return the answer to some more words of the user."""
        return self._answered(self._talk.said(text))

    def give(self, results: Mapping[str, str | ToolResult]) -> Reply:
        """Return the answer to the results of tools, by the ids in `reply.tool_calls`."""
        return self._answered(self._talk.resulted(results))

    def stream(self, text: str = "") -> Stream:
        """Return the answer as its words come, to some more words of the user or to none.

        It belongs to the conversation once the stream has ended.
        """
        talk = self._talk.said(text) if text else self._talk
        asked = talk.asks(self._asked, streamed=True)
        return self._runtime.streamed(asked, after=lambda reply: self._keep(talk, reply))

    def _answered(self, talk: Talk) -> Reply:
        reply = self._runtime.asked(talk.asks(self._asked))
        self._keep(talk, reply)
        return reply

    def _keep(self, talk: Talk, reply: Reply) -> None:
        self._talk = talk.answered(reply)
