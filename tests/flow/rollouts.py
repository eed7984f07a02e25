"""A repository on disk and on a GitHub in memory, with a rollout under way and its traffic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all
from evalgate.cli.action_rollout import rolled_out
from evalgate.cli.action_task import Task
from evalgate.cli.environment import Environment
from evalgate.cli.rollout_settled import Settled
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.gate.policy import read_policy
from evalgate.model.event import Event
from evalgate.model.github import Artifact, NewDeployment
from evalgate.model.milestone import Milestone
from evalgate.model.policy import RolloutRules
from evalgate.model.prompt import LivePointer
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.live import read_live
from evalgate.prompts.past import latest_milestone
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.offline import Offline
from evalgate.rollout.overriding import instant
from evalgate.rollout.starting import started
from evalgate.simulator.fake_github import FakeGitHub
from tests.e2e.rollout_shop import BEGAN, Rates, Traffic
from tests.flow.promotions import FILES, LIVE, POLICY, make_repository

GOOD = Rates(short=0.0, failed=0.0, refused=0.0)
BAD = replace(GOOD, short=0.4)
BY_COMMIT = (
    "gate: {max_drop: 20}\nrun: {trials: 2}\npromotion: {by: commit}\n"
    "rollout: {stages: [20, 50, 100], units: 50, bake_minutes: 10, full_after_hours: 0,\n"
    "          latency_ms: 60000, cost_usd: 1}\n"
)
BY_PULL_REQUEST = BY_COMMIT.replace("by: commit", "by: pull_request")
ENOUGH, TOO_SHORT = 0.25, 0.1
"""Hours of traffic: more than ten minutes must have passed in a step."""


@dataclass(kw_only=True)
class Crew:
    """A repository with its twin on GitHub, its traffic, and the runs of its workflow.

    `now` is what the clock says, in seconds since 1970.
    """

    repository: GitRepository
    github: FakeGitHub
    scratch: Path
    files: dict[str, str]
    now: float = BEGAN
    traffic: Traffic
    event: Event = field(
        default_factory=lambda: Event(
            name="workflow_dispatch", branch="main", default_branch="main"
        )
    )
    runs: int = 0

    @property
    def root(self) -> Path:
        """The checkout."""
        return self.repository.root

    @property
    def prompt(self) -> Prompt:
        """The prompt as it is checked out."""
        return self._prompt(self.files[LIVE])

    @property
    def rules(self) -> RolloutRules:
        """The rules of the policy."""
        content = self.files[POLICY].encode()
        return read_policy(FORMATS.read_yaml(POLICY, content), content).rollout or RolloutRules()

    def begin(self, version: str = "v2") -> None:
        """Begin a rollout now, on the default branch."""
        offline = Offline(run_id="run-1", version=version, hash=self.prompt.identity(version) or "")
        self.merge(
            started(
                self.prompt, version, offline=offline, rules=self.rules, signature=self.signature
            )
        )

    @property
    def signature(self) -> Signature:
        """Somebody who moves a rollout by other means."""
        return Signature(at=instant(self.now), by="bea", why="looked at it", is_named=True)

    def merge(self, move: HandMove) -> None:
        """Put a move onto the default branch, and check that out."""
        self.put({LIVE: pointer_text(move.pointer, before=self.files[LIVE])})

    def put(self, files: Mapping[str, str]) -> None:
        """Put files onto the default branch, and check that out."""
        self.files |= files
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        commit_all(self.root, "more")
        self.github.seed("main", self.files, commit=self.repository.resolve("HEAD"))

    def serve(self, hours: float, *, canary: Rates = GOOD, stable: Rates = GOOD) -> None:
        """Let so many hours of traffic pass; its lines lie in the workspace."""
        self.traffic.canary, self.traffic.stable = canary, stable
        self.now = self.traffic.serve(self.now, hours=hours)

    def pull(self) -> None:
        """Check out what has become of the default branch on GitHub."""
        self.files = {**self.github.files("main")}
        for name, text in self.files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        commit_all(self.root, "pulled")
        self.github.seed("main", self.files, commit=self.repository.resolve("HEAD"))

    def task(self, **inputs: str) -> Task:
        """Return what a run of the workflow is asked for."""
        self.runs += 1
        return Task(
            event=self.event,
            workflow=Workflow(
                repository="team/shop", commit=self.repository.resolve("HEAD"), run=7, actor="ann"
            ),
            inputs=replace(Inputs(calls="logs", scores="scores"), **inputs),
            environment=Environment(temporary=str(self.scratch)),
            folder=self.scratch / f"run-{self.runs}",
        )

    def run(self, rollout: str, **inputs: str) -> Sequence[Settled]:
        """Run the workflow, and return how the rollouts were left."""
        prompt = {"prompt": "p"} if rollout else {}
        task = self.task(**{"rollout": rollout, **prompt, **inputs})
        return rolled_out(task, self.github, here=self.root, clock=lambda: self.now)

    def dispatch(self, rollout: str, **inputs: str) -> Settled:
        """Dispatch the workflow about the prompt."""
        (settled,) = self.run(rollout, **inputs)
        return settled

    def upload(self, name: str, folder: str, *, branch: str = "main") -> None:
        """Keep a folder of the workspace as an artifact of a run."""
        archive = BytesIO()
        with ZipFile(archive, "w") as file:
            for path in sorted((self.root / folder).iterdir()):
                file.write(path, path.name)
        number = len(self.github.uploads) + 1
        artifact = Artifact(
            id=number, name=name, size=1, expired=False, created_at=f"2026-11-22T00:00:{number:02}Z"
        )
        self.github.add_artifact(5, artifact, archive.getvalue(), branch=branch)

    @property
    def live(self) -> str:
        """The live pointer on GitHub's default branch."""
        return self.github.files("main")[LIVE]

    def pointer(self, branch: str = "main") -> LivePointer:
        """Return the live pointer on a branch of GitHub."""
        text = self.github.files(branch)[LIVE]
        return read_live("p", FORMATS.read_yaml(LIVE, text.encode()))

    @property
    def last(self) -> Milestone:
        """The last milestone on GitHub's default branch."""
        found = latest_milestone(self.pointer().history)
        assert found is not None
        return found

    @property
    def states(self) -> list[list[str]]:
        """The states of each deployment, in order."""
        return [self.github.states(identity) for identity in self.github.deployments]

    @property
    def deployment(self) -> NewDeployment:
        """The latest deployment."""
        return list(self.github.deployments.values())[-1]

    @property
    def last_word(self) -> str:
        """The description of the last state of the latest deployment."""
        return list(self.github.deployment_statuses.values())[-1][-1].description

    def _prompt(self, live: str) -> Prompt:
        tree = {path: text.encode() for path, text in self.files.items()} | {LIVE: live.encode()}
        return read_prompts(tree, "prompts", FORMATS)["p"]


def make_crew(folder: Path, *, policy: str = BY_COMMIT, begins: bool = True) -> Crew:
    """Make a repository in which a rollout has just begun, unless it is not to."""
    files = FILES | {POLICY: policy}
    repository = make_repository(folder / "clone", files)
    github = FakeGitHub()
    github.seed("main", files, commit=repository.resolve("HEAD"))
    crew = Crew(
        repository=repository,
        github=github,
        scratch=folder / "temp",
        files={**files},
        traffic=Traffic(root=repository.root),
    )
    if begins:
        crew.begin()
    return crew


def share_of(crew: Crew, branch: str = "main") -> tuple[str, float] | None:
    """Return the canary on a branch of GitHub, and its share of the traffic."""
    found = crew.pointer(branch).canary
    return None if found is None else (found.version, found.percent)


def before_the_first(crew: Crew, write: str, deed: Callable[[], None]) -> None:
    """Let somebody else act before the first write of a kind."""

    def act(name: str) -> None:
        if name == write:
            crew.github.before = lambda _: None
            deed()

    crew.github.before = act
