"""What a job of the workflow for rollouts does, from its inputs to what is left on GitHub."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all
from evalgate.gate.policy import read_policy
from evalgate.model.policy import RolloutRules
from evalgate.prompts.library import read_prompts
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.hand_move import Signature
from evalgate.rollout.offline import Offline
from evalgate.rollout.overriding import instant
from evalgate.rollout.starting import started
from tests.act.newcomer import OURS
from tests.e2e.job import Ended, Job
from tests.e2e.rollout_shop import Rates, Traffic
from tests.e2e.shop import Claude, make_shop, simulated_claude, version, write
from tests.github.server import Serving, serve

pytestmark = pytest.mark.slow

LIVE, POLICY = "prompts/p/live.yaml", ".github/evalgate.yml"
BY_COMMIT = (
    "gate: {max_drop: 20}\nrun: {trials: 2, concurrency: 8, attempts: 3}\n"
    "promotion: {by: commit}\n"
    "rollout: {stages: [20, 50, 100], units: 50, bake_minutes: 10, full_after_hours: 0,\n"
    "          latency_ms: 60000, cost_usd: 1}\n"
)
GOOD = Rates(short=0.0, failed=0.0, refused=0.0)
BAD = replace(GOOD, short=0.4)


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def github() -> Iterator[Serving]:
    with serve() as github:
        yield github
        assert (github.violations, github.refused) == ([], [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A checkout of the default branch, and the jobs of its workflow."""

    job: Job
    scratch: Path

    @property
    def root(self) -> Path:
        return self.job.shop

    @property
    def github(self) -> Serving:
        return self.job.github

    def publish(self) -> str:
        """Put what is checked out onto GitHub's default branch."""
        names = check(self.root, "ls-files").decode().split()
        texts = {name: (self.root / name).read_text() for name in names}
        self.github.state.git.push("main", texts, commit=self.job.head)
        self.github.state.commits.add(self.job.head)
        return self.job.head

    def begin(self, *, hours_ago: float) -> float:
        """Begin a rollout of v2 in the past, and return the instant."""
        at = time.time() - 3600 * hours_ago
        tree = {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in (self.root / "prompts").rglob("*.*")
        }
        prompt = read_prompts(tree, "prompts", FORMATS)["p"]
        offline = Offline(run_id="run-1", version="v2", hash=prompt.identity("v2") or "")
        content = (self.root / POLICY).read_bytes()
        rules = read_policy(FORMATS.read_yaml(POLICY, content), content).rollout
        move = started(
            prompt,
            "v2",
            offline=offline,
            rules=rules or RolloutRules(),
            signature=Signature(at=instant(at), by="bea"),
        )
        write(self.root, {LIVE: pointer_text(move.pointer)})
        commit_all(self.root, "begin")
        self.publish()
        return at

    def serve(self, since: float, *, hours: float, canary: Rates = GOOD) -> None:
        Traffic(root=self.root, stable=GOOD, canary=canary).serve(since, hours=hours)

    def dispatch(
        self,
        rollout: str,
        *,
        event: str = "workflow_dispatch",
        ref: str = "refs/heads/main",
        **inputs: str,
    ) -> Ended:
        """Run the job, with the inputs that the workflow hands over."""
        scratch = self.scratch / f"job-{len(list(self.scratch.iterdir()))}"
        scratch.mkdir()
        happening = scratch / "happening.json"
        repository = {"full_name": OURS, "default_branch": "main"}
        happening.write_text(json.dumps({"ref": ref, "repository": repository}))
        named = {"prompt": "p"} if rollout else {}
        given = {"activity": "rollout", "rollout": rollout, "calls": "logs", "scores": "scores"}
        variables = {
            f"EVALGATE_{name.upper()}": value
            for name, value in {**given, **named, **inputs}.items()
        }
        return self.job.run(
            scratch,
            GITHUB_EVENT_NAME=event,
            GITHUB_EVENT_PATH=str(happening),
            GITHUB_BASE_REF="",
            GITHUB_REF=ref,
            GITHUB_ACTOR="ann",
            **variables,
        )

    def live(self, ref: str = "main") -> str:
        return self.github.state.git.text(LIVE, ref=ref) or ""

    def states(self) -> list[list[str]]:
        deployments = self.github.state.deployments.values()
        return [[status.state for status in each.statuses] for each in deployments]

    def payload(self) -> Mapping[str, str]:
        deployment = list(self.github.state.deployments.values())[-1]
        assert isinstance(deployment.payload, dict)
        return deployment.payload


@pytest.fixture
def shop(tmp_path: Path, github: Serving, claude: Claude) -> Shop:
    return open_shop(tmp_path, github, claude)


