"""Facts about recording a promotion as a deployment."""

from collections.abc import Collection
from contextlib import suppress

import pytest

from evalgate.errors import GitHubError, UsageError
from evalgate.model.github import DeploymentState, NewDeployment
from evalgate.rollout.deployment import BROKEN_OFF, recorded
from evalgate.simulator.fake_github import FakeGitHub

NEW = NewDeployment(ref="a" * 40, environment="production", description="v2 of p gets 5 %")
URL = "https://github.example/team/shop/actions/runs/7"


def shop(*, refused: Collection[str] = ()) -> FakeGitHub:
    fake = FakeGitHub(refused=refused)
    fake.seed("main", {}, commit=NEW.ref)
    return fake


def last(fake: FakeGitHub) -> tuple[str, str, str]:
    [statuses] = fake.deployment_statuses.values()
    return statuses[-1].state.value, statuses[-1].description, statuses[-1].log_url


def test_a_deployment_is_in_progress_and_then_what_it_came_to() -> None:
    fake, said = shop(), list[str]()
    with recorded(fake, NEW, log_url=URL, warn=said.append) as record:
        [identity] = fake.deployments
        assert fake.states(identity) == ["in_progress"]
        record.end(DeploymentState.SUCCESS, "done")
    assert fake.deployments[identity] == NEW
    assert fake.states(identity) == ["in_progress", "success"]
    assert last(fake) == ("success", "done", URL)
    assert said == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError(f"no\n{'x' * 500}"), f"no {'x' * 136}…"),
        (KeyboardInterrupt(), BROKEN_OFF),
        (ValueError("a bug"), BROKEN_OFF),
    ],
    ids=["error", "interruption", "bug"],
)
def test_a_deployment_is_never_left_in_progress(error: BaseException, told: str) -> None:
    fake = shop()
    with (
        pytest.raises(type(error)),
        recorded(fake, NEW, log_url=URL, warn=pytest.fail),
    ):
        raise error
    assert last(fake) == ("failure", told, URL)


def test_an_error_after_the_end_changes_nothing_that_was_said() -> None:
    fake = shop()
    with suppress(UsageError), recorded(fake, NEW, log_url=URL, warn=pytest.fail) as record:
        record.end(DeploymentState.SUCCESS, "done")
        raise UsageError("too late")
    [identity] = fake.deployments
    assert fake.states(identity) == ["in_progress", "success"]


def test_a_token_that_may_not_record_is_a_warning() -> None:
    fake, said = shop(refused={"deployments"}), list[str]()
    with recorded(fake, NEW, log_url=URL, warn=said.append) as record:
        record.end(DeploymentState.SUCCESS, "done")
    assert fake.writes == []
    [warning] = said
    assert "deployments: write" in warning


def test_a_status_that_cannot_be_set_is_a_warning() -> None:
    fake, said = shop(), list[str]()

    def fail(write: str) -> None:
        if write == "set_deployment_status":
            raise GitHubError("502 Bad Gateway")

    fake.before = fail
    with recorded(fake, NEW, log_url=URL, warn=said.append) as record:
        record.end(DeploymentState.SUCCESS, "done")
    assert [warning.split(":")[0] for warning in said] == [
        "the deployment could not be set to in_progress",
        "the deployment could not be set to success",
    ]


def test_a_github_that_does_not_answer_stops_a_promotion_before_it_begins() -> None:
    fake = shop()

    def fail(_: str) -> None:
        raise GitHubError("502 Bad Gateway")

    fake.before = fail
    with (
        pytest.raises(GitHubError),
        recorded(fake, NEW, log_url=URL, warn=pytest.fail),
    ):
        pytest.fail("nothing may be judged now")
