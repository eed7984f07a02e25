"""Facts about the files that `evalgate init` writes."""

from pathlib import Path

import pytest

from evalgate.adapters.files import read_json, read_yaml
from evalgate.cli.starter import policy_text, schema_files, starter_files, workflow_text
from evalgate.deciding.sizing import suggested
from evalgate.gate.policy import read_policy
from evalgate.model.policy import Paths

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("cases", [1, 5, 20, 200])
def test_the_policy_says_what_was_suggested(cases: int) -> None:
    setup = suggested(cases, 0.05)
    content = policy_text(setup).encode()
    policy = read_policy(read_yaml("p.yml", content), content)
    assert policy.gate.max_drop == pytest.approx(setup.max_drop)
    assert policy.run.trials == setup.trials


def test_the_starter_goes_into_the_policys_folders() -> None:
    files = starter_files(Paths(prompts="ai/prompts", evalsets="ai/sets"))
    assert sorted(files) == [
        "ai/prompts/visitor-desk/live.yaml",
        "ai/prompts/visitor-desk/v1.md",
        "ai/sets/visitor-desk.yaml",
    ]


def test_the_schemas_are_json() -> None:
    files = schema_files()
    assert sorted(files) == [".evalgate/evalset.schema.json", ".evalgate/policy.schema.json"]
    assert all(
        isinstance(read_json(path, text.encode()).data, dict) for path, text in files.items()
    )


def test_the_workflow_pins_what_this_repository_pins() -> None:
    own = (ROOT / ".github/workflows/gate.yml").read_text("utf-8")
    written = workflow_text('ma"in', "o/r@c")
    checkout = next(line.strip() for line in written.splitlines() if "actions/checkout@" in line)
    assert checkout in own
    data = read_yaml("w.yml", written.encode()).data
    assert isinstance(data, dict)
    assert data["on"] == {"pull_request": {"branches": ['ma"in']}, "merge_group": None}
    assert "uses: o/r@c" in written
