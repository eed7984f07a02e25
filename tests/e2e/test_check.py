"""Facts about `evalgate check`, as a user types it."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.commands import evalgate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "trunk")
    (folder / "README.md").write_text("A shop.\n")
    commit_all(folder, "first")
    return folder


def test_what_init_wrote_has_nothing_to_remark_but_its_size(folder: Path) -> None:
    evalgate(folder, "init")
    done = evalgate(folder, "check", "--json")
    assert done.returncode == 0
    assert [each["code"] for each in json.loads(done.stdout)] == ["suite_only"]


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


def test_a_library_without_prompts_is_remarked_upon(folder: Path) -> None:
    done = evalgate(folder, "check", "--strict")
    assert (done.returncode, "there is no prompt in prompts/" in done.stdout) == (1, True)
