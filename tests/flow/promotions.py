"""A repository on disk and on a GitHub in memory, from which versions are promoted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.environment import read_environment
from evalgate.cli.promotion import promote_on_github
from evalgate.cli.session import Terms
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.cli.world import outside
from evalgate.errors import ExitCode
from evalgate.gate.outside import Outside
from evalgate.model.event import Event
from evalgate.simulator.fake_github import FakeGitHub
from evalgate.simulator.rules import read_rules

LIVE = "prompts/p/live.yaml"
POLICY = ".github/evalgate.yml"
RULES = """
schema: simulator-rules/1
seed: promotion
behaviours:
  - {name: window, needs: 30 days, with: 1, without: 0, says: You have 30 days.}
  - {name: echo, when: "number (?P<n>[0-9]+)", says: "About {n}."}
"""
CASES = "".join(f"  - {{id: c{n}, vars: {{question: 'number {n}'}}}}\n" for n in range(20))


def version(text: str) -> str:
    return (
        "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n"
        f"## system\n{text}\n## user\n{{{{question}}}}\n"
    )


FILES = {
    POLICY: "gate: {max_drop: 20}\nrun: {trials: 2}\npromotion: {by: commit}\n",
    "prompts/p/v1.md": version("Name the 30 days."),
    "prompts/p/v2.md": version("Always name the 30 days."),
    "prompts/p/v3.md": version("Be brief."),
    LIVE: "# Which version answers.\nstable: v1\n",
    "evalsets/p.yaml": f"prompts: [p]\ngraders: [{{contains: 30 days}}]\ncases:\n{CASES}",
}


def make_repository(folder: Path, files: Mapping[str, str]) -> GitRepository:
    create_repository(folder, "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder, "first")
    return GitRepository(folder)


@dataclass(kw_only=True)
class Team:
    """A repository with its twin on GitHub, and the run that a dispatch starts."""

    repository: GitRepository
    github: FakeGitHub
    folder: Path
    workflow: Workflow
    event: Event = field(
        default_factory=lambda: Event(
            name="workflow_dispatch", branch="main", default_branch="main"
        )
    )
    terms: Terms = field(default_factory=lambda: Terms(again=("promote",)))

    @property
    def world(self) -> Outside:
        rules = read_rules(FORMATS.read_yaml("rules.yaml", RULES.encode()))
        return outside(self.repository, read_environment({}), (rules,))

    def promote(self, version: str, percent: str, *, prompt: str = "p", **more: str) -> ExitCode:
        return promote_on_github(
            self.workflow,
            replace(Inputs(prompt=prompt, version=version, percent=percent), **more),
            self.github,
            self.repository,
            event=self.event,
            folder=self.folder,
            world=self.world,
            terms=self.terms,
        )

    @property
    def live(self) -> str:
        """The live pointer on GitHub's default branch."""
        return self.github.files("main")[LIVE]

    @property
    def states(self) -> list[str]:
        """The states of the one deployment."""
        [identity] = self.github.deployments
        return self.github.states(identity)

    @property
    def last_word(self) -> str:
        """The description of the last state of the one deployment."""
        [statuses] = self.github.deployment_statuses.values()
        return statuses[-1].description


def make_team(folder: Path, **changes: str) -> Team:
    """Make a team; `live` and `policy` replace those files, other names are paths."""
    named = {"live": LIVE, "policy": POLICY}
    files = FILES | {named.get(name, name): text for name, text in changes.items()}
    repository = make_repository(folder / "clone", files)
    github = FakeGitHub()
    commit = repository.resolve("HEAD")
    github.seed("main", files, commit=commit)
    workflow = Workflow(repository="team/shop", commit=commit, run=7, actor="ann")
    return Team(repository=repository, github=github, folder=folder / "run", workflow=workflow)
