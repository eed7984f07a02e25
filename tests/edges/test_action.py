"""The Action in a workflow of several steps: outputs, summaries, and what the checkout cannot do."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.act.runner import ROOT, Bench, Run, Trigger, act, commit, git

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
          cp -R reports "$STORED"
"""
EVENT = {
    "pull_request": {
        "number": 7,
        "head": {"sha": "a" * 40, "ref": "damaging", "repo": {"full_name": "octo/shop"}},
        "base": {"ref": "main", "repo": {"full_name": "octo/shop"}},
    }
}


def add_version(folder: Path, old: str, new: str) -> None:
    """Write version 3: version 2 with one edit."""
    stable = (folder / "prompts/support-reply/v2.md").read_text("utf-8")
    assert stable.count(old) == 1
    (folder / "prompts/support-reply/v3.md").write_text(stable.replace(old, new), "utf-8")


def a_repository(folder: Path, workflow: str, *, spring: Path) -> Path:
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
    path = folder / ".github/workflows/gate.yml"
    path.parent.mkdir()
    path.write_text(workflow.replace("PYTHON", sys.executable), "utf-8")
    commit(folder, "Start")
    git(folder, "checkout", "--quiet", "-b", "harmless")
    add_version(folder, REFERENCE, "sheet 14-D")
    commit(folder, "Name the new sheet")
    git(folder, "checkout", "--quiet", "-b", "damaging", "main")
    add_version(folder, WINDOW, "after delivery")
    for name in TRAPS:
        (folder / f"{name}.py").write_text(f"open({str(spring)!r}, 'a').write({name!r})\n", "utf-8")
    commit(folder, "Shorten the line about returns")
    origin = folder.with_name("origin.git")
    git(folder, "clone", "--quiet", "--bare", ".", str(origin))
    git(folder, "remote", "add", "origin", str(origin))
    git(folder, "fetch", "--quiet", "origin")
    return folder


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spring") / "sprung"


@pytest.fixture(scope="module")
def run(bench: Bench, tmp_path_factory: pytest.TempPathFactory, spring: Path) -> Run:
    """Run the workflow once; each test below states one thing about what came of it."""
    folder = tmp_path_factory.mktemp("action")
    repository = a_repository(folder / "repository", WORKFLOW, spring=spring)
    return act(bench, repository, Trigger(event="pull_request", payload=EVENT))


pytestmark = [pytest.mark.slow, pytest.mark.full]


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
    assert "the input simulate takes true or false, not `yes`" in run.log


def test_the_numbers_are_outputs(run: Run) -> None:
    harmless, damaging = run.steps["harmless"].outputs, run.steps["damaging"].outputs
    assert 0 <= float(damaging["pass-rate"]) < float(harmless["pass-rate"]) <= 1
    assert -1 <= float(damaging["delta"]) < -0.05 < float(harmless["delta"]) <= 1
    assert float(harmless["cost"]) >= 0


def test_the_report_is_where_the_output_says(run: Run) -> None:
    for name in ("harmless", "damaging"):
        report = run.steps[name].outputs["report-path"]
        assert report == f"reports/{name}/report.html"
        assert "simulated" in (run.stored / report).read_text("utf-8")


def test_the_job_summary_tells_each_story(run: Run) -> None:
    told = [summary for summary in run.summaries if summary.startswith("## ")]
    harmless, unchanged, damaging = told
    assert "simulated" in harmless
    assert "Blocked" not in harmless
    assert "support-reply" not in unchanged
    assert "Blocked" in damaging
    assert "within 30 days" in damaging


def test_no_module_of_the_checkout_under_test_was_imported(run: Run, spring: Path) -> None:
    assert run.steps
    assert not spring.exists()
