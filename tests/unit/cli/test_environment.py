"""Facts about reading the environment."""

from evalgate.cli.environment import Environment, read_environment


def test_an_empty_environment_says_nothing() -> None:
    assert read_environment({}) == Environment()


def test_the_key_never_shows_when_the_environment_is_printed() -> None:
    environment = read_environment({"ANTHROPIC_API_KEY": "sk-secret\n"})
    assert environment.api_key == "sk-secret"
    assert "secret" not in repr(environment)


def test_a_workflow_is_recognised_by_the_runners_own_word() -> None:
    assert read_environment({"GITHUB_ACTIONS": "true"}).in_workflow
    assert not read_environment({"GITHUB_ACTIONS": "1"}).in_workflow
