"""Facts about where routes lead."""

from collections.abc import Callable

import pytest
from anthropic import (
    AsyncAnthropic,
    AsyncAnthropicBedrock,
    AsyncAnthropicBedrockMantle,
    AsyncAnthropicFoundry,
    AsyncAnthropicVertex,
)
from httpx2 import AsyncClient

from evalgate.adapters.claude_clients import Client
from evalgate.adapters.claude_routes import Clouds, origin, server
from evalgate.model.route import Provider, Route

KEY = "token"
PLACES = [
    (Route(), "https://api.anthropic.com 2026-10-21"),
    (
        Route(provider=Provider.BEDROCK, region="eu-central-1"),
        "https://bedrock-mantle.eu-central-1.api.aws/anthropic bedrock eu-central-1 2026-10-21",
    ),
    (
        Route(provider=Provider.BEDROCK_INVOKE, region="eu-central-1"),
        "https://bedrock-runtime.eu-central-1.amazonaws.com bedrock_invoke eu-central-1 2026-10-21",
    ),
    (
        Route(provider=Provider.VERTEX, region="europe-west1", project="p"),
        "https://europe-west1-aiplatform.googleapis.com/v1 vertex europe-west1 2026-10-21",
    ),
    (
        Route(provider=Provider.VERTEX, region="global", project="p"),
        "https://aiplatform.googleapis.com/v1 vertex global 2026-10-21",
    ),
    (
        Route(provider=Provider.VERTEX, region="eu", project="p"),
        "https://aiplatform.eu.rep.googleapis.com/v1 vertex eu 2026-10-21",
    ),
    (
        Route(provider=Provider.FOUNDRY, resource="r"),
        "https://r.services.ai.azure.com/anthropic foundry 2026-10-21",
    ),
]


@pytest.mark.parametrize(("route", "expected"), PLACES)
def test_the_origin_names_server_provider_region_and_version(route: Route, expected: str) -> None:
    assert origin(route, base_url="", clouds=Clouds()) == expected


def test_a_server_in_place_of_the_provider_s_own_is_another_origin() -> None:
    assert origin(Route(), base_url="http://me:secret@host:1/p/", clouds=Clouds()) == (
        "http://host:1/p 2026-10-21"
    )
    vertex = Route(provider=Provider.VERTEX, region="eu", project="p")
    own = Clouds(vertex_url="http://host/v1")
    assert origin(vertex, base_url="http://not-this", clouds=own) == (
        "http://host/v1 vertex eu 2026-10-21"
    )


def test_the_policy_s_resource_goes_before_the_environment_s() -> None:
    clouds = Clouds(foundry_resource="other")
    route = Route(provider=Provider.FOUNDRY, resource="mine")
    assert "//mine." in server(route, base_url="", clouds=clouds)
    assert "//other." in server(Route(provider=Provider.FOUNDRY), base_url="", clouds=clouds)


def test_no_credential_shows_when_clouds_are_printed() -> None:
    names = ("aws_token", "aws_access_key", "aws_secret_key", "aws_session_token")
    clouds = Clouds(**dict.fromkeys((*names, "vertex_token", "foundry_key"), "secret"))
    assert "secret" not in repr(clouds)


@pytest.mark.parametrize("route", [route for route, _ in PLACES])
async def test_a_route_leads_where_the_sdk_would_go_by_itself(route: Route) -> None:
    region, project = route.region or "", route.project or ""
    async with AsyncClient() as http:
        clients: dict[Provider, Callable[[], Client]] = {
            Provider.DIRECT: lambda: AsyncAnthropic(api_key=KEY, http_client=http),
            Provider.BEDROCK: lambda: AsyncAnthropicBedrockMantle(
                api_key=KEY, aws_region=region, http_client=http
            ),
            Provider.BEDROCK_INVOKE: lambda: AsyncAnthropicBedrock(
                api_key=KEY, aws_region=region, http_client=http
            ),
            Provider.VERTEX: lambda: AsyncAnthropicVertex(
                access_token=KEY, region=region, project_id=project, http_client=http
            ),
            Provider.FOUNDRY: lambda: AsyncAnthropicFoundry(
                api_key=KEY, resource=route.resource, http_client=http
            ),
        }
        own = str(clients[route.provider]().base_url)
    assert own.rstrip("/") == server(route, base_url="", clouds=Clouds()).rstrip("/")
