"""Facts about choosing how to reach Claude."""

import pytest

from evalgate.adapters.claude_routes import Clouds
from evalgate.cli.connection import connection
from evalgate.cli.environment import Environment
from evalgate.cli.example import read_rule_files
from evalgate.errors import UsageError
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.content import Turn
from evalgate.model.route import Provider, Route

REQUEST = ChatRequest(
    model="claude-haiku-5-5", max_tokens=50, turns=(Turn(role="user", content="Hello?"),)
)
FOUNDRY = {"azure": Route(provider=Provider.FOUNDRY, resource="r")}


def test_without_a_key_or_a_server_opening_says_what_to_set() -> None:
    open_model = connection(Environment(), ())
    with pytest.raises(UsageError, match=r"set ANTHROPIC_API_KEY .*, or ANTHROPIC_BASE_URL"):
        open_model()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (Environment(api_key="k", base_url="localhost:8000"), "must start with http"),
        (Environment(api_key="sk-1\nsk-2"), "set it again"),
        (Environment(api_key="sk–1"), "set it again"),
    ],
)
def test_what_cannot_work_is_refused_before_any_trial(environment: Environment, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        connection(environment, ())()
    assert "sk" not in str(caught.value)


async def test_a_server_of_ones_own_needs_no_key() -> None:
    open_model = connection(Environment(base_url="http://127.0.0.1:9"), ())
    async with open_model() as model:
        assert not isinstance(await model.send(REQUEST, within=5), Completion)


async def test_with_rules_the_simulator_answers_even_where_a_key_is_set() -> None:
    environment = Environment(api_key="key", base_url="http://127.0.0.1:9")
    async with connection(environment, read_rule_files(None))() as model:
        answer = await model.send(REQUEST, within=5)
    assert isinstance(answer, Completion)
    assert answer.simulated


def test_a_route_that_lacks_its_key_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"^route `azure`: .*set ANTHROPIC_FOUNDRY_API_KEY"):
        connection(Environment(api_key="key"), (), FOUNDRY)()


def test_a_run_over_other_routes_needs_no_key_of_the_claude_api() -> None:
    environment = Environment(clouds=Clouds(foundry_key="key"))
    connection(environment, (), FOUNDRY)()
