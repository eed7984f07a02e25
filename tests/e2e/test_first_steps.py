"""Facts about a new user's first hour: init, check, adopt, and the first gate."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.adapters.git import commit_all, create_repository, switch_branch

FREE = "children under 12 come in free"


def evalgate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-m", "evalgate", *arguments],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


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
        ".github/evalgate.yml",
        ".github/workflows/evalgate.yml",
        "evalsets/visitor-desk.yaml",
        "prompts/visitor-desk/live.yaml",
        "prompts/visitor-desk/v1.md",
    ]
    assert all((folder / path).is_file() for path in written)
    assert 'branches: ["trunk"]' in (folder / ".github/workflows/evalgate.yml").read_text()


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


def test_what_init_wrote_has_nothing_to_remark_but_its_size(folder: Path) -> None:
    evalgate(folder, "init")
    done = evalgate(folder, "check", "--json")
    assert done.returncode == 0
    assert [each["code"] for each in json.loads(done.stdout)] == ["suite_only"]


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


def test_a_folder_of_foreign_prompts_is_adopted_and_can_be_gated(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old/greet.prompt").write_text(
        "---\nmodel: x/y\n---\n{{#if vip}}Dear{{/if}} {{name}}\n"
    )
    (folder / "old/sum.txt").write_text("Sum up {text}.\n")
    (folder / "old/tag.prompt.yml").write_text(
        "messages: [{role: user, content: 'Tag {{input}}'}]\ntestData: [{input: a, expected: b}]\n"
        "evaluators: [{name: e, string: {equals: b}}]\n"
    )
    done = evalgate(folder, "prompts", "adopt", "old")
    assert (done.returncode, done.stderr) == (0, "")
    assert "`x/y` is no Claude model" in done.stdout
    listed = json.loads(evalgate(folder, "prompts", "list", "--json").stdout)
    assert [(each["name"], each["stable"]) for each in listed] == [
        ("greet", "v1"),
        ("sum", "v1"),
        ("tag", "v1"),
    ]
    shown = evalgate(folder, "prompts", "render", "greet", "--var", "vip=1", "--var", "name=Ada")
    assert "Dear Ada" in shown.stdout
    case = evalgate(folder, "prompts", "render", "tag", "--case", "row-1")
    assert "Tag a" in case.stdout


def test_adopting_twice_makes_a_second_version_and_keeps_the_pointer(folder: Path) -> None:
    (folder / "sum.txt").write_text("Sum up {{text}}.\n")
    evalgate(folder, "prompts", "adopt", "sum.txt")
    (folder / "sum.txt").write_text("Sum up in one line: {{text}}\n")
    done = evalgate(folder, "prompts", "adopt", "sum.txt")
    assert "wrote prompts/sum/v2.md" in done.stdout
    assert read_yaml("l", (folder / "prompts/sum/live.yaml").read_bytes()).data == {"stable": "v1"}
    diff = evalgate(folder, "prompts", "diff", "sum").stdout
    assert "-Sum up {{text}}." in diff
    assert "+Sum up in one line: {{text}}" in diff


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    (folder / "sum.txt").write_text("Sum up {{text}}.\n")
    done = evalgate(folder, "prompts", "adopt", "sum.txt", "--dry-run")
    assert "would write prompts/sum/v1.md" in done.stdout
    assert not (folder / "prompts").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prompts", "adopt", "nothere"), "there is no file or folder nothere"),
        (("prompts", "adopt", "README.rst"), "there is no file"),
        (("prompts", "show", "visitor-dsk"), "did you mean `visitor-desk`?"),
        (("prompts", "show", "visitor-desk@v9"), "has no version `v9`"),
        (("prompts", "render", "visitor-desk", "--case", "mnday"), "did you mean `monday`?"),
        (("prompts", "render", "visitor-desk"), "question"),
        (("prompts", "render", "visitor-desk", "--var", "question"), "expected NAME=VALUE"),
        (("prompts", "diff", "visitor-desk", "v1", "v2"), "has no version `v2`"),
        (("prompts", "new", "Visitor Desk"), "visitor-desk"),
        (("check", "--ref", "nowhere"), "no commit is named `nowhere`"),
        (("check", "--record", "gone.jsonl"), "gone.jsonl"),
    ],
)
def test_wrong_words_are_answered_with_the_next_step(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    evalgate(folder, "init")
    done = evalgate(folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_check_names_what_is_wrong_and_where(folder: Path) -> None:
    evalgate(folder, "init")
    path = folder / "evalsets/visitor-desk.yaml"
    text = path.read_text()
    asked = "graders: [{contains: groups@"
    text = text.replace(asked, f"reference: Just come.\n    {asked}", 1)
    for name, extra in (("again", ""), ("odd", ", unused: 1")):
        variables = f"{{question: Are you open this Monday?{extra}}}"
        text += f"  - {{id: {name}, vars: {variables}, graders: [{{icontains: closed}}]}}\n"
    path.write_text(text)
    done = evalgate(folder, "check")
    assert done.returncode == 1
    for said in (
        "its reference fails a grader",
        "has the same input as `monday`",
        "unused: given by 1 case",
    ):
        assert said in done.stdout
    assert "evalsets/visitor-desk.yaml:" in done.stdout


def test_check_looks_at_a_commit_when_a_ref_is_given(folder: Path) -> None:
    evalgate(folder, "init")
    commit_all(folder, "evalgate")
    (folder / "evalsets/visitor-desk.yaml").write_text("nonsense")
    assert evalgate(folder, "check").returncode == 1
    assert evalgate(folder, "check", "--ref", "HEAD").returncode == 0
