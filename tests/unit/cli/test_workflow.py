"""Tests for evalgate.cli.workflow."""

import pytest

from evalgate.cli.workflow import Inputs, Workflow, read_inputs, read_workflow
from evalgate.errors import UsageError

VARIABLES = {
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_EVENT_PATH": "/runner/event.json",
    "GITHUB_REPOSITORY": "octo/shop",
    "GITHUB_API_URL": "https://github.corp.example/api/v3",
    "GITHUB_SERVER_URL": "https://github.corp.example",
    "GITHUB_SHA": "a" * 40,
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_RUN_ID": "50",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_ACTOR": "ada",
    "EVALGATE_TOKEN": " a-token \n",
}


def test_a_runner_says_where_and_for_whom_it_runs() -> None:
    assert read_workflow(VARIABLES) == Workflow(
        event_name="pull_request",
        event_path="/runner/event.json",
        repository="octo/shop",
        api_url="https://github.corp.example/api/v3",
        server_url="https://github.corp.example",
        commit="a" * 40,
        ref="refs/pull/7/merge",
        run=50,
        attempt=2,
        actor="ada",
        token="a-token",  # noqa: S106 - opens nothing
    )


def test_the_page_of_a_run_lies_on_the_server_that_runs_it() -> None:
    page = "https://github.corp.example/octo/shop/actions/runs/50"
    assert read_workflow(VARIABLES).run_url == page
    assert read_workflow({}).run_url == ""


def test_without_an_address_it_is_the_public_github() -> None:
    workflow = read_workflow({"GITHUB_API_URL": ""})
    assert workflow.api_url == "https://api.github.com"
    assert workflow.server_url == "https://github.com"


def test_a_token_is_not_shown() -> None:
    assert "a-token" not in repr(read_workflow(VARIABLES))


@pytest.mark.parametrize("text", ["x", "-1", "5.0", "٤٢x"])
def test_a_number_that_is_none_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(UsageError, match="GITHUB_RUN_ID is"):
        read_workflow({"GITHUB_RUN_ID": text})


def test_each_input_has_a_variable_of_its_name() -> None:
    inputs = read_inputs({"EVALGATE_MAX_COST": " 2.50 ", "EVALGATE_PROMPT": "reply"})
    assert inputs == Inputs(max_cost="2.50", prompt="reply")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("", True)])
def test_a_switch_is_true_or_false_and_otherwise_as_usual(text: str, value: bool) -> None:
    assert Inputs(check_run=text).flag("check_run", default=True) is value


@pytest.mark.parametrize("text", ["yes", "True", "1", "on"])
def test_a_switch_that_is_neither_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match=f"the input check-run takes true or false, not `{text}`"):
        Inputs(check_run=text).flag("check_run", default=False)
