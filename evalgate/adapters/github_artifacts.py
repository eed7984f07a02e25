"""What workflow runs have uploaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import Fields, one
from evalgate.model.github import Artifact


@dataclass(frozen=True, slots=True)
class Artifacts:
    """All artifacts of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def of_run(self, run: int, name: str) -> Sequence[Artifact]:
        """Return what a run has uploaded under a name, newest first."""
        request = Request(
            method="GET",
            path=f"{self.root}/actions/runs/{run}/artifacts",
            needs=Permission.ACTIONS_READ,
            query={"name": name},
        )
        found = [
            _artifact(fields)
            for page in self.client.pages(request)
            for fields in one(page).items("artifacts")
        ]
        # Older servers pass over the name in the query.
        named = [artifact for artifact in found if artifact.name == name]
        return sorted(named, key=lambda each: (each.created_at, each.id), reverse=True)

    def newest(self, name: str, *, branch: str) -> Artifact | None:
        """Return the newest artifact of a name that has not expired, made by a run on a branch.

        A fork's run may be on a branch of the same name, and does not count.
        """
        request = Request(
            method="GET",
            path=f"{self.root}/actions/artifacts",
            needs=Permission.ACTIONS_READ,
            query={"name": name},
        )
        found: list[Artifact] = []
        for page in self.client.pages(request):
            listed = list(one(page).items("artifacts"))
            made = [_artifact(fields) for fields in listed if _is_made_on(fields, branch)]
            found += [each for each in made if each.name == name and not each.expired]
            numbers = [fields.whole("id") for fields in listed]
            # GitHub lists the newest first and does not promise it; any other list is read whole.
            if found and numbers == sorted(numbers, reverse=True):
                break
        return max(found, key=lambda each: (each.created_at, each.id), default=None)

    def download(self, artifact: int, *, most: int) -> bytes:
        """Return the archive of an artifact, of at most so many bytes."""
        request = Request(
            method="GET",
            path=f"{self.root}/actions/artifacts/{artifact}/zip",
            needs=Permission.ACTIONS_READ,
        )
        return self.client.download(request, most=most)


def _artifact(fields: Fields) -> Artifact:
    return Artifact(
        id=fields.whole("id"),
        name=fields.text("name"),
        size=fields.whole("size_in_bytes"),
        expired=fields.flag("expired"),
        created_at=fields.optional_text("created_at"),
    )


def _is_made_on(fields: Fields, branch: str) -> bool:
    run = fields.optional_inner("workflow_run")
    home, head = run.data.get("repository_id"), run.data.get("head_repository_id")
    return home is not None and home == head and run.optional_text("head_branch") == branch
