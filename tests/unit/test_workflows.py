"""Facts about the workflow files: this project's own, and those that `evalgate init` writes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from evalgate.cli.starter import EXTRAS, GATE, UNKNOWN_ACTION

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / ".github/workflows").glob("*.yml"))
GIVEN = sorted((ROOT / "evalgate/workflows").glob("*.yml"))
FILES = [*OWN, *GIVEN]
SHELLCHECK = Path(sys.executable).with_name("shellcheck")

RUNNERS = ("GITHUB_OUTPUT", "GITHUB_REPOSITORY", "GITHUB_SHA", "RUNNER_TEMP")
"""What the runner sets in every step."""

PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OURS = UNKNOWN_ACTION
LOCAL = "./ # zizmor: ignore[self-repository] an action at the root has no form with a dollar sign"

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


WRITES = {
    GATE: {"pull-requests", "statuses"},
    "evalgate-record.yml": set(),
    "evalgate-publish.yml": {"pull-requests", "statuses"},
    "evalgate-forks.yml": {"pull-requests", "statuses"},
    "evalgate-promote.yml": {"pull-requests", "deployments"},
    "evalgate-rollout.yml": {"pull-requests", "deployments"},
}
"""What the workflows that are given may write besides contents."""

WRITES_CONTENTS = ("evalgate-record.yml", "evalgate-promote.yml", "evalgate-rollout.yml")


def document(path: Path) -> dict[str, Any]:
    """Return a workflow; the key `on` is true to YAML 1.1."""
    read: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in read.items()}


NOT_OF_PULL_REQUESTS = [path for path in FILES if "pull_request" not in document(path)["on"]]
DISPATCHED = [path for path in FILES if "workflow_dispatch" in document(path)["on"]]


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in jobs(path).values():
        yield from job["steps"]


def has_key(job: dict[str, Any]) -> bool:
    """Return whether a job hands a key to the Action."""
    return any("anthropic-api-key" in step.get("with", {}) for step in job["steps"])


def evalgate_steps(path: Path) -> list[dict[str, Any]]:
    return [step for step in steps(path) if step.get("uses") in {"./", OURS}]


# Every workflow


@each_file
def test_rights_are_given_to_jobs_alone_and_each_has_its_reason(path: Path) -> None:
    assert document(path)["permissions"] == {}
    text = path.read_text("utf-8")
    for name, job in jobs(path).items():
        for scope, level in job["permissions"].items():
            assert re.search(rf"^      {scope}: {level} # \w", text, re.M), (name, scope)


@each_file
def test_every_job_has_an_end_and_a_name(path: Path) -> None:
    for name, job in jobs(path).items():
        assert 1 <= job["timeout-minutes"] <= 60, name
        assert job["name"], name
        assert job["runs-on"] == "ubuntu-24.04", name


@each_file
def test_runs_of_one_thing_follow_each_other(path: Path) -> None:
    group = document(path)["concurrency"]
    assert group["group"]
    assert "cancel-in-progress" in group


@pytest.mark.parametrize("path", NOT_OF_PULL_REQUESTS, ids=lambda path: path.name)
def test_what_pays_or_writes_is_never_cancelled(path: Path) -> None:
    """A run for a pull request may be: the next one is about a newer commit."""
    assert document(path)["concurrency"]["cancel-in-progress"] is False


@each_file
def test_the_actions_of_others_are_pinned_to_commits_with_their_version(path: Path) -> None:
    used = re.findall(r"^[ -]*uses: (.+)$", path.read_text("utf-8"), re.M)
    for use in used:
        assert use in {OURS, LOCAL} or PINNED.fullmatch(use), use


def test_all_files_pin_the_same_commit_of_an_action() -> None:
    text = "".join(path.read_text("utf-8") for path in [*FILES, ROOT / "action.yml"])
    pins: dict[str, set[str]] = {}
    for name, pin in re.findall(r"uses: ([\w.-]+/[\w.-]+)@(.+)$", text, re.M):
        pins.setdefault(name, set()).add(pin)
    assert {name for name, found in pins.items() if len(found) > 1} == set()


@each_file
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
            assert "ref" not in step["with"], "only what the event is about is ever checked out"


@each_file
def test_whoever_runs_evalgate_has_the_whole_history(path: Path) -> None:
    for job in jobs(path).values():
        if any(step.get("uses") in {"./", OURS} for step in job["steps"]):
            (checkout,) = (step for step in job["steps"] if "checkout" in step.get("uses", ""))
            assert checkout["with"]["fetch-depth"] == 0


@each_file
def test_scripts_hold_no_expression_and_change_no_later_step(path: Path) -> None:
    for step in steps(path):
        assert not re.search(r"\$\{\{|GITHUB_ENV|GITHUB_PATH", step.get("run", ""))


@each_file
def test_every_exception_of_the_auditor_has_its_reason(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    for above, line in pairwise(lines):
        if "zizmor: ignore[" in line:
            beside = line.partition("]")[2].strip()
            assert beside or above.lstrip().startswith("# "), line


@each_file
def test_a_key_is_handed_to_the_action_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    named = re.findall(r"secrets\.(\w+)", text)
    handed = [step.get("with", {}).get("anthropic-api-key") for step in evalgate_steps(path)]
    assert set(named) <= {"ANTHROPIC_API_KEY"}
    assert len(named) == sum(value is not None for value in handed)


@pytest.mark.parametrize("path", DISPATCHED, ids=lambda path: path.name)
def test_what_is_dispatched_runs_on_the_default_branch_alone(path: Path) -> None:
    alone = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    timed = "github.event_name == 'schedule'"  # on the default branch in any case
    also = re.compile(rf"\$\{{\{{ ({timed} \|\| )?{re.escape(alone)}( && [^|]+)? \}}\}}")
    for name, job in jobs(path).items():
        assert also.fullmatch(job.get("if", "")) or job.get("needs") == ["check"], name


@each_file
def test_no_workflow_has_secrets_and_a_checkout_of_strangers(path: Path) -> None:
    assert "pull_request_target" not in path.read_text("utf-8")


@pytest.mark.skipif(not SHELLCHECK.exists(), reason="shellcheck is not installed")
def test_every_script_of_a_workflow_and_of_the_action_is_sound(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    found = [step for path in FILES for step in steps(path)] + action
    scripts = [(step["run"], step.get("env", {})) for step in found if "run" in step]
    scripts += [(path.read_text("utf-8"), {}) for path in (ROOT / ".ci").iterdir()]
    for number, (script, variables) in enumerate(scripts):
        # A name that neither the step nor the runner sets is a slip of the pen.
        known = "".join(f"export {name}=''\n" for name in (*variables, *RUNNERS))
        (tmp_path / f"{number}.sh").write_text(f"#!/bin/bash\n{known}{script}", "utf-8")
    assert len(scripts) >= 9
    done = subprocess.run(
        (SHELLCHECK, "--enable=check-unassigned-uppercase", *tmp_path.glob("*.sh")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


# This project's own


def test_the_last_job_of_ci_waits_for_all_others() -> None:
    own = jobs(ROOT / ".github/workflows/ci.yml")
    assert set(own["green"]["needs"]) == set(own) - {"green"}
    assert own["green"]["if"] == "always()"


@pytest.mark.parametrize(
    ("ended", "code"),
    [("success", 0), ("success success", 0), ("success failure", 1), ("skipped", 1), ("", 1)],
)
def test_ci_is_green_when_every_job_has_succeeded(ended: str, code: int) -> None:
    (step,) = jobs(ROOT / ".github/workflows/ci.yml")["green"]["steps"]
    done = subprocess.run(
        ("bash", "-e", "-c", step["run"]), env={"ENDED": ended}, capture_output=True, check=False
    )
    assert done.returncode == code


def test_a_pull_requests_own_code_meets_the_simulator_without_a_key() -> None:
    text = (ROOT / ".github/workflows/gate.yml").read_text("utf-8")
    (step,) = evalgate_steps(ROOT / ".github/workflows/gate.yml")
    assert step["with"]["simulate"] == "true"
    assert "secrets." not in text


def test_the_key_of_this_project_is_in_an_environment_only() -> None:
    for path in OWN:
        for name, job in jobs(path).items():
            assert not has_key(job) or job["environment"] == "claude", (path.name, name)


def test_a_release_that_is_run_again_late_moves_no_major_tag_back() -> None:
    (script,) = (
        step["run"]
        for step in jobs(ROOT / ".github/workflows/release.yml")["release"]["steps"]
        if ".ci/release " in step.get("run", "")
    )
    assert script.index("upkeep.release check") < script.index(".ci/release ")


# Those that `evalgate init` writes


def test_every_workflow_that_is_given_can_be_asked_for() -> None:
    assert {path.name for path in GIVEN} == {
        GATE,
        *(each for names in EXTRAS.values() for each in names),
    }


@pytest.mark.parametrize("path", GIVEN, ids=lambda path: path.name)
def test_each_job_may_write_just_what_the_manual_says(path: Path) -> None:
    for job in jobs(path).values():
        rights = {**job["permissions"]}
        assert rights.pop("contents") == ("write" if path.name in WRITES_CONTENTS else "read")
        assert {scope for scope, level in rights.items() if level == "write"} == WRITES[path.name]
        assert {scope: level for scope, level in rights.items() if level != "write"} in (
            {},
            {"actions": "read"},
        )


def test_changes_are_gated_on_pull_requests_and_in_the_merge_queue_alone() -> None:
    assert set(document(ROOT / "evalgate/workflows" / GATE)["on"]) == {
        "pull_request",
        "merge_group",
    }


@pytest.mark.parametrize("path", GIVEN, ids=lambda path: path.name)
def test_a_key_that_somebody_sends_for_can_be_kept_in_an_environment(path: Path) -> None:
    for name, job in jobs(path).items():
        assert ("environment" in job) == (path in DISPATCHED and has_key(job)), name


def test_what_gives_the_traffic_back_waits_for_no_reviewer_and_no_other_run() -> None:
    path = ROOT / "evalgate/workflows/evalgate-rollout.yml"
    start, follow = jobs(path)["start"], jobs(path)["follow"]
    assert "inputs.rollout == 'start'" in start["if"]
    assert "inputs.rollout != 'start'" in follow["if"]
    assert has_key(start)
    assert not has_key(follow)
    group = document(path)["concurrency"]["group"]
    assert "inputs.rollout == 'rollback' && github.run_id ||" in group


def test_the_publisher_listens_to_the_workflow_that_gates() -> None:
    folder = ROOT / "evalgate/workflows"
    listened = document(folder / "evalgate-publish.yml")["on"]["workflow_run"]["workflows"]
    assert listened == [document(folder / GATE)["name"]]


def test_the_publisher_has_no_key() -> None:
    assert "secrets." not in (ROOT / "evalgate/workflows/evalgate-publish.yml").read_text("utf-8")


def test_the_workflow_for_forks_is_named_as_the_action_expects_it() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    named = action["inputs"]["forks-workflow"]["default"]
    assert named in EXTRAS["forks"]


@each_file
def test_every_input_that_a_workflow_gives_is_one_of_the_action(path: Path) -> None:
    known = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    for step in evalgate_steps(path):
        assert set(step.get("with", {})) <= set(known)


@pytest.mark.parametrize("path", DISPATCHED, ids=lambda path: path.name)
def test_every_input_of_a_dispatch_is_handed_to_the_action_or_a_script(path: Path) -> None:
    asked = document(path)["on"]["workflow_dispatch"]["inputs"]
    assert asked
    text = path.read_text("utf-8")
    for name, each in asked.items():
        assert f": ${{{{ inputs.{name} }}}}" in text, name
        assert each["type"] == "string", "evalgate checks texts, whatever the form offers"
