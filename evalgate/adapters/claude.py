"""Claude over the official SDK: one attempt per call, and every failure a typed value."""

import asyncio
import math
import time
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Self, cast

from anthropic import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    APIWebhookValidationError,
    AsyncAnthropic,
    AsyncAPIResponse,
    DefaultAioHttpClient,
    Timeout,
    omit,
)
from anthropic.types import Message, MessageParam, OutputConfigParam, ToolParam

from evalgate.adapters.claude_failures import ADVICE, kind_of
from evalgate.adapters.claude_reply import BadReply, read_reply
from evalgate.adapters.claude_request import message, output_config, sendable, tool, trial_header
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import ToolCall

API_URL = "https://api.anthropic.com"
CONNECT_SECONDS = 10.0
LONGEST_MESSAGE = 240

KIND_WITHOUT_STATUS: Mapping[type[APIError], FailureKind] = {
    APITimeoutError: FailureKind.TIMEOUT,
    APIConnectionError: FailureKind.CONNECTION,
    APIResponseValidationError: FailureKind.MALFORMED,
    APIWebhookValidationError: FailureKind.MALFORMED,
    APIError: FailureKind.SERVER,
}
"""The kinds of the SDK's exceptions that stand for no error response, most exact class first."""


class ClaudeModel:
    """Claude, or any server that speaks its API, as `evalgate.model.ports.ChatModel` asks for it.

    The SDK's own retries are off. Use it as an asynchronous context manager, or call `aclose()`.
    """

    def __init__(self, *, api_key: str, base_url: str | None = None) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            api_key: sent as a bearer token.
            base_url: of the server; None means the Claude API itself.
        """
        # A deprecated model still answers: its warning is shown once, and is never an error.
        warnings.filterwarnings("once", r"The model '.*' is deprecated", DeprecationWarning)
        self._secret = api_key
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url or API_URL,
            max_retries=0,
            http_client=DefaultAioHttpClient(),
        )

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
        """Close the connections."""
        await self._client.close()

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        """Return the answer to one attempt, or the typed failure."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(within):
                response = await self._post(request, within)
        except APIStatusError as error:
            return self._status_failure(error)
        except APIError as error:
            return self._transport_failure(error)
        except TimeoutError:
            late = f"no answer within {within:.3g} s"
            return CallFailure(kind=FailureKind.TIMEOUT, message=late)
        latency_ms = round(1000 * (time.perf_counter() - started))
        return await _completion(response, requested=request.model, latency_ms=latency_ms)

    async def _post(self, request: ChatRequest, within: float) -> AsyncAPIResponse[Message]:
        # The API knows more blocks and efforts than any SDK release lists: ours go out as they are.
        messages = cast("list[MessageParam]", [message(turn) for turn in request.turns])
        tools = cast("list[ToolParam]", [tool(each) for each in request.tools])
        config = cast("OutputConfigParam", output_config(request))
        return await self._client.messages.with_raw_response.create(
            model=request.model,
            max_tokens=request.max_tokens,
            messages=messages,
            system=sendable(request.system) or omit,
            tools=tools or omit,
            output_config=config or omit,
            extra_headers=trial_header(request.trial),
            timeout=Timeout(within, connect=min(within, CONNECT_SECONDS)),
        )

    def _status_failure(self, error: APIStatusError) -> CallFailure:
        # The SDK hands these on as the server wrote them, whatever their types say.
        error_type, said = _text(error.type), _text(error.api_message)
        kind = kind_of(error.status_code, error_type=error_type, code=error.error_code)
        label = " ".join(filter(None, (f"HTTP {error.status_code}", error_type, error.error_code)))
        return CallFailure(
            kind=kind,
            message=self._one_line(kind, f"{label}: {said}" if said else label),
            retry_after=retry_after(error.response.headers),
            request_id=error.request_id,
        )

    def _transport_failure(self, error: APIError) -> CallFailure:
        kind = next(k for c, k in KIND_WITHOUT_STATUS.items() if isinstance(error, c))
        cause = type(error.__cause__ or error).__name__
        place = self._client.base_url
        text = f"no answer from {place.scheme}://{place.netloc.decode()}: {cause}"
        return CallFailure(kind=kind, message=self._one_line(kind, text))

    def _one_line(self, kind: FailureKind, text: str) -> str:
        """Make one short printable line without the API key, which servers sometimes repeat."""
        if self._secret:
            text = text.replace(self._secret, "[key]")
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        short = line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"
        return f"{short} ({ADVICE[kind]})" if kind in ADVICE else short


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, or None when it names no sensible number."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


async def _completion(
    response: AsyncAPIResponse[Message], *, requested: str, latency_ms: int
) -> Completion | CallFailure:
    """Read the body ourselves: the SDK returns HTML as text and fills missing fields with None."""
    try:
        reply = read_reply(await response.json(), requested=requested)
    except (ValueError, RecursionError):
        got = response.headers.get("content-type", "no content type")[:60]
        told = f"HTTP {response.status_code} with a body that is not JSON ({got})"
        reply = BadReply(kind=FailureKind.MALFORMED, message=told)
    if isinstance(reply, BadReply):
        return CallFailure(kind=reply.kind, message=reply.message, request_id=response.request_id)
    return Completion(
        text=reply.text,
        model=reply.model,
        stop_reason=reply.stop_reason,
        usage=reply.usage,
        latency_ms=latency_ms,
        request_id=response.request_id,
        simulated=response.headers.get("x-evalgate-simulator") is not None,
        blocks=reply.blocks,
        tool_calls=tuple(block for block in reply.blocks if isinstance(block, ToolCall)),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
