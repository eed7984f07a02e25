"""The Action, run by a real workflow runner in a scratch repository that uses it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACT = Path(sys.executable).with_name("act")
EXAMPLE = (".github/evalgate.yml", "prompts", "evalsets")
WINDOW = "within 30 days of delivery"
REFERENCE = "sheet 14-C"
TRAPS = (
    "sitecustomize",
    "usercustomize",
    "hashlib",
    "json",
    "pathlib",
    "pip",
    "venv",
    "anthropic",
    "evalgate",
)

WORKFLOW = """\
on: pull_request
jobs:
  gate:
    runs-on: ubuntu-latest
    env: {PYTHONPATH: ., PYTHONSTARTUP: sitecustomize.py}
    steps:
      - uses: actions/checkout@v7
      - id: harmless
        uses: evalgate/evalgate@v1
        with: {simulate: "true", python: PYTHON, head: harmless, out: reports/harmless}
      - id: unchanged
        uses: evalgate/evalgate@v1
        with: {simulate: "true", python: PYTHON, head: main, out: reports/unchanged}
      - id: mistyped
        continue-on-error: true
        uses: evalgate/evalgate@v1
        with: {simulate: "yes", python: PYTHON}
      - id: damaging
        uses: evalgate/evalgate@v1
        with: {simulate: "true", python: PYTHON, out: reports/damaging}
      - if: always()
        env:
          STEPS: ${{ toJSON(steps) }}
        run: |
          printf '%s' "$STEPS" > "$RESULTS/steps.json"
          cp -R reports "$RESULTS"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one step of the workflow ended, and what it put out."""

    outcome: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is left of a run of the workflow."""

    exit_code: int
    log: str
    summaries: Sequence[str]
    steps: Mapping[str, Step]
    results: Path


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Tests", "-c", "user.email=tests@example.org")
    command = ("git", *identity, *words)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", message)


def the_action(folder: Path) -> Path:
    """Copy what is, or would be, committed: the runner gets nothing else either."""
    listing = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listing.split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder


def add_version(folder: Path, old: str, new: str) -> None:
    """Write version 3: version 2 with one edit."""
    stable = (folder / "prompts/support-reply/v2.md").read_text("utf-8")
    assert stable.count(old) == 1
    (folder / "prompts/support-reply/v3.md").write_text(stable.replace(old, new), "utf-8")


def a_repository(folder: Path, *, spring: Path) -> Path:
    """Make a repository with a branch per change, and check the damaging one out.

    The damaging branch also brings modules of its own, named like those that the Action needs;
    they write to the file `spring` when anything imports them.
    """
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name in EXAMPLE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            (folder / name).parent.mkdir(parents=True)
            shutil.copy(ROOT / name, folder / name)
    workflow = folder / ".github/workflows/gate.yml"
    workflow.parent.mkdir()
    workflow.write_text(WORKFLOW.replace("PYTHON", sys.executable), "utf-8")
    commit(folder, "Start")
    git(folder, "checkout", "--quiet", "-b", "harmless")
    add_version(folder, REFERENCE, "sheet 14-D")
    commit(folder, "Name the new sheet")
    git(folder, "checkout", "--quiet", "-b", "damaging", "main")
    add_version(folder, WINDOW, "after delivery")
    for name in TRAPS:
        (folder / f"{name}.py").write_text(f"open({str(spring)!r}, 'a').write({name!r})\n", "utf-8")
    commit(folder, "Shorten the line about returns")
    return folder


def run_workflow(repository: Path, action: Path, results: Path) -> Run:
    origin = repository.with_name("origin.git")
    git(repository, "clone", "--quiet", "--bare", ".", str(origin))
    git(repository, "remote", "add", "origin", str(origin))
    git(repository, "fetch", "--quiet", "origin")
    event = repository.with_name("event.json")
    event.write_text(json.dumps({"pull_request": {"number": 7, "base": {"ref": "main"}}}), "utf-8")
    arguments = (
        *("pull_request", "--eventpath", str(event), "--platform", "ubuntu-latest=-self-hosted"),
        *("--local-repository", f"evalgate/evalgate@v1={action}", "--action-offline-mode"),
        *("--action-cache-path", str(repository.with_name("cache")), "--no-cache-server"),
        *("--env", f"RESULTS={results}", "--json"),
    )
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "ANTHROPIC_", "EVALGATE_"))
    }
    done = subprocess.run(
        (str(ACT), *arguments), cwd=repository, env=clean, capture_output=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    # The runner shows what a step inside an action added twice: for that step and for the action.
    summaries = [line["content"] for line in lines if line.get("command") == "summary"]
    steps = json.loads((results / "steps.json").read_text("utf-8"))
    return Run(
        exit_code=done.returncode,
        log="\n".join(line["msg"].rstrip() for line in lines),
        summaries=list(dict.fromkeys(summaries)),
        steps={
            name: Step(outcome=step["outcome"], outputs=step["outputs"])
            for name, step in steps.items()
        },
        results=results,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the workflow once; each test below states one thing about what came of it."""
    if not ACT.exists():
        pytest.skip("the workflow runner act is not installed")
    folder = tmp_path_factory.mktemp("action")
    results = folder / "results"
    results.mkdir()
    repository = a_repository(folder / "repository", spring=results / "sprung")
    return run_workflow(repository, the_action(folder / "evalgate"), results)


pytestmark = pytest.mark.slow


def test_the_job_fails_when_a_change_does_harm(run: Run) -> None:
    assert run.exit_code == 1, run.log
    assert run.steps["damaging"].outcome == "failure"
    assert run.steps["damaging"].outputs["verdict"] == "fail"


def test_a_harmless_change_passes(run: Run) -> None:
    assert run.steps["harmless"].outcome == "success", run.log
    assert run.steps["harmless"].outputs["verdict"] == "pass"


def test_nothing_to_judge_is_green_and_says_so(run: Run) -> None:
    assert run.steps["unchanged"].outcome == "success", run.log
    assert run.steps["unchanged"].outputs["verdict"] == "not_applicable"


def test_a_mistyped_switch_stops_before_the_gate(run: Run) -> None:
    assert run.steps["mistyped"].outcome == "failure"
    assert run.steps["mistyped"].outputs["verdict"] == ""
    assert "The input simulate takes true or false." in run.log


def test_the_numbers_are_outputs(run: Run) -> None:
    harmless, damaging = run.steps["harmless"].outputs, run.steps["damaging"].outputs
    assert 0 <= float(damaging["pass-rate"]) < float(harmless["pass-rate"]) <= 1
    assert -1 <= float(damaging["delta"]) < -0.05 < float(harmless["delta"]) <= 1
    assert float(harmless["cost"]) >= 0


def test_the_report_is_where_the_output_says(run: Run) -> None:
    for name in ("harmless", "damaging"):
        report = run.steps[name].outputs["report-path"]
        assert report == f"reports/{name}/report.html"
        assert "simulated" in (run.results / report).read_text("utf-8")


def test_the_job_summary_tells_each_story(run: Run) -> None:
    harmless, unchanged, damaging = run.summaries
    assert "simulated" in harmless
    assert "Blocked" not in harmless
    assert "support-reply" not in unchanged
    assert "Blocked" in damaging
    assert "within 30 days" in damaging


def test_no_module_of_the_checkout_under_test_was_imported(run: Run) -> None:
    assert (run.results / "steps.json").exists()
    assert not (run.results / "sprung").exists()
