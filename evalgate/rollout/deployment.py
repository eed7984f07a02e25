"""Records a promotion as a deployment on GitHub, which is never left standing in progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evalgate.errors import EvalgateError, GitHubError, NotPermittedError
from evalgate.model.github import DeploymentState, DeploymentStatus, NewDeployment
from evalgate.model.github_port import GitHub
from evalgate.rollout.announcement import described

BROKEN_OFF = "The promotion was broken off before its end."


@dataclass(slots=True, kw_only=True)
class Record:
    """One deployment; a status that cannot be set is told to `warn` and stops nothing.

    `identity` is None when the token may not record deployments. `ended` tells that its last word
    is said.
    """

    github: GitHub
    warn: Callable[[str], None]
    log_url: str = ""
    identity: int | None = None
    ended: bool = False

    def end(self, state: DeploymentState, description: str) -> None:
        """Say what became of the promotion."""
        self.ended = True
        self.set(state, description)

    def set(self, state: DeploymentState, description: str) -> None:
        """Say how the promotion stands."""
        if self.identity is None:
            return
        status = DeploymentStatus(
            state=state, description=described(description), log_url=self.log_url
        )
        try:
            self.github.set_deployment_status(self.identity, status)
        except GitHubError as error:
            self.warn(f"the deployment could not be set to {state.value}: {error}")


@contextmanager
def recorded(
    github: GitHub, deployment: NewDeployment, *, log_url: str, warn: Callable[[str], None]
) -> Iterator[Record]:
    """Record a deployment as in progress; however the block ends, it does not stay so.

    Args:
        github: where it is recorded.
        deployment: what is recorded.
        log_url: the page that shows more.
        warn: told of what could not be recorded.

    Raises:
        GitHubError: when GitHub cannot answer; a missing permission is a warning.
    """
    record = Record(github=github, warn=warn, log_url=log_url)
    try:
        record.identity = github.create_deployment(deployment)
    except NotPermittedError as error:
        warn(f"the deployment is not recorded, which needs `deployments: write`: {error}")
    try:
        record.set(DeploymentState.IN_PROGRESS, deployment.description)
        yield record
    except EvalgateError as error:
        if not record.ended:
            record.end(DeploymentState.FAILURE, str(error))
        raise
    finally:
        if not record.ended:
            record.end(DeploymentState.FAILURE, BROKEN_OFF)
