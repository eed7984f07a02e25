"""Facts about reading the environment."""

from dataclasses import asdict

import pytest

from evalgate.cli.environment import Environment, read_environment
from evalgate.errors import UsageError


def test_an_empty_environment_says_nothing() -> None:
    assert read_environment({}) == Environment()


def test_the_key_never_shows_when_the_environment_is_printed() -> None:
    environment = read_environment({"ANTHROPIC_API_KEY": "sk-secret\n"})
    assert environment.api_key == "sk-secret"
    assert "secret" not in repr(environment)


def test_each_cloud_is_read_from_its_own_variables_and_hides_its_secrets() -> None:
    environment = read_environment(
        {
            "AWS_BEARER_TOKEN_BEDROCK": "secret-1",
            "AWS_ACCESS_KEY_ID": "secret-2",
            "AWS_SECRET_ACCESS_KEY": "secret-3",
            "AWS_SESSION_TOKEN": "secret-4",
            "ANTHROPIC_BEDROCK_BASE_URL": "http://invoke",
            "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": "http://mantle",
            "CLOUDSDK_AUTH_ACCESS_TOKEN": "secret-5\n",
            "ANTHROPIC_VERTEX_BASE_URL": "http://vertex",
            "ANTHROPIC_FOUNDRY_API_KEY": "secret-6",
            "ANTHROPIC_FOUNDRY_BASE_URL": "http://foundry",
            "ANTHROPIC_FOUNDRY_RESOURCE": "r",
        }
    )
    assert asdict(environment.clouds) == {
        "aws_token": "secret-1",
        "aws_access_key": "secret-2",
        "aws_secret_key": "secret-3",
        "aws_session_token": "secret-4",
        "bedrock_url": "http://mantle",
        "bedrock_invoke_url": "http://invoke",
        "vertex_token": "secret-5",
        "vertex_url": "http://vertex",
        "foundry_key": "secret-6",
        "foundry_url": "http://foundry",
        "foundry_resource": "r",
    }
    assert "secret" not in repr(environment)


def test_a_workflow_is_recognised_by_the_runners_own_word() -> None:
    assert read_environment({"GITHUB_ACTIONS": "true"}).in_workflow
    assert not read_environment({"GITHUB_ACTIONS": "1"}).in_workflow


@pytest.mark.parametrize("name", ["ANTHROPIC_BASE_URL", "ANTHROPIC_VERTEX_BASE_URL"])
@pytest.mark.parametrize("address", ["http://[x", "https://me:secret@a\u2100b"])
def test_an_address_that_is_none_is_refused_and_never_shown(name: str, address: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is no address") as caught:
        read_environment({name: address})
    assert "secret" not in str(caught.value)
