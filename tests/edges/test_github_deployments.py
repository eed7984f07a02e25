"""Deployments, against the fake GitHub."""

import pytest

from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github import (
    CommitState,
    CommitStatus,
    DeploymentState,
    DeploymentStatus,
    NewDeployment,
)
from tests.edges.github_shop import shop, without
from tests.github.faults import Fault, Kind

PAYLOAD = {"prompt": "triage", "version": "v4", "hash": "ab" * 32}


def deployment(ref: str, description: str = "triage v4 at 25 %") -> NewDeployment:
    return NewDeployment(
        ref=ref, environment="prompts/triage", description=description, payload=PAYLOAD
    )


def test_a_deployment_is_recorded() -> None:
    with shop() as at:
        made = at.state.deployments[at.github.create_deployment(deployment(at.main))]
        assert (made.sha, made.environment) == (at.main, "prompts/triage")
        assert (made.description, made.payload) == ("triage v4 at 25 %", PAYLOAD)
        assert made.statuses == []


def test_it_neither_merges_nor_waits_for_statuses() -> None:
    with shop() as at:
        at.state.git.push("behind", {"a": "a"})
        at.state.git.push("main", {"b": "b"})
        red = CommitStatus(context="ci", state=CommitState.FAILURE, description="")
        at.github.set_status(at.state.git.refs["refs/heads/behind"], red)
        identity = at.github.create_deployment(deployment("behind"))
        assert identity in at.state.deployments


@pytest.mark.parametrize("state", list(DeploymentState))
def test_every_state_is_one_of_githubs(state: DeploymentState) -> None:
    with shop() as at:
        identity = at.github.create_deployment(deployment("main"))
        said = DeploymentStatus(state=state, description="so", log_url="https://example.com/run")
        at.github.set_deployment_status(identity, said)
        [made] = at.state.deployments[identity].statuses
        assert (made.state, made.description, made.log_url) == (state, "so", said.log_url)


def test_an_address_may_be_left_out() -> None:
    with shop() as at:
        identity = at.github.create_deployment(deployment("main"))
        said = DeploymentStatus(state=DeploymentState.QUEUED, description="")
        at.github.set_deployment_status(identity, said)
        assert at.state.deployments[identity].statuses[0].log_url == ""


def test_long_descriptions_are_cut_between_words() -> None:
    cut = "word " * 27 + "word…"
    with shop() as at:
        identity = at.github.create_deployment(deployment("main", "word " * 40))
        said = DeploymentStatus(state=DeploymentState.QUEUED, description="word " * 40)
        at.github.set_deployment_status(identity, said)
        made = at.state.deployments[identity]
        assert (made.description, made.statuses[0].description) == (cut, cut)


def test_a_ref_that_is_not_there_is_told_in_githubs_words() -> None:
    with shop() as at, pytest.raises(GitHubError, match="No ref found for: absent"):
        at.github.create_deployment(deployment("absent"))


def test_a_deployment_whose_answer_was_lost_is_not_recorded_twice() -> None:
    with shop() as at:
        at.state.faults.append(Fault(kind=Kind.DROP_AFTER, method="POST"))
        with pytest.raises(GitHubError, match="it may have been done"):
            at.github.create_deployment(deployment("main"))
        assert len(at.state.deployments) == 1


def test_a_conflict_is_told_in_githubs_words() -> None:
    with shop() as at:
        at.state.faults.append(Fault(kind=Kind.BROKEN, method="POST", status=409))
        with pytest.raises(GitHubError, match="HTTP 409: Server Error") as caught:
            at.github.create_deployment(deployment("main"))
        assert "may have been done" not in str(caught.value)


def test_without_permission_the_missing_one_is_named() -> None:
    with shop(without("deployments: write")) as at:
        with pytest.raises(NotPermittedError, match="`permissions: deployments: write`"):
            at.github.create_deployment(deployment("main"))
        said = DeploymentStatus(state=DeploymentState.ERROR, description="")
        with pytest.raises(NotPermittedError, match="`permissions: deployments: write`"):
            at.github.set_deployment_status(1, said)
