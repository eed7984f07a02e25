"""The documented matrix workflow, run by a real workflow runner: shards, artifacts, one verdict."""

import json
import re

import pytest

from tests.act.runner import ACTION, ROOT, Bench, Run, Trigger, act
from tests.edges.test_action import EVENT, a_repository

pytestmark = [pytest.mark.slow, pytest.mark.full]


def documented() -> str:
    """Return the workflow of the documentation, for two shards and with simulated answers."""
    page = (ROOT / "docs/running.md").read_text("utf-8")
    found = re.search(r"```yaml\n(name: prompts\n.*?)```", page, re.DOTALL)
    assert found is not None
    workflow = found[1]
    assert "shard: [1, 2, 3]" in workflow
    simulated = 'simulate: "true"'
    small = workflow.replace("[1, 2, 3]", "[1, 2]").replace("}}/3", "}}/2")
    small = small.replace("OWNER/evalgate@COMMIT", ACTION)
    return small.replace("anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}", simulated)


@pytest.fixture(scope="module")
def run(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the workflow once on a damaging change."""
    folder = tmp_path_factory.mktemp("matrix")
    repository = a_repository(folder / "repository", documented(), spring=folder / "sprung")
    return act(bench, repository, Trigger(event="pull_request", payload=EVENT))


def test_each_shard_has_trials_of_its_own(run: Run) -> None:
    texts = [(run.stored / f"shard-{n}/trials.jsonl") for n in (1, 2)]
    assert all(text.exists() for text in texts), run.log[-3000:]
    lines = [text.read_text("utf-8").splitlines() for text in texts]
    cases = [{json.loads(line)["case"] for line in each} for each in lines]
    assert min(map(len, cases)) > 50
    assert not cases[0] & cases[1]


def test_the_merged_verdict_fails_the_job(run: Run) -> None:
    assert run.exit_code == 1
    assert "Blocked: support-reply v3 answers" in run.log
