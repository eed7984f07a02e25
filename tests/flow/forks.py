"""A shop at GitHub: a bare origin, a clone of its default branch, and pull requests of strangers."""

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, create_repository, switch_branch
from evalgate.cli.judge_fork import judge_fork
from evalgate.cli.relay import relay
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.errors import ExitCode
from evalgate.model.event import Event
from evalgate.model.github import Artifact, PullRequest
from evalgate.simulator.fake_github import FakeGitHub
from evalgate.simulator.rules import Rules
from tests.unit.cli.shops import FILES, VERSION, evalgate

RUN = 99
BETTER = VERSION.replace("hi", "hi!")
Edit = Mapping[str, str | None]


@dataclass(slots=True, kw_only=True)
class Stage:
    """A clone with the code of the default branch, its origin, and GitHub."""

    folder: Path
    author: Path
    origin: Path
    hub: FakeGitHub = field(default_factory=FakeGitHub)

    @property
    def repository(self) -> GitRepository:
        return GitRepository(self.folder)

    def propose(
        self,
        files: Edit,
        *,
        number: int = 7,
        repository: str = "stranger/shop",
        base_ref: str = "main",
    ) -> str:
        """Let somebody open a pull request, or push onto one, and return its head."""
        _write(self.author, files)
        commit_all(self.author, "a proposal")
        head = check(self.author, "rev-parse", "HEAD").decode().strip()
        check(
            self.author,
            *("push", "--quiet", "--force", str(self.origin), f"HEAD:refs/pull/{number}/head"),
            settings={"GIT_ALLOW_PROTOCOL": "file"},
        )
        self.hub.add_pull_request(
            PullRequest(
                number=number,
                head=head,
                head_ref="patch",
                head_repository=repository,
                base_ref=base_ref,
                is_open=True,
                url=f"https://github.example/team/shop/pull/{number}",
            )
        )
        return head

    def screen(self, out: Path) -> int:
        """Run stage one as the pull request's own run does, and return its exit code."""
        return evalgate(
            self.author, "gate", "--replay", "--base", "main", "--head", "HEAD", "--out", str(out)
        )

    def upload(self, content: bytes, *, run: int = RUN, expired: bool = False) -> None:
        """Upload an artifact as the run of a pull request does."""
        number = len(self.hub.uploads) + 1
        artifact = Artifact(
            id=number,
            name="evalgate-submission",
            size=len(content),
            expired=expired,
            created_at=f"2027-01-{number:02}T00:00:00Z",
        )
        self.hub.add_artifact(run, artifact, content)

    def relay(self, head: str, out: Path) -> ExitCode:
        """Run the trusted stage for the pull request's run."""
        event = Event(
            name="workflow_run",
            head=head,
            run=RUN,
            source="pull_request",
            head_branch="stranger:patch",
            default_branch="main",
            is_foreign=True,
        )
        with chdir(self.folder):
            return relay(event, _WORKFLOW, Inputs(), self.hub, self.repository, folder=out)

    def judge(
        self,
        out: Path,
        *,
        content: str,
        number: str = "7",
        rules: tuple[Rules, ...] = (),
        max_cost: str = "",
    ) -> ExitCode:
        """Judge what was approved."""
        inputs = Inputs(pull_request=number, content=content, max_cost=max_cost)
        with chdir(self.folder):
            return judge_fork(
                _WORKFLOW,
                inputs,
                self.hub,
                self.repository,
                folder=out,
                default_branch="main",
                rules=rules,
            )


_WORKFLOW = Workflow(repository="team/shop")


def make_branch(stage: Stage, name: str) -> None:
    """Make a branch at origin that is what the default one is."""
    words = ("push", "--quiet", str(stage.origin), f"main:refs/heads/{name}")
    check(stage.author, *words, settings={"GIT_ALLOW_PROTOCOL": "file"})


def make_stage(tmp_path: Path, *, files: Mapping[str, str] | None = None) -> Stage:
    """Make a shop with an origin, and a clone of it."""
    tmp_path.mkdir(exist_ok=True)
    author, origin, folder = tmp_path / "author", tmp_path / "origin.git", tmp_path / "clone"
    create_repository(author, "main")
    _write(author, files or FILES)
    commit_all(author, "first")
    check(tmp_path, "clone", "--quiet", "--bare", str(author), str(origin), settings=_LOCAL)
    check(tmp_path, "clone", "--quiet", str(origin), str(folder), settings=_LOCAL)
    switch_branch(author, "patch", start="main")
    return Stage(folder=folder, author=author, origin=origin)


_LOCAL = {"GIT_ALLOW_PROTOCOL": "file"}


def zipped(content: object, *, name: str = "submission.json") -> bytes:
    """Return an archive of one file."""
    text = content if isinstance(content, str) else json.dumps(content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def _write(folder: Path, files: Edit) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
