"""A newcomer's repository on a fake GitHub: the workflow of `evalgate init`, and what it comes to."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from evalgate.cli.starter import EXTRAS, GATE, workflow_text
from tests.act.runner import ACTION, Bench, Run, Trigger, act, commit, git
from tests.e2e.shop import RULES, Claude, make_shop, simulated_claude, write
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

    @property
    def trigger(self) -> Trigger:
        """A push to the pull request, as GitHub tells it."""
        return Trigger(
            event="pull_request",
            payload=pull_request_event(self.head),
            workflow=GATE,
            variables=self.variables,
            secrets=self.secrets,
        )

    def gate(self, **changes: Any) -> Run:
        """Run a workflow on what is checked out, and return how it ended.

        Args:
            changes: to the trigger of a push to the pull request.
        """
        return act(self.bench, self.folder, replace(self.trigger, **changes))

    def upload(self, run: Run, number: int, name: str) -> None:
        """Put what a run has stored under a name where GitHub keeps artifacts."""
        archive = BytesIO()
        root = run.stored / name
        with ZipFile(archive, "w", ZIP_DEFLATED) as file:
            for path in sorted(path for path in root.rglob("*") if path.is_file()):
                file.write(path, path.relative_to(root).as_posix())
        self.github.state.add_artifact(number, archive.getvalue(), name=name)

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


def pull_request_event(
    head: str, *, repository: str | None = OURS, base_ref: str = "main"
) -> dict[str, object]:
    """Return what GitHub says of a pull request; without a repository, its fork has been deleted."""
    repo = None if repository is None else {"full_name": repository}
    return {
        "action": "synchronize",
        "number": NUMBER,
        "pull_request": {
            "number": NUMBER,
            "head": {"sha": head, "ref": "topic", "repo": repo},
            "base": {"ref": base_ref, "repo": {"full_name": OURS}},
        },
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def workflows() -> dict[str, str]:
    """Return the workflows that `evalgate init` writes, each with a step that tells how it went."""
    return {name: _workflow(name) for name in (GATE, *chain.from_iterable(EXTRAS.values()))}


def _workflow(name: str) -> str:
    workflow = workflow_text("main", ACTION, name=name)
    step = f"      - uses: {ACTION}\n"
    told = workflow.replace(step, step.replace("- uses", "- id: gate\n        uses"))
    jobs = re.split(r"(?=\n  \w+:\n    name: )", told)  # one after the other, the head before them
    assert len(jobs) == workflow.count(step) + 1
    told = f"{jobs[0]}{REPORT.join(jobs[1:])}{REPORT}"
    told = re.sub(r"\n +deployment: false.*", "", told)  # a key that is younger than the runner
    return told.replace("  merge_group:", "  merge_group:\n  issue_comment:")


@contextmanager
def newcomer(
    bench: Bench, folder: Path, *, rules: str = RULES, policy: str = POLICY, **changes: int
) -> Iterator[Newcomer]:
    """Set up a repository whose default branch has one stable version, and check a branch out.

    Args:
        bench: what all runs share.
        folder: of the repository.
        rules: by which the simulated Claude answers.
        policy: of the default branch.
        changes: to the number of `cases`, and of `tokens` that an answer may have.
    """
    make_shop(folder, policy=policy, **changes)
    (folder / "prompts/p/v2.md").unlink()
    write(folder, {f".github/workflows/{name}": text for name, text in workflows().items()})
    commit(folder, "Gate the prompts")
    publish_base(folder)
    git(folder, "switch", "--quiet", "--create", "topic")
    with serve() as github, simulated_claude(rules=rules) as claude:
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


def run_event(head: str, run: int) -> dict[str, object]:
    """Return what GitHub says of a run that has ended, for the pull request of a fork."""
    return {
        "action": "completed",
        "workflow_run": {
            "id": run,
            "head_sha": head,
            "head_branch": "topic",
            "head_repository": {"full_name": STRANGERS, "owner": {"login": "stranger"}},
            "event": "pull_request",
            "conclusion": "failure",
            "actor": {"login": "stranger"},
        },
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def dispatch_event(**inputs: str) -> dict[str, object]:
    """Return what GitHub says when somebody starts a workflow by hand."""
    return {
        "ref": "refs/heads/main",
        "inputs": inputs,
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def push_event(head: str) -> dict[str, object]:
    """Return what GitHub says of a push to the default branch."""
    return {
        "ref": "refs/heads/main",
        "after": head,
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def verdict(run: Run, name: str = "evalgate-reports") -> dict[str, object]:
    """Return the verdict in the artifact of a run."""
    found: dict[str, object] = json.loads((run.stored / name / "verdict.json").read_text("utf-8"))
    return found
