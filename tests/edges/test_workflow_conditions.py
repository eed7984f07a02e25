"""Whether the workflows that `evalgate init` writes run, by the real runner; the Action stands in."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from evalgate.cli.starter import EXTRAS, GATE, workflow_path, workflow_text
from tests.act.runner import ACT, ACTION, ROOT, commit, git

pytestmark = pytest.mark.slow

HERE, FORK = {"full_name": "octo/shop"}, {"full_name": "stranger/shop"}
ADA, ROBOT = {"login": "ada"}, {"login": "dependabot[bot]"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with all workflows, beside an action that tells which inputs it gets."""
    if not ACT.exists():
        pytest.skip("the workflow runner act is not installed")
    folder = tmp_path_factory.mktemp("conditions") / "shop"
    for name in (GATE, *(file for files in EXTRAS.values() for file in files)):
        path = folder / workflow_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(workflow_text("main", ACTION, name=name), "utf-8")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "Workflows")
    git(folder, "remote", "add", "origin", "https://github.com/octo/shop.git")
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    told = "${{ toJSON(inputs) }}"
    script = {"shell": "bash", "env": {"GIVEN": told}, "run": 'echo "GIVEN $(echo $GIVEN)"'}
    action = {
        "name": "stand-in",
        "inputs": {name: {"default": ""} for name in inputs},
        "runs": {"using": "composite", "steps": [script]},
    }
    stand_in = folder.with_name("stand-in") / "action.yml"
    stand_in.parent.mkdir()
    stand_in.write_text(yaml.safe_dump(action), "utf-8")
    return folder


def given(shop: Path, workflow: str, event: str, **payload: object) -> dict[str, str] | None:
    """Run a workflow, and return the inputs that the Action got; None when it was not run."""
    whole = {"repository": {**HERE, "default_branch": "main"}, **payload}
    file = shop.with_name("event.json")
    file.write_text(json.dumps(whole), "utf-8")
    words = (
        *(str(ACT), event, "--workflows", workflow_path(workflow), "--eventpath", str(file)),
        *("--platform", "ubuntu-24.04=-self-hosted", "--action-offline-mode", "--no-cache-server"),
        *("--local-repository", f"{ACTION}={shop.with_name('stand-in')}", "--json"),
        *("--secret", "ANTHROPIC_API_KEY=sk-of-the-shop"),
    )
    done = subprocess.run(words, cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = [str(json.loads(line)["msg"]) for line in done.stdout.splitlines() if line[:1] == "{"]
    found = [line.removeprefix("GIVEN ") for line in said if line.startswith("GIVEN ")]
    inputs: dict[str, str] | None = json.loads(found[0]) if found else None
    return inputs


@pytest.mark.parametrize(
    ("started_by", "repository", "actor", "runs"),
    [
        ("pull_request", FORK, ADA, True),
        ("pull_request", None, ADA, True),
        ("pull_request", HERE, ROBOT, True),
        ("pull_request", HERE, ADA, False),
        ("merge_group", FORK, ADA, False),
    ],
)
def test_what_strangers_and_robots_came_to_is_published(
    shop: Path, started_by: str, repository: object, actor: object, *, runs: bool
) -> None:
    run = {
        "event": started_by,
        "head_repository": repository,
        "actor": actor,
        "head_sha": "a" * 40,
    }
    assert (
        given(shop, "evalgate-publish.yml", "workflow_run", workflow_run=run) is not None
    ) == runs


@pytest.mark.parametrize(
    ("workflow", "inputs"),
    [
        ("evalgate-forks.yml", {"pull-request": "7", "content": "0123456789abcdef"}),
        ("evalgate-promote.yml", {"prompt": "p", "version": "v2", "percent": "5", "reason": "a b"}),
        ("evalgate-rollout.yml", {"rollout": "start", "prompt": "p", "version": "v2"}),
        ("evalgate-rollout.yml", {"rollout": "advance", "prompt": "p", "override": "true"}),
    ],
)
def test_what_is_dispatched_reaches_the_action_from_the_default_branch_alone(
    shop: Path, workflow: str, inputs: dict[str, str]
) -> None:
    ref = "refs/heads/main"
    got = given(shop, workflow, "workflow_dispatch", inputs=inputs, ref=ref)
    assert got is not None
    assert {name: got[name] for name in inputs} == inputs
    git(shop, "switch", "--quiet", "--create", "topic")
    try:
        elsewhere = given(
            shop, workflow, "workflow_dispatch", inputs=inputs, ref="refs/heads/topic"
        )
    finally:
        git(shop, "switch", "--quiet", "main")
        git(shop, "branch", "--quiet", "-D", "topic")
    assert elsewhere is None


@pytest.mark.parametrize(
    ("workflow", "event"),
    [
        (GATE, "pull_request"),
        (GATE, "merge_group"),
        ("evalgate-record.yml", "push"),
        ("evalgate-rollout.yml", "schedule"),
    ],
)
def test_what_starts_by_itself_runs(shop: Path, workflow: str, event: str) -> None:
    pull = {"number": 7, "head": {"sha": "a" * 40}, "base": {"ref": "main"}}
    got = given(shop, workflow, event, pull_request=pull, ref="refs/heads/main")
    assert got is not None


def test_a_schedule_looks_after_every_rollout_without_a_key(shop: Path) -> None:
    got = given(shop, "evalgate-rollout.yml", "schedule", repository=None)
    assert got is not None
    assert (got["activity"], got["rollout"], got["prompt"]) == ("rollout", "", "")
    assert (got["calls"], got["anthropic-api-key"]) == ("artifact:evalgate-calls", "")


def test_only_what_starts_a_rollout_meets_the_key(shop: Path) -> None:
    asked = {"rollout": "start", "prompt": "p", "version": "v2"}
    ref = "refs/heads/main"
    got = given(shop, "evalgate-rollout.yml", "workflow_dispatch", inputs=asked, ref=ref)
    assert got is not None
    assert (got["activity"], got["anthropic-api-key"]) == ("rollout", "***")
    back = {**asked, "rollout": "rollback"}
    got = given(shop, "evalgate-rollout.yml", "workflow_dispatch", inputs=back, ref=ref)
    assert got is not None
    assert (got["rollout"], got["anthropic-api-key"]) == ("rollback", "")
