"""Opens the SDK's clients, one class per provider, over one shared set of connections."""

from collections.abc import AsyncIterator

from anthropic import (
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicBedrockMantle,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
    DefaultAioHttpClient,
)
from httpx2 import AsyncByteStream, AsyncClient, DecodingError, Limits, Response

from evalgate.adapters.claude_routes import Clouds
from evalgate.model.route import Provider, Route

Client = (
    AsyncAnthropic
    | AsyncAnthropicBedrock
    | AsyncAnthropicBedrockMantle
    | AsyncAnthropicFoundry
    | AsyncAnthropicVertex
)

MOST_CONNECTIONS = 10_000
KEPT_SECONDS = 30.0
"""How long an idle connection is kept: shorter than servers do, who may else close it in use."""

MEGABYTE = 1024**2
LARGEST_BODY = 64 * MEGABYTE
"""Bytes of a response; the longest stream of a model is a third of that."""

LARGEST_PACKED_BODY = 64 * 1024
"""The same where it is compressed, unasked: a byte may hold a thousand."""


def open_connections() -> AsyncClient:
    """Return connections for clients to share; they read no more of a response than is sensible."""
    return DefaultAioHttpClient(
        limits=Limits(max_connections=MOST_CONNECTIONS, keepalive_expiry=KEPT_SECONDS),
        event_hooks={"response": [_bound]},
        # What is compressed has no size that could be known before it is in memory.
        headers={"accept-encoding": "identity"},
    )


async def _bound(response: Response) -> None:
    packed = response.headers.get("content-encoding", "identity") != "identity"
    if isinstance(response.stream, AsyncByteStream):
        most = LARGEST_PACKED_BODY if packed else LARGEST_BODY
        response.stream = _Bounded(response.stream, most)


class _Bounded(AsyncByteStream):
    """The bytes of a body, which break off with an error where they are too many."""

    def __init__(self, stream: AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > self._most:
                raise DecodingError("the body is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def open_client(
    route: Route, *, url: str, api_key: str, clouds: Clouds, connections: AsyncClient
) -> Client:
    """Return a client for a route; nothing is sent yet, and the SDK's own retries are off.

    Args:
        route: whom to call.
        url: of its server; always given, so that the SDK reads no address from the environment.
        api_key: of the Claude API.
        clouds: the credentials of the other providers.
        connections: carries the calls; it is the caller's to close.
    """
    match route.provider:
        case Provider.DIRECT:
            return AsyncAnthropic(
                api_key=api_key, base_url=url, max_retries=0, http_client=connections
            )
        case Provider.BEDROCK:
            kind = AsyncAnthropicBedrockMantle
            return _bedrock(kind, route, clouds=clouds, url=url, connections=connections)
        case Provider.BEDROCK_INVOKE:
            older = AsyncAnthropicBedrock
            return _bedrock(older, route, clouds=clouds, url=url, connections=connections)
        case Provider.VERTEX:
            return AsyncAnthropicVertex(
                access_token=clouds.vertex_token or None,
                region=route.region or "",
                project_id=route.project or "",
                base_url=url,
                max_retries=0,
                http_client=connections,
            )
        case Provider.FOUNDRY:
            return AsyncAnthropicFoundry(
                api_key=clouds.foundry_key, base_url=url, max_retries=0, http_client=connections
            )


async def sdk_retries() -> int:
    """Return how often a client that is opened here would retry by itself."""
    connections = open_connections()
    try:
        client = open_client(
            Route(), url="http://127.0.0.1:1", api_key="-", clouds=Clouds(), connections=connections
        )
        return client.max_retries
    finally:
        await connections.aclose()


def _bedrock(
    kind: type[AsyncAnthropicBedrockMantle] | type[AsyncAnthropicBedrock],
    route: Route,
    *,
    clouds: Clouds,
    url: str,
    connections: AsyncClient,
) -> Client:
    """Return a client with the credentials that are set: a bearer token goes before a key pair."""
    has_pair = bool(clouds.aws_access_key) and not clouds.aws_token
    return kind(
        api_key=clouds.aws_token or None,
        aws_access_key=clouds.aws_access_key if has_pair else None,
        aws_secret_key=clouds.aws_secret_key if has_pair else None,
        aws_session_token=(clouds.aws_session_token or None) if has_pair else None,
        aws_region=route.region,
        base_url=url,
        max_retries=0,
        http_client=connections,
    )
