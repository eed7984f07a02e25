"""Facts about the files that `evalgate init` writes."""

from pathlib import Path

import pytest

from evalgate.adapters.files import read_json, read_yaml
from evalgate.cli.starter import (
    EXTRAS,
    GATE,
    UNKNOWN_ACTION,
    policy_text,
    schema_files,
    starter_files,
    workflow_path,
    workflow_text,
)
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
    assert sorted(files) == [
        ".evalgate/evalset.schema.json",
        ".evalgate/policy.schema.json",
        ".evalgate/runtime.schema.json",
    ]
    assert all(
        isinstance(read_json(path, text.encode()).data, dict) for path, text in files.items()
    )


@pytest.mark.parametrize("name", [GATE, *(each for names in EXTRAS.values() for each in names)])
def test_a_workflow_says_branch_and_action_of_the_repository(name: str) -> None:
    written = workflow_text('ma"in', "o/r@c", name=name)
    assert written.count("uses: o/r@c\n") == (2 if name == "evalgate-rollout.yml" else 1)
    assert "OWNER" not in written
    data = read_yaml(name, written.encode()).data
    assert isinstance(data, dict)
    started = data["on"]
    assert isinstance(started, dict)
    branches = [
        each["branches"]
        for each in started.values()
        if isinstance(each, dict) and "branches" in each
    ]
    assert branches == ([['ma"in']] if {"pull_request", "push"} & set(started) else [])


def test_a_workflow_is_the_packages_file_where_nothing_is_to_be_filled_in() -> None:
    file = (ROOT / "evalgate/workflows" / GATE).read_text("utf-8")
    assert workflow_text("main", UNKNOWN_ACTION) == file
    assert workflow_path(GATE) == ".github/workflows/evalgate.yml"


def test_the_policy_knows_how_long_the_job_of_the_workflow_may_take() -> None:
    content = policy_text(suggested(20, 0.05)).encode()
    policy = read_policy(read_yaml("p.yml", content), content)
    assert f"timeout-minutes: {policy.run.job_minutes:g}\n" in workflow_text("main", "o/r@c")
