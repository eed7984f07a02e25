"""Facts about opening the SDK's clients."""

import pytest
from anthropic import (
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicBedrockMantle,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
)
from httpx2 import AsyncClient

from evalgate.adapters.claude_clients import Client, open_client
from evalgate.adapters.claude_routes import Clouds, clouds_at
from evalgate.model.route import Provider, Route

URL = "http://127.0.0.1:1"
ROUTES = {
    AsyncAnthropic: Route(),
    AsyncAnthropicBedrockMantle: Route(provider=Provider.BEDROCK, region="r"),
    AsyncAnthropicBedrock: Route(provider=Provider.BEDROCK_INVOKE, region="r"),
    AsyncAnthropicVertex: Route(provider=Provider.VERTEX, region="r", project="p"),
    AsyncAnthropicFoundry: Route(provider=Provider.FOUNDRY, resource="r"),
}
KEY = "key"
PAIR = Clouds(aws_access_key="id", aws_secret_key=KEY, aws_session_token=KEY)


async def opened(route: Route, clouds: Clouds) -> Client:
    async with AsyncClient() as connections:
        return open_client(route, url=URL, api_key=KEY, clouds=clouds, connections=connections)


@pytest.mark.parametrize(("kind", "route"), list(ROUTES.items()))
async def test_every_provider_has_its_own_client_whose_retries_are_off(
    kind: type[Client], route: Route
) -> None:
    client = await opened(route, clouds_at(URL))
    assert type(client) is kind
    assert client.max_retries == 0
    assert str(client.base_url).rstrip("/") == URL


@pytest.mark.parametrize("kind", [AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle])
async def test_a_pair_of_keys_signs_where_there_is_no_bearer_token(
    kind: type[AsyncAnthropicBedrock] | type[AsyncAnthropicBedrockMantle],
) -> None:
    client = await opened(ROUTES[kind], PAIR)
    assert isinstance(client, kind)
    assert (client.api_key, client.aws_access_key, client.aws_session_token) == (None, "id", KEY)


@pytest.mark.parametrize("kind", [AsyncAnthropicBedrock, AsyncAnthropicBedrockMantle])
async def test_a_bearer_token_goes_before_a_pair_of_keys(
    kind: type[AsyncAnthropicBedrock] | type[AsyncAnthropicBedrockMantle],
) -> None:
    both = Clouds(aws_token=KEY, aws_access_key="id", aws_secret_key=KEY)
    client = await opened(ROUTES[kind], both)
    assert isinstance(client, kind)
    assert (client.api_key, client.aws_access_key) == (KEY, None)
