"""Turns the SDK's exceptions into failures: their kind, and one line that repeats no secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from anthropic import APIConnectionError, APIStatusError

from evalgate.adapters.claude_exceptions import kind_of_exception
from evalgate.adapters.claude_failures import advice, kind_of
from evalgate.adapters.claude_limits import read_limits, retry_after
from evalgate.model.chat import CallFailure, FailureKind
from evalgate.model.route import Provider

LONGEST_MESSAGE = 240
SHORTEST_SECRET = 8
"""Shorter ones are placeholders, and may stand in any word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells the failures of one server; `secrets` never stand in a message."""

    provider: Provider = Provider.DIRECT
    url: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def watching(self, *, within: float) -> "Watch":
        """Return a watch over a call that is given so many seconds."""
        return Watch(self, within)

    def failure(self, error: Exception) -> CallFailure | None:
        """Return what an exception means, or None when it is a bug."""
        if isinstance(error, APIStatusError):
            return self._error_response(error)
        kind = kind_of_exception(error)
        # So the SDK says that it found no credentials where it looked for them.
        if kind is None and isinstance(error, RuntimeError) and self._looks_for_credentials:
            return self.told(FailureKind.AUTHENTICATION, str(error))
        if kind is None:
            return None
        return self.told(kind, self._what_happened(kind, error))

    def told(self, kind: FailureKind, text: str) -> CallFailure:
        """Return a failure whose message is one short printable line, with advice."""
        for secret in self.secrets:
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, "[key]")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        short = line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"
        step = advice(kind, self.provider)
        return CallFailure(kind=kind, message=f"{short} ({step})" if step else short)

    def _what_happened(self, kind: FailureKind, error: Exception) -> str:
        cause = error.__cause__ if isinstance(error, APIConnectionError) else None
        name = type(cause or error).__name__
        parts = urlsplit(self.url)
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        match kind:
            case FailureKind.CUT:
                return f"the response from {place} broke off: {name}"
            case FailureKind.MALFORMED:
                return f"the response from {place} cannot be read: {name}"
            case FailureKind.AUTHENTICATION | FailureKind.REQUEST:
                # Nothing was sent, and who did not send it says best why.
                return f"{name}: {error}"
            case _:
                return f"no answer from {place}: {name}"

    @property
    def _looks_for_credentials(self) -> bool:
        return self.provider not in (Provider.DIRECT, Provider.FOUNDRY)

    def _error_response(self, error: APIStatusError) -> CallFailure:
        # The SDK hands these on as the server wrote them, whatever their types say.
        error_type, said = _text(error.type), _text(error.api_message) or _aws_message(error.body)
        kind = kind_of(error.status_code, error_type=error_type, code=error.error_code)
        label = " ".join(filter(None, (f"HTTP {error.status_code}", error_type, error.error_code)))
        told = self.told(kind, f"{label}: {said}" if said else label)
        return CallFailure(
            kind=kind,
            message=told.message,
            retry_after=retry_after(error.response.headers),
            request_id=error.request_id,
            limits=read_limits(error.response.headers),
        )


class LateError(TimeoutError):
    """What was waited for has not come; the text says what."""


class ClosedError(ConnectionError):
    """The connections were closed on this side."""


class Watch:
    """Notes in `failure` what makes a call fail; only a bug or a cancellation escapes."""

    __slots__ = ("_teller", "_within", "failure")

    def __init__(self, teller: Teller, within: float) -> None:
        self._teller = teller
        self._within = within
        self.failure: CallFailure | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, LateError):
            self.failure = self._teller.told(FailureKind.TIMEOUT, str(error))
        elif isinstance(error, TimeoutError):
            late = f"no answer within {self._within:.3g} s"
            self.failure = self._teller.told(FailureKind.TIMEOUT, late)
        elif isinstance(error, ClosedError):
            closed = "the connections were closed while the call was in flight, or before"
            self.failure = CallFailure(kind=FailureKind.CONNECTION, message=closed)
        elif isinstance(error, Exception):
            self.failure = self._teller.failure(error)
        return self.failure is not None


def _aws_message(body: object) -> str | None:
    """Bedrock names no error, only its message."""
    return _text(body.get("message")) if isinstance(body, Mapping) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
