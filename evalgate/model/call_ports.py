"""What the runtime asks of the outside world, beside the ports that the gate has too."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from evalgate.model.call import CallRecord
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.ports import ChatModel


@dataclass(frozen=True, slots=True)
class Piece:
    """Some more words of an answer that is being made."""

    text: str


class StreamingModel(ChatModel, Protocol):
    """A model whose answer can be had while it is made, and which knows how to end."""

    def stream(
        self, request: ChatRequest, *, within: float, first_content: float, between: float
    ) -> AsyncGenerator[Piece | Completion | CallFailure, None]:
        """Yield pieces as they come, and last the whole answer or the failure; never raise.

        Args:
            request: what to ask, once.
            within: seconds after which the attempt has failed, however far it has come.
            first_content: seconds until the first event about content, thinking included.
            between: seconds between any two later events.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A remembered answer, who gave it, and when, in seconds since 1970.

    `degraded` is what its first caller was told. It is true only under a caller's own key: what is
    less than was asked for stands for no other call.
    """

    completion: Completion
    route: str
    at: float
    degraded: bool = False


class AnswerCache(Protocol):
    """Answers of the last minutes, by the key of what was asked. It never raises.

    A cache that cannot be reached holds nothing, and counts that in `failures`.
    """

    @property
    def failures(self) -> int:
        """How often it could not be read or written."""
        ...

    async def find(self, key: str) -> Kept | None:
        """Return what is remembered, however old it is."""
        ...

    async def keep(self, key: str, kept: Kept, *, seconds: float) -> None:
        """Remember an answer for at most so many seconds."""
        ...

    async def claim(self, key: str, word: str, *, seconds: float) -> str:
        """Note a word under a key for so many seconds unless one stands there; return what stands.

        Of several who claim a key at once, all get the word of the same one. Keys and words are
        hexadecimal digits; no answer is kept under the key of a claim.
        """
        ...

    async def aclose(self) -> None:
        """Close what is open."""
        ...


class EventKind(StrEnum):
    """What happens to a runtime beside its calls."""

    POINTER_MOVED = "pointer_moved"
    FILE_BROKEN = "file_broken"
    FILE_MENDED = "file_mended"
    OVERRIDE_BEGAN = "override_began"
    OVERRIDE_ENDED = "override_ended"
    BREAKER_OPENED = "breaker_opened"
    BREAKER_CLOSED = "breaker_closed"
    ROUTE_REFUSED = "route_refused"
    LOG_FAILED = "log_failed"
    SPOOL_FULL = "spool_full"
    CACHE_FAILED = "cache_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that an engineer on call wants to know; it goes into the log between the calls.

    `subject` is a prompt, a route, or a file below the prompts' folder. `before` and `after` are
    words such as versions and states, `message` is one line that repeats nothing of a call.
    """

    ts: float
    kind: EventKind
    subject: str
    before: str = ""
    after: str = ""
    message: str = ""


class CallLog(Protocol):
    """Where records of calls, and events between them, are written. It never raises."""

    @property
    def failures(self) -> int:
        """How many lines could not be written."""
        ...

    def write(self, entry: CallRecord | Event) -> None:
        """Append one line."""
        ...
