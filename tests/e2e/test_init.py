"""Facts about setting a repository up, as a user types it."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, create_repository, switch_branch
from tests.e2e.commands import evalgate

FREE = "children under 12 come in free"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "trunk")
    (folder / "README.md").write_text("A shop.\n")
    commit_all(folder, "first")
    return folder


def verdict_of_v2(folder: Path, old: str, new: str) -> str:
    """Gate a second version of the first prompt in which a sentence is replaced."""
    first = (folder / "prompts/visitor-desk/v1.md").read_text()
    assert old in first
    (folder / "prompts/visitor-desk/v2.md").write_text(first.replace(old, new))
    evalgate(folder, "gate", "--simulate", "--out", "run", "--base", "trunk")
    verdict: str = json.loads((folder / "run/verdict.json").read_text())["verdict"]
    return verdict


def test_a_new_repository_gets_all_that_a_gate_needs(folder: Path) -> None:
    done = evalgate(folder, "init")
    assert (done.returncode, done.stderr) == (0, "")
    written = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("wrote")]
    assert sorted(written) == [
        ".evalgate/evalset.schema.json",
        ".evalgate/policy.schema.json",
        ".evalgate/runtime.schema.json",
        ".github/evalgate.yml",
        ".github/workflows/evalgate.yml",
        "evalsets/visitor-desk.yaml",
        "prompts/visitor-desk/live.yaml",
        "prompts/visitor-desk/v1.md",
    ]
    assert all((folder / path).is_file() for path in written)
    assert 'branches: ["trunk"]' in (folder / ".github/workflows/evalgate.yml").read_text()


def test_a_default_branch_with_a_slash_keeps_its_whole_name(folder: Path) -> None:
    check(folder, "update-ref", "refs/remotes/origin/team/trunk", "HEAD")
    check(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/team/trunk")
    evalgate(folder, "init")
    written = (folder / ".github/workflows/evalgate.yml").read_text()
    assert 'branches: ["team/trunk"]' in written


def test_more_workflows_are_written_when_they_are_asked_for(folder: Path) -> None:
    done = evalgate(folder, "init", "--with", "promote, forks", "--action", "o/r@c")
    assert (done.returncode, done.stderr) == (0, "")
    written = {path.name for path in (folder / ".github/workflows").iterdir()}
    assert written == {
        "evalgate.yml",
        "evalgate-publish.yml",
        "evalgate-forks.yml",
        "evalgate-promote.yml",
    }
    assert "environment `evalgate-forks`" in done.stdout
    assert "environment `evalgate-promote`" in done.stdout
    assert "baseline.branch" not in done.stdout
    assert "name evalgate's repository" not in done.stdout
    again = evalgate(folder, "init", "--with", "all")
    assert [line for line in again.stdout.splitlines() if line.startswith("wrote")] == [
        "wrote   .github/workflows/evalgate-record.yml",
        "wrote   .github/workflows/evalgate-rollout.yml",
    ]
    (unnamed,) = (line for line in again.stdout.splitlines() if "evalgate's repository" in line)
    assert unnamed.endswith("evalgate-record.yml, .github/workflows/evalgate-rollout.yml")
    assert "environment `evalgate-rollout`" in again.stdout
    assert "upload call log and scores as `evalgate-calls` and `evalgate-scores`" in again.stdout


def test_a_workflow_that_is_not_known_is_refused(folder: Path) -> None:
    done = evalgate(folder, "init", "--with", "forks,promot")
    assert done.returncode == 2
    assert "there is no workflow `promot` (did you mean `promote`?)" in done.stderr
    assert not (folder / ".github").exists()


def test_what_is_left_to_do_on_github_is_said(folder: Path) -> None:
    said = evalgate(folder, "init").stdout
    assert "next: name evalgate's repository and a commit in .github/workflows/evalgate.yml" in said
    assert "add the secret ANTHROPIC_API_KEY on GitHub" in said
    assert "next: require the status `evalgate` in a ruleset" in said


def test_twenty_cases_reach_a_verdict_and_more_cases_are_priced(folder: Path) -> None:
    said = evalgate(folder, "init").stdout
    assert "20 cases × 7 trials are enough to prove a limit of 5 points" in said
    assert "about 133 cases" in said
    commit_all(folder, "evalgate")
    switch_branch(folder, "change", start="trunk")
    assert (
        verdict_of_v2(folder, "two or three plain sentences", "at most three sentences") == "pass"
    )
    assert verdict_of_v2(folder, f"; {FREE}", "") == "fail"


def test_init_again_changes_nothing(folder: Path) -> None:
    evalgate(folder, "init")
    own = "gate: {max_drop: 3}\n"
    (folder / ".github/evalgate.yml").write_text(own)
    done = evalgate(folder, "init")
    assert "wrote" not in done.stdout
    assert (folder / ".github/evalgate.yml").read_text() == own


def test_init_renews_its_own_schemas(folder: Path) -> None:
    evalgate(folder, "init")
    (folder / ".evalgate/policy.schema.json").write_text("{}")
    assert "renewed .evalgate/policy.schema.json" in evalgate(folder, "init").stdout


def test_init_leaves_a_library_as_it_is(folder: Path) -> None:
    evalgate(folder, "prompts", "new", "mail-reply")
    done = evalgate(folder, "init")
    assert not (folder / "prompts/visitor-desk").exists()
    assert "golden cases for mail-reply" in done.stdout


def test_init_finds_the_prompts_of_another_tool(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old/greet.prompt").write_text("Hi {{name}}\n")
    done = evalgate(folder, "init")
    assert "evalgate prompts adopt old/greet.prompt" in done.stdout
    assert not (folder / "prompts").exists()


def test_init_outside_of_a_repository_says_where_to_run(tmp_path: Path) -> None:
    done = evalgate(tmp_path, "init")
    assert done.returncode == 2
    assert "not inside a git repository" in done.stderr
