"""Deployments: the record of what went where."""

from dataclasses import dataclass

from evalgate.adapters.github_checks import LONGEST_DESCRIPTION
from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import one
from evalgate.adapters.github_words import shortened
from evalgate.model.document import Data
from evalgate.model.github import DeploymentStatus, NewDeployment


@dataclass(frozen=True, slots=True)
class Deployments:
    """All deployments of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def create(self, deployment: NewDeployment) -> int:
        """Record a deployment and return its id.

        GitHub merges nothing for it and waits for no status: the gate has decided already.
        """
        payload: dict[str, Data] = dict(deployment.payload)
        request = Request(
            method="POST",
            path=f"{self.root}/deployments",
            needs=Permission.DEPLOYMENTS_WRITE,
            body={
                "ref": deployment.ref,
                "environment": deployment.environment,
                "description": shortened(deployment.description, LONGEST_DESCRIPTION),
                "payload": payload,
                "auto_merge": False,
                "required_contexts": [],
            },
        )
        return one(self.client.call(request)).whole("id")

    def set_status(self, deployment: int, status: DeploymentStatus) -> None:
        """Say how a deployment stands."""
        body: dict[str, Data] = {
            "state": status.state.value,
            "description": shortened(status.description, LONGEST_DESCRIPTION),
        }
        self.client.call(
            Request(
                method="POST",
                path=f"{self.root}/deployments/{deployment}/statuses",
                needs=Permission.DEPLOYMENTS_WRITE,
                body=body | ({"log_url": status.log_url} if status.log_url else {}),
                # The newest counts, and both say the same.
                is_repeatable=True,
            )
        )
