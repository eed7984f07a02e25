"""Message Batches over the official SDK: many requests, answered within a day at half the price."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Self

import httpx2
from anthropic import AsyncAnthropic, AsyncStream, DefaultAioHttpClient, Timeout

from evalgate.adapters.claude_request import body
from evalgate.adapters.claude_results import read_result
from evalgate.adapters.claude_routes import API_URL
from evalgate.adapters.claude_telling import Teller
from evalgate.errors import UsageError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.document import Data
from evalgate.model.route import Provider, Route

BATCHES = "/v1/messages/batches"
SECONDS = 120.0
SUBMIT_SECONDS = 600.0
"""How long a call may take; a batch of many megabytes takes its time to be sent."""

MOST_LISTED = 100


class ClaudeBatches:
    """The Message Batches API, as `evalgate.model.ports.BatchService` asks for it.

    Use it as an asynchronous context manager, or call `aclose()`.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        routes: Mapping[str, Route] | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            api_key: sent as a bearer token.
            base_url: of the server; None means the Claude API itself.
            routes: by name, to tell which of them lead to the Claude API.
        """
        url = base_url or API_URL
        self._routes = {"": Route(), **(routes or {})}
        self._teller = Teller(url=url, secrets=(api_key,))
        self._client = AsyncAnthropic(
            api_key=api_key, base_url=url, max_retries=0, http_client=DefaultAioHttpClient()
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

    async def submit(self, requests: Sequence[tuple[str, ChatRequest]]) -> str | CallFailure:
        """Hand requests in and return the id of the batch.

        Raises:
            UsageError: a request goes over a provider that has no batches.
        """
        self._check([request for _, request in requests])
        # The API may take a batch whose confirmation is lost: whoever retries looks for it first.
        answer = await self._asked(self._post(requests), SUBMIT_SECONDS)
        if isinstance(answer, CallFailure):
            return answer
        identity = answer.get("id")
        return identity if isinstance(identity, str) and identity else self._odd("id")

    async def pending(self, batch: str) -> int | CallFailure:
        """Return how many requests of a batch still wait; 0 when it has ended."""
        answer = await self._asked(self._get(f"{BATCHES}/{batch}"), SECONDS)
        if isinstance(answer, CallFailure):
            return answer
        if answer.get("processing_status") == "ended":
            return 0
        counts = _counts(answer)
        return self._odd("request_counts") if counts is None else max(1, counts["processing"])

    async def results(self, batch: str) -> AsyncIterator[tuple[str, Completion | CallFailure]]:
        """Yield id and result of each request of a batch that has ended, in any order.

        Where the results cannot be had, or break off, the last one has an empty id and says why.
        """
        with self._teller.watching(within=SECONDS) as watch:
            async with await self._client.get(
                f"{BATCHES}/{batch}/results",
                cast_to=object,
                options={"timeout": Timeout(SECONDS)},
                stream=True,
                stream_cls=AsyncStream[object],
            ) as stream:
                async for line in _lines(stream.response):
                    yield read_result(line, stream.response.headers)
        if watch.failure is not None:
            yield "", watch.failure

    async def recent(self) -> Sequence[tuple[str, int]] | CallFailure:
        """Return the latest batches, newest first: id, and how many requests each has."""
        answer = await self._asked(self._get(f"{BATCHES}?limit={MOST_LISTED}"), SECONDS)
        if isinstance(answer, CallFailure):
            return answer
        batches = answer.get("data")
        listed = [_listed(each) for each in batches] if isinstance(batches, list) else [None]
        known = [each for each in listed if each is not None]
        return known if len(known) == len(listed) else self._odd("data")

    def _check(self, requests: Sequence[ChatRequest]) -> None:
        for name in {request.route for request in requests}:
            provider = self._routes[name].provider
            if provider is not Provider.DIRECT:
                raise UsageError(
                    f"route `{name}`: {provider} has no batches; run them over the Claude API, or "
                    "leave out `--engine batches`"
                )

    def _odd(self, key: str) -> CallFailure:
        told = f"the answer about batches has no proper `{key}`"
        return self._teller.told(FailureKind.MALFORMED, told)

    async def _asked(
        self, call: Coroutine[object, object, httpx2.Response], within: float
    ) -> Mapping[str, Data] | CallFailure:
        """Return the object that a call answers, or the typed failure."""
        answer: object = None
        with self._teller.watching(within=within) as watch:
            async with asyncio.timeout(within):
                answer = json.loads((await call).content)
        if watch.failure is not None:
            return watch.failure
        if isinstance(answer, Mapping):
            return answer
        return self._teller.told(FailureKind.MALFORMED, "expected a JSON object in the response")

    async def _get(self, path: str) -> httpx2.Response:
        return await self._client.get(path, cast_to=httpx2.Response)

    async def _post(self, requests: Sequence[tuple[str, ChatRequest]]) -> httpx2.Response:
        asked = [
            {"custom_id": identity, "params": body(request, model=self._model(request))}
            for identity, request in requests
        ]
        return await self._client.post(
            BATCHES,
            cast_to=httpx2.Response,
            body={"requests": asked},
            options={"timeout": Timeout(SUBMIT_SECONDS)},
        )

    def _model(self, request: ChatRequest) -> str:
        return self._routes[request.route].model_id(request.model)


async def _lines(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Yield the lines that are not blank; a text may hold what Python takes for a line's end."""
    rest: list[bytes] = []
    async for chunk in response.aiter_bytes():
        first, *others = chunk.split(b"\n")
        rest.append(first)
        for line in others:
            whole, rest = b"".join(rest), [line]
            if whole.strip():
                yield whole
    last = b"".join(rest)
    if last.strip():
        yield last


def _listed(batch: object) -> tuple[str, int] | None:
    counts = _counts(batch)
    identity = batch.get("id") if isinstance(batch, Mapping) else None
    if counts is None or not isinstance(identity, str):
        return None
    return identity, sum(counts.values())


def _counts(batch: object) -> dict[str, int] | None:
    counts = batch.get("request_counts") if isinstance(batch, Mapping) else None
    if not isinstance(counts, Mapping) or not isinstance(counts.get("processing"), int):
        return None
    return {str(name): count for name, count in counts.items() if isinstance(count, int)}
