"""The documented matrix workflow, run by a real workflow runner: shards, artifacts, one verdict."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.edges.test_action import ACT, ROOT, a_repository, git, the_action

ARTIFACTS = {
    "upload-artifact": 'mkdir -p "$STORED/$NAME" && cp -R "$FOLDER/." "$STORED/$NAME"',
    "download-artifact": 'mkdir -p "$FOLDER" && cp -R "$STORED/." "$FOLDER"',
}
"""What stands in for the service that keeps artifacts, which no runner offers without a network."""

STAND_IN = """\
name: {name}
inputs: {{name: {{default: ""}}, path: {{default: ""}}, pattern: {{default: ""}}}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {{NAME: "${{{{ inputs.name }}}}", FOLDER: "${{{{ inputs.path }}}}"}}
      run: {script}
"""


Merged = tuple[Path, subprocess.CompletedProcess[bytes]]
"""The folder of all artifacts, and how the runner ended."""


def documented() -> str:
    """Return the workflow of the documentation, for two shards and with simulated answers."""
    page = (ROOT / "docs/running.md").read_text("utf-8")
    found = re.search(r"```yaml\n(name: prompts\n.*?)```", page, re.DOTALL)
    assert found is not None
    workflow = found[1]
    assert "shard: [1, 2, 3]" in workflow
    simulated = 'simulate: "true"'
    small = workflow.replace("[1, 2, 3]", "[1, 2]").replace("}}/3", "}}/2")
    small = small.replace("OWNER/evalgate@COMMIT", "evalgate/evalgate@v1")
    return small.replace("anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}", simulated)


@pytest.fixture(scope="module")
def stored(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[bytes]]:
    """Run the workflow once on a damaging change, and return what became an artifact."""
    if not ACT.exists():
        pytest.skip("the workflow runner act is not installed")
    folder = tmp_path_factory.mktemp("matrix")
    stored = folder / "stored"
    stored.mkdir()
    repository = a_repository(folder / "repository", spring=folder / "sprung")
    (repository / ".github/workflows/gate.yml").write_text(documented(), "utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "Gate in shards")
    origin = folder / "origin.git"
    git(repository, "clone", "--quiet", "--bare", ".", str(origin))
    git(repository, "remote", "add", "origin", str(origin))
    git(repository, "fetch", "--quiet", "origin")
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "base": {"ref": "main"}}}), "utf-8")
    actions = {"evalgate/evalgate@v1": the_action(folder / "evalgate")}
    for name, script in ARTIFACTS.items():
        place = folder / name
        place.mkdir()
        (place / "action.yml").write_text(STAND_IN.format(name=name, script=script), "utf-8")
        actions[f"actions/{name}@v7"] = place
    local = [
        word for name, at in actions.items() for word in ("--local-repository", f"{name}={at}")
    ]
    arguments = (
        *("pull_request", "--eventpath", str(event), "--platform", "ubuntu-latest=-self-hosted"),
        *("--action-offline-mode", "--action-cache-path", str(folder / "cache")),
        *("--no-cache-server", "--env", f"STORED={stored}", *local),
    )
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "ANTHROPIC_", "EVALGATE_"))
    }
    done = subprocess.run(
        (str(ACT), *arguments), cwd=repository, env=clean, capture_output=True, check=False
    )
    return stored, done


pytestmark = pytest.mark.slow


def test_each_shard_has_trials_of_its_own(
    stored: Merged,
) -> None:
    folder, done = stored
    texts = [(folder / f"shard-{n}/trials.jsonl") for n in (1, 2)]
    assert all(text.exists() for text in texts), done.stdout[-3000:]
    lines = [text.read_text("utf-8").splitlines() for text in texts]
    cases = [{json.loads(line)["case"] for line in each} for each in lines]
    assert min(map(len, cases)) > 50
    assert not cases[0] & cases[1]


def test_the_merged_verdict_fails_the_job(
    stored: Merged,
) -> None:
    _, done = stored
    assert done.returncode == 1
    assert b"Blocked: support-reply v3 answers" in done.stdout
