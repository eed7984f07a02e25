"""Facts about several policies in one repository, as a user types it."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.commands import evalgate

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: hi}}}}\n" for number in range(60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mono"
    create_repository(folder, "main")
    files: dict[str, str] = {}
    for root, policy in (("shop", "evalgate.yml"), ("billing", "evalgate.billing.yml")):
        paths = f"paths: {{prompts: {root}/prompts, evalsets: {root}/evalsets}}\n"
        files |= {
            f".github/{policy}": paths + "run: {trials: 1, attempts: 1}\n",
            f"{root}/prompts/p/v1.md": VERSION,
            f"{root}/prompts/p/live.yaml": "stable: v1\n",
            f"{root}/evalsets/p.yaml": (
                f"prompts: [p]\ngraders: [{{contains: simulated}}]\ncases:\n{CASES}"
            ),
        }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder, "first")
    return folder


def change(folder: Path, root: str) -> None:
    (folder / root / "prompts/p/v2.md").write_text(VERSION.replace("{{", "Please: {{"))


def test_every_root_is_gated_into_a_folder_of_its_own(folder: Path) -> None:
    change(folder, "billing")
    done = evalgate(folder, "gate", "--simulate", "--out", "run")
    assert (done.returncode, "120 trials in " in done.stderr) == (0, True)
    verdicts = {
        root: json.loads((folder / "run" / root / "verdict.json").read_text())["verdict"]
        for root in ("main", "billing")
    }
    assert verdicts == {"main": "not_applicable", "billing": "pass"}
    assert "billing" in done.stdout


def test_one_root_can_be_asked_for(folder: Path) -> None:
    change(folder, "billing")
    done = evalgate(
        folder, "gate", "--simulate", "--out", "run", "--policy", ".github/evalgate.billing.yml"
    )
    assert done.returncode == 0
    assert json.loads((folder / "run/verdict.json").read_text())["verdict"] == "pass"


def test_a_broken_root_does_not_hide_the_others(folder: Path) -> None:
    change(folder, "billing")
    (folder / "shop/evalsets/p.yaml").write_text("nonsense\n")
    done = evalgate(folder, "gate", "--simulate", "--out", "run")
    assert done.returncode == 2
    assert "shop/evalsets/p.yaml" in done.stderr
    assert json.loads((folder / "run/billing/verdict.json").read_text())["verdict"] == "pass"


def test_json_holds_the_verdicts_of_all_roots(folder: Path) -> None:
    change(folder, "shop")
    done = evalgate(folder, "gate", "--simulate", "--json", "--out", "run")
    document = json.loads(done.stdout)
    assert document["schema"] == "verdicts/1"
    assert sorted(each["verdict"] for each in document["verdicts"]) == ["not_applicable", "pass"]


def test_in_a_workflow_the_outputs_are_those_of_the_worst_root(
    folder: Path, tmp_path: Path
) -> None:
    change(folder, "shop")
    (folder / "shop/evalsets/p.yaml").write_text(
        f"prompts: [p]\ngraders: [{{contains: gone}}]\ncases:\n{CASES}"
    )
    commit_all(folder, "change")
    output, summary = tmp_path / "output", tmp_path / "summary"
    for file in (output, summary):
        file.touch()
    done = evalgate(
        folder,
        *("gate", "--simulate", "--base", "HEAD~1", "--head", "HEAD", "--out", "run"),
        GITHUB_ACTIONS="true",
        GITHUB_OUTPUT=str(output),
        GITHUB_STEP_SUMMARY=str(summary),
    )
    worst = json.loads((folder / "run/main/verdict.json").read_text())["verdict"]
    assert worst not in ("pass", "not_applicable")
    assert f"\n{worst}\n" in output.read_text()
    assert "not_applicable" not in output.read_text()
    assert done.returncode != 0


def test_two_roots_with_the_same_prompts_are_refused(folder: Path) -> None:
    (folder / ".github/evalgate.copy.yml").write_text("paths: {prompts: shop/prompts}\n")
    done = evalgate(folder, "gate", "--simulate", "--out", "run")
    assert done.returncode == 2
    assert "overlaps with `shop/prompts`" in done.stderr


def test_a_policy_that_nobody_has_judges_nothing(folder: Path) -> None:
    change(folder, "billing")
    named = (".github/evalgate.biling.yml", ".github/evalgate.yaml")
    for path in named:
        done = evalgate(folder, "gate", "--simulate", "--policy", path)
        assert (done.returncode, f"there is no policy {path}" in done.stderr) == (2, True)
    done = evalgate(folder, "plan", "--policy", "./.github/evalgate.billing.yml")
    assert "120 trials" in done.stdout


def test_of_two_roots_of_one_name_the_worst_counts(folder: Path) -> None:
    (folder / ".github/evalgate.billing.yml").rename(folder / ".github/evalgate.main.yml")
    commit_all(folder, "a name that is taken")
    (folder / "billing/prompts/p/v1.md").write_text(VERSION + "more")
    (folder / ".github/evalgate.main.yml").unlink()
    done = evalgate(folder, "gate", "--simulate", "--out", "run", "--base", "HEAD")
    assert done.returncode == 1
