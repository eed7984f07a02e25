"""Facts about what keeps a route from being called."""

import pytest

from evalgate.adapters.claude_obstacles import is_installed, obstacles
from evalgate.adapters.claude_routes import Clouds, clouds_at
from evalgate.model.route import Provider, Route

KEY = "token"
BEDROCK = Route(provider=Provider.BEDROCK, region="eu-central-1")
INVOKE = Route(provider=Provider.BEDROCK_INVOKE, region="eu-central-1")
VERTEX = Route(provider=Provider.VERTEX, region="eu", project="p")
FOUNDRY = Route(provider=Provider.FOUNDRY)


def found(route: Route, clouds: Clouds | None = None, *, packages: str = "") -> list[str]:
    return list(
        obstacles(
            route,
            api_key="",
            base_url="",
            clouds=clouds or Clouds(),
            has_package=lambda name: name in packages.split(),
        )
    )


@pytest.mark.parametrize("route", [BEDROCK, INVOKE, VERTEX, FOUNDRY])
def test_a_server_in_place_of_all_clouds_is_reached_by_every_route(route: Route) -> None:
    assert found(route, clouds_at("http://127.0.0.1:8000")) == []


@pytest.mark.parametrize("route", [BEDROCK, INVOKE])
def test_aws_needs_a_bearer_token_or_the_package_that_signs(route: Route) -> None:
    assert found(route) == [
        f"a route over {route.provider} needs boto3 to sign in: "
        'run `pip install "anthropic[bedrock]"`, or set AWS_BEARER_TOKEN_BEDROCK'
    ]
    pair = {"aws_access_key": "a", "aws_secret_key": "b"}
    assert "needs boto3" in found(route, Clouds(**pair))[0]
    assert found(route, Clouds(**pair), packages="boto3") == []
    assert found(route, packages="boto3") == []
    assert found(route, Clouds(aws_token=KEY)) == []


def test_half_a_pair_of_keys_is_no_key() -> None:
    half = Clouds(aws_secret_key=KEY)
    assert "set both or none" in found(BEDROCK, half, packages="boto3")[0]


def test_vertex_needs_an_access_token_or_the_package_that_finds_credentials() -> None:
    assert found(VERTEX) == [
        "a route over vertex needs google-auth to sign in: "
        'run `pip install "anthropic[vertex]"`, or set CLOUDSDK_AUTH_ACCESS_TOKEN'
    ]
    assert found(VERTEX, packages="google.auth") == []
    assert found(VERTEX, Clouds(vertex_token=KEY)) == []


def test_foundry_needs_a_key_and_a_place() -> None:
    assert len(found(FOUNDRY)) == 2
    assert found(FOUNDRY, Clouds(foundry_key="k", foundry_resource="r")) == []
    assert found(Route(provider=Provider.FOUNDRY, resource="r"), Clouds(foundry_key="k")) == []


def test_the_variable_that_holds_no_address_is_named_and_its_value_is_not() -> None:
    told = found(BEDROCK, Clouds(aws_token=KEY, bedrock_url="localhost"))
    assert told == ["ANTHROPIC_BEDROCK_MANTLE_BASE_URL must start with http:// or https://"]


def test_a_key_that_no_header_can_hold_is_not_repeated() -> None:
    told = found(BEDROCK, Clouds(aws_token=KEY + "\n"))
    assert told == ["a key of AWS holds a character that no key has: set it again"]


def test_the_keys_of_other_providers_are_not_looked_at() -> None:
    assert found(BEDROCK, Clouds(aws_token=KEY, foundry_key="k\n")) == []


def test_a_package_inside_one_that_is_missing_is_missing() -> None:
    assert is_installed("evalgate.model")
    assert not is_installed("evalgate.no_such_module")
    assert not is_installed("no_such_package.auth")
