"""Facts about the command in a real repository, as a user types it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository

HEAVY = ("anthropic", "pandas", "jinja2", "vl_convert", "aiohttp")
VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: hi}}}}\n" for number in range(60))


def environment(**extra: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    return clean | extra


def evalgate(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "evalgate", *arguments],
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "main")
    files = {
        ".github/evalgate.yml": "run: {trials: 1, attempts: 1}\n",
        "prompts/p/v1.md": VERSION,
        "prompts/p/live.yaml": "stable: v1\n",
        "evalsets/p.yaml": f"prompts: [p]\ngraders: [{{contains: simulated}}]\ncases:\n{CASES}",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    commit_all(folder, "first")
    return folder


def test_nothing_changed_ends_well_and_loads_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys\nfrom evalgate.cli.main import main\n"
        "code = main(['gate', '--out', 'run'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[] 0"
    verdict = json.loads((folder / "run/verdict.json").read_text())
    assert verdict["verdict"] == "not_applicable"


def test_a_new_version_in_the_work_tree_is_gated_before_it_is_committed(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION.replace("{{", "Please: {{"))
    done = evalgate(folder, "gate", "--simulate", "--out", "run")
    assert done.returncode == 0
    assert re.match(r"120 trials in \d+ s: 120 graded", done.stderr.splitlines()[-1])
    assert "Passed" in done.stdout
    assert "simulated" in done.stdout
    assert sorted(path.name for path in (folder / "run").iterdir()) == [
        "comment.md",
        "junit.xml",
        "plan.json",
        "report.html",
        "summary.md",
        "trials.jsonl",
        "verdict.json",
    ]


def test_json_is_all_that_standard_output_holds(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION + "more\n")
    done = evalgate(folder, "gate", "--simulate", "--json", "--out", "run")
    assert json.loads(done.stdout)["verdict"] == "pass"


def test_without_a_key_the_error_says_what_to_set(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION + "more\n")
    done = evalgate(folder, "gate", "--out", "run")
    assert done.returncode == 2
    assert "set ANTHROPIC_API_KEY" in done.stderr


def test_a_server_that_is_down_is_an_outage_and_never_green(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION + "more\n")
    done = evalgate(folder, "gate", "--out", "run", ANTHROPIC_BASE_URL="http://127.0.0.1:9")
    assert done.returncode == 4
    assert "Not evaluated" in done.stdout
    assert "connection" in (folder / "run/comment.md").read_text()


def test_a_typo_in_the_policy_names_file_line_and_the_nearest_key(folder: Path) -> None:
    (folder / ".github/evalgate.yml").write_text("gate:\n  max_dorp: 5\n")
    commit_all(folder, "typo")
    done = evalgate(folder, "gate", "--out", "run")
    assert done.returncode == 2
    assert done.stderr == (
        "evalgate: .github/evalgate.yml:2: gate.max_dorp: unknown key (did you mean `max_drop`?), "
        "in the file of the base\n"
    )


def test_outside_of_a_repository_it_says_so(tmp_path: Path) -> None:
    done = evalgate(tmp_path, "gate")
    assert done.returncode == 2
    assert "is not inside a git repository" in done.stderr


def test_a_pull_request_that_is_not_checked_out_is_refused(folder: Path, tmp_path: Path) -> None:
    step = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    workflow = {"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main", **step}
    done = evalgate(folder, "gate", **workflow)
    assert done.returncode == 2
    assert "check out the pull request" in done.stderr


def test_a_reader_that_leaves_early_does_not_turn_a_failure_into_a_success(folder: Path) -> None:
    (folder / "prompts/p/v1.md").write_text(VERSION + "edited in place\n")
    for options in (["--json"], []):
        done = subprocess.run(
            [
                "bash",
                "-c",
                f"'{sys.executable}' -m evalgate gate {' '.join(options)} | true; "
                "exit ${PIPESTATUS[0]}",
            ],
            cwd=folder,
            env=environment(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1


def test_a_folder_that_cannot_be_written_to_is_told_before_any_trial(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION + "more\n")
    (folder / "file").write_text("")
    done = evalgate(folder, "gate", "--simulate", "--out", "file/run")
    assert done.returncode == 2
    assert "name another --out" in done.stderr
    assert "trials" not in done.stderr


@pytest.mark.full
def test_a_narrow_encoding_does_not_cost_a_verdict(folder: Path) -> None:
    (folder / "prompts/p/v2.md").write_text(VERSION + "more\n")
    done = evalgate(folder, "gate", "--simulate", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Passed" in done.stdout


@pytest.fixture
def step(tmp_path: Path) -> dict[str, str]:
    """The surroundings of a workflow's step."""
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    return {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(tmp_path / "runner"), **files}


def test_a_workflow_gates_the_commit_that_is_checked_out_not_the_files_beside_it(
    folder: Path, step: dict[str, str]
) -> None:
    (folder / "prompts/p/v1.md").write_text(VERSION + "edited, but not committed\n")
    assert evalgate(folder, "gate", "--base", "main", **step).returncode == 0


def test_a_workflow_is_told_the_worst_verdict_and_obeys_nothing_of_the_report(
    folder: Path, step: dict[str, str], tmp_path: Path
) -> None:
    (folder / "prompts/p/v1.md").write_text(VERSION + "edited\n")
    (folder / "prompts/p/v2.md").write_text(VERSION + "::error::planted\n")
    commit_all(folder, "both")
    done = evalgate(folder, "gate", "--simulate", "--base", "main~1", **step)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    stop = next(line for line in lines if line.startswith("::stop-commands"))
    token = stop.rpartition("::")[2]
    shown = next(number for number, line in enumerate(lines) if "Blocked" in line)
    assert lines.index(stop) < shown < lines.index(f"::{token}::")
    outputs = (tmp_path / "GITHUB_OUTPUT").read_text()
    assert "fail" in outputs
    assert "1.0000" not in outputs, "the rate of the prompt that passed"
    assert list((tmp_path / "runner/evalgate").glob("*/verdict.json"))
    assert "Blocked" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
