"""A newcomer's repository on a fake GitHub: the workflow of `evalgate init`, and what it comes to."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalgate.cli.starter import workflow_text
from tests.act.runner import ACTION, Bench, Run, Trigger, act, commit, git
from tests.e2e.shop import Claude, make_shop, simulated_claude, write
from tests.github.server import TOKEN, Serving, serve

NUMBER = 7
OURS, STRANGERS = "octo/shop", "stranger/shop"
REPORT = """\
      - if: always()
        env:
          STEPS: ${{ toJSON(steps) }}
        run: printf '%s' "$STEPS" > "$RESULTS/steps.json"
"""
POLICY = "gate: {max_drop: 20}\nrun: {trials: 2, concurrency: 8, attempts: 2}\n"
DAMAGING = "Be kind."
HARMLESS = "Always name the 30 days."


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """One repository with a pull request, its fake GitHub, and its simulated Claude."""

    bench: Bench
    folder: Path
    github: Serving
    claude: Claude

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return git(self.folder, "rev-parse", "HEAD")

    def propose(self, files: Mapping[str, str], *, repository: str | None = OURS) -> str:
        """Commit files on top of what is checked out, as the head of the pull request."""
        write(self.folder, files)
        head = commit(self.folder, "Change the prompt")
        self.github.state.commits.add(head)
        self.github.state.add_pull(
            NUMBER, head, head_ref="topic", head_repository=repository, base_ref="main"
        )
        return head

    def gate(
        self,
        *,
        run: int = 50,
        event: str = "pull_request",
        payload: Mapping[str, object] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Run:
        """Run the workflow on what is checked out as GitHub would, and return how it ended."""
        trigger = Trigger(
            event=event,
            payload=pull_request_event(self.head) if payload is None else payload,
            run=run,
            variables=self.variables if variables is None else variables,
            secrets=self.secrets,
        )
        return act(self.bench, self.folder, trigger)

    @property
    def variables(self) -> dict[str, str]:
        """Where the servers are."""
        return {
            "GITHUB_API_URL": self.github.url,
            "ANTHROPIC_BASE_URL": self.claude.base_url,
        }

    @property
    def secrets(self) -> dict[str, str]:
        """The key and the token of the job."""
        return {"ANTHROPIC_API_KEY": "sk-of-the-shop", "GITHUB_TOKEN": TOKEN}

    def assert_orderly(self) -> None:
        """Hold every exchange with GitHub to its description."""
        assert self.github.violations == []
        assert self.github.refused == []


def pull_request_event(head: str, *, repository: object = OURS) -> dict[str, object]:
    """Return what GitHub says of a pull request."""
    repo = None if repository is None else {"full_name": repository}
    return {
        "action": "synchronize",
        "number": NUMBER,
        "pull_request": {
            "number": NUMBER,
            "head": {"sha": head, "ref": "topic", "repo": repo},
            "base": {"ref": "main", "repo": {"full_name": OURS}},
        },
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def gate_workflow() -> str:
    """Return the workflow that `evalgate init` writes, with a step that tells how it went."""
    workflow = workflow_text("main", ACTION).replace(
        "  merge_group:", "  merge_group:\n  issue_comment:"
    )
    step = f"      - uses: {ACTION}\n"
    assert workflow.count(step) == 1
    return workflow.replace(step, step.replace("- uses", "- id: gate\n        uses")) + REPORT


@contextmanager
def newcomer(
    bench: Bench, folder: Path, *, cases: int = 20, policy: str = POLICY
) -> Iterator[Newcomer]:
    """Set up a repository whose default branch has one stable version, and check a branch out."""
    make_shop(folder, cases=cases, policy=policy)
    (folder / "prompts/p/v2.md").unlink()
    write(folder, {".github/workflows/gate.yml": gate_workflow()})
    commit(folder, "Gate the prompts")
    publish_base(folder)
    git(folder, "switch", "--quiet", "--create", "topic")
    with serve() as github, simulated_claude() as claude:
        yield Newcomer(bench=bench, folder=folder, github=github, claude=claude)


def publish_base(folder: Path) -> None:
    """Make an origin of the repository, with its default branch."""
    origin = folder.with_name(f"{folder.name}-origin.git")
    git(folder, "clone", "--quiet", "--bare", ".", str(origin))
    git(folder, "remote", "add", "origin", str(origin))
    git(folder, "fetch", "--quiet", "origin")
    address = f"https://github.com/{OURS}.git"
    git(folder, "remote", "set-url", "origin", address)  # from which the runner takes the name
    git(folder, "config", f"url.{origin}.insteadOf", address)


def verdict(run: Run, name: str = "evalgate-reports") -> dict[str, object]:
    """Return the verdict in the artifact of a run."""
    found: dict[str, object] = json.loads((run.stored / name / "verdict.json").read_text("utf-8"))
    return found