def open_shop(tmp_path: Path, github: Serving, claude: Claude, *, policy: str = BY_COMMIT) -> Shop:
    folder = make_shop(tmp_path / "shop", policy=policy)
    write(folder, {".gitignore": "logs/\nscores/\n"})
    commit_all(folder, "v2")
    check(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    (tmp_path / "jobs").mkdir()
    shop = Shop(job=Job(shop=folder, github=github, claude=claude), scratch=tmp_path / "jobs")
    shop.publish()
    return shop


@pytest.mark.parametrize(
    ("ago", "canary", "code", "outcome"),
    [(0.3, GOOD, 0, "advance"), (0.1, GOOD, 3, "hold"), (0.3, BAD, 1, "roll_back")],
    ids=["advance", "hold", "roll back"],
)
def test_a_check_ends_by_what_the_evidence_says(
    shop: Shop, ago: float, canary: Rates, code: int, outcome: str
) -> None:
    shop.serve(shop.begin(hours_ago=ago), hours=ago - 0.01, canary=canary)
    before = shop.live()
    ended = shop.dispatch("check")
    assert ended.exit_code == code, ended.log
    assert (ended.outputs["activity"], ended.outputs["outcome"]) == ("rollout", outcome)
    assert (shop.live(), shop.states()) == (before, [])
    document = json.loads((ended.folder / "rollout.json").read_text())
    assert document["prompt"] == "p"
    assert Path(ended.outputs["report-path"]) == ended.folder / "report.html"
    assert ended.outputs["upload"] == "true"
    assert "### Rollout: v2 of p: " in ended.summary


def test_an_advance_moves_the_pointer_and_records_it(shop: Shop) -> None:
    shop.serve(shop.begin(hours_ago=0.3), hours=0.29)
    ended = shop.dispatch("advance", reason="looks fine")
    assert ended.exit_code == 0, ended.log
    assert "percent: 50" in shop.live()
    assert "looks fine" in shop.live()
    assert shop.states() == [["in_progress", "success"]]
    assert (shop.payload()["percent_before"], shop.payload()["percent"]) == ("20", "50")
    assert ended.outputs["verdict"] == "pass"
    assert ended.annotations("notice")[-1].startswith("v2 of p gets 50 %25 of the traffic")


def test_harm_goes_back_on_schedule_with_an_incident(shop: Shop) -> None:
    shop.serve(shop.begin(hours_ago=0.3), hours=0.29, canary=BAD)
    ended = shop.dispatch("", event="schedule")
    assert ended.exit_code == 1, ended.log
    assert "canary:" not in shop.live()
    assert "phase: rolled_back" in shop.live()
    assert shop.states() == [["in_progress", "success"]]
    [incident] = (ended.folder / "main/p").glob("*-p-v2.json")
    path = f"reports/incidents/{incident.name}"
    assert shop.github.state.git.text(path, ref="main") == incident.read_text()
    assert ended.annotations("error")


def test_a_schedule_without_a_rollout_needs_nothing(shop: Shop) -> None:
    ended = shop.dispatch("", event="schedule", calls="artifact:evalgate-calls")
    assert ended.exit_code == 0, ended.log
    assert ended.outputs["verdict"] == "not_applicable"
    assert "No rollout is under way." in ended.summary


def test_the_artifacts_of_the_default_branch_are_the_evidence(shop: Shop) -> None:
    shop.serve(shop.begin(hours_ago=0.3), hours=0.29)
    for name in ("logs", "scores"):
        archive = BytesIO()
        with ZipFile(archive, "w") as file:
            for path in (shop.root / name).iterdir():
                file.write(path, path.name)
                path.unlink()
        shop.github.state.add_artifact(44, archive.getvalue(), name=name, branch="main")
    ended = shop.dispatch("advance", calls="artifact:logs", scores="artifact:scores")
    assert ended.exit_code == 0, ended.log
    assert "percent: 50" in shop.live()
    assert "calls: the artifact logs of 2026-" in ended.log
    assert not list(ended.folder.rglob("*.jsonl")), "the log is no part of the reports"


def test_a_gate_begins_a_rollout(shop: Shop, claude: Claude) -> None:
    calls = claude.calls
    ended = shop.dispatch("start", version="v2", calls="", scores="")
    assert ended.exit_code == 0, ended.log
    assert claude.calls > calls
    assert "canary: {version: v2, percent: 20," in shop.live()
    verdict = json.loads((ended.folder / "verdict.json").read_text())
    assert verdict["run_id"] in shop.live()
    assert shop.states() == [["in_progress", "success"]]
    assert "### Rollout: v2 of p gets 20 % of the traffic" in ended.summary


def test_a_gate_that_blocks_begins_nothing(shop: Shop) -> None:
    write(shop.root, {"prompts/p/v3.md": version("Be kind.")})
    commit_all(shop.root, "v3")
    shop.publish()
    ended = shop.dispatch("start", version="v3")
    assert ended.exit_code == 1, ended.log
    assert shop.live() == "stable: v1\n"
    assert shop.states() == [["in_progress", "failure"]]


@pytest.mark.parametrize(
    ("rollout", "inputs", "said"),
    [
        ("advance", {"calls": "nowhere"}, "nowhere: No such file or directory"),
        ("advance", {"calls": ""}, "the input calls: expected where the call log"),
        ("advance", {"prompt": "q"}, "there is no prompt `q`"),
        ("go", {}, "rollout: expected what is to become of it, got `go`"),
        ("advance", {"simulate": "true"}, "simulated answers are no reason"),
        ("advance", {"activity": "rolout"}, "there is no activity `rolout`"),
    ],
)
def test_a_slip_is_told_where_people_look(
    shop: Shop, rollout: str, inputs: dict[str, str], said: str
) -> None:
    shop.begin(hours_ago=0.3)
    before = shop.live()
    ended = shop.dispatch(rollout, **inputs)
    assert ended.exit_code == 2, ended.log
    assert said in ended.log
    assert (shop.live(), shop.states()) == (before, [])


def test_a_dispatch_on_another_branch_moves_nothing(shop: Shop) -> None:
    shop.begin(hours_ago=0.3)
    check(shop.root, "switch", "--quiet", "--create", "topic")
    ended = shop.dispatch("rollback", ref="refs/heads/topic")
    assert ended.exit_code == 2, ended.log
    assert "a rollout starts from the default branch (`main`), and this run is about" in ended.log
    assert "### Rollout: it stopped: a rollout starts from" in ended.summary
    assert "canary:" in shop.live()
