"""Facts about reading routes."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.gate.routes import routes_in_use
from evalgate.model.policy import Policy
from evalgate.model.route import Provider, Route


def routes(text: str) -> dict[str, Route]:
    content = f"routes:\n  eu: {text}\n".encode()
    return dict(read_policy(read_yaml("policy.yml", content), content).routes)


def problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        routes(text)
    return str(caught.value)


def test_a_provider_alone_is_enough_for_direct_and_foundry() -> None:
    assert routes("{provider: direct}") == {"eu": Route()}
    assert routes("{provider: foundry, resource: r}")["eu"].price_factor == 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "eu: the key `provider` is missing"),
        ("{provider: bedrok}", "did you mean `bedrock`?"),
        ("{provider: bedrock, region: r}", "a route over bedrock needs `models`"),
        ("{provider: vertex, region: r}", "a route over vertex needs `project`"),
        ("{provider: direct, region: r}", "a route over direct has no `region`"),
        ("{provider: direct, models: {a: 1}}", "models"),
        ("{provider: direct, price_factor: 0}", "price_factor"),
    ],
)
def test_a_wrong_route_is_refused(text: str, expected: str) -> None:
    assert expected in problem(text)


@pytest.mark.parametrize("provider", ["bedrok", "3", "[a]"])
def test_of_a_provider_that_is_none_nothing_else_is_said(provider: str) -> None:
    assert problem(f"{{provider: {provider}, region: r, project: p}}").count("policy.yml:") == 1


def test_a_regional_endpoint_costs_a_tenth_more_unless_the_policy_says_otherwise() -> None:
    models = "models: {claude-haiku-5-5: anthropic.claude-haiku-5-5}"
    assert routes(f"{{provider: bedrock, region: r, {models}}}")["eu"].price_factor == 1.1
    assert routes(f"{{provider: bedrock, region: global, {models}}}")["eu"].price_factor == 1.0
    own = routes(f"{{provider: bedrock, region: r, {models}, price_factor: 0.9}}")
    assert own["eu"].price_factor == 0.9


def test_the_providers_id_of_a_model_is_never_guessed() -> None:
    route = Route(provider=Provider.BEDROCK, region="r", models={"a": "b"})
    assert (route.model_id("a"), route.model_id("c")) == ("b", "c")


def test_a_route_that_is_used_must_be_defined() -> None:
    content = b"run: {route: eu}\nroutes: {eus: {provider: direct}}\n"
    with pytest.raises(ConfigurationError, match=r"`routes` has no `eu` \(did you mean `eus`"):
        read_policy(read_yaml("policy.yml", content), content)


BEDROCK = "{provider: bedrock, region: r, models: {a: b}}"


@pytest.mark.parametrize("provider", ["bedrock", "bedrock_invoke"])
def test_a_judge_needs_a_provider_with_structured_output(provider: str) -> None:
    routes = BEDROCK.replace("bedrock", provider)
    content = f"judge: {{route: eu}}\nroutes: {{eu: {routes}}}\n".encode()
    with pytest.raises(ConfigurationError) as caught:
        read_policy(read_yaml("policy.yml", content), content)
    assert str(caught.value) == (
        f"policy.yml:1: judge.route: a judge answers by a JSON Schema, which {provider} does not "
        "offer: judge over direct, vertex or foundry"
    )


def test_answers_may_come_over_a_provider_without_structured_output() -> None:
    content = f"run: {{route: eu}}\nroutes: {{eu: {BEDROCK}}}\n".encode()
    policy = read_policy(read_yaml("policy.yml", content), content)
    assert set(routes_in_use(policy)) == {"", "eu"}


def test_only_the_routes_that_are_called_are_in_use() -> None:
    content = b"run: {route: a}\njudge: {route: a}\nroutes: {a: {provider: direct}, b: {provider: direct}}"
    policy = read_policy(read_yaml("policy.yml", content), content)
    assert routes_in_use(policy) == {"a": Route()}
    assert routes_in_use(Policy()) == {"": Route()}
