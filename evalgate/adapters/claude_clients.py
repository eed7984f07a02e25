"""Opens the SDK's clients, one class per provider, over one shared set of connections."""

from anthropic import (
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicBedrockMantle,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
)
from httpx2 import AsyncClient

from evalgate.adapters.claude_routes import Clouds
from evalgate.model.route import Provider, Route

Client = (
    AsyncAnthropic
    | AsyncAnthropicBedrock
    | AsyncAnthropicBedrockMantle
    | AsyncAnthropicFoundry
    | AsyncAnthropicVertex
)


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
