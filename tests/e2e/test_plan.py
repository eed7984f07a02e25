"""Facts about `evalgate plan` as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.commands import evalgate

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n{{question}}\n"
CASES = "".join(f"  - {{id: c{number}, vars: {{question: hi {number}}}}}\n" for number in range(60))
FILES = {
    ".github/evalgate.yml": "run: {trials: 2}\n",
    "prompts/p/v1.md": VERSION,
    "prompts/p/live.yaml": "stable: v1\n",
    "evalsets/p.yaml": f"prompts: [p]\ngraders: [{{contains: hi}}]\ncases:\n{CASES}",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "main")
    write(folder, FILES)
    commit_all(folder, "first")
    return folder


def test_a_plan_is_a_table_and_leaves_nothing_behind(folder: Path) -> None:
    write(folder, {"prompts/p/v2.md": VERSION + "more\n"})
    done = evalgate(folder, "plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert "60 cases: 60 same; 240 trials: 120 baseline, 120 candidate" in done.stdout
    assert "rate limits unknown" in done.stdout
    told = [
        line for line in done.stdout.splitlines() if line.startswith(("  decides", "  supposes"))
    ]
    assert told == snapshot(
        [
            "  decides   the traffic, from 60 cases (59 needed for 5 points); finds drops of 14.1 points or more 4 times in 5; a change that does no harm passes about 34 times in 100",
            "  supposes  a pass rate of 90%, trials of a case that correlate by 0.5 (nothing is on record), and a tenth of the cases answered anew",
        ]
    )
    assert not (folder / "reports").exists()


def test_a_question_that_nothing_can_answer_is_refused_before_any_call(folder: Path) -> None:
    write(folder, {".github/evalgate.yml": "gate: {max_drop: 1}\nrun: {trials: 2}\n"})
    commit_all(folder, "a strict limit")
    write(folder, {"prompts/p/v2.md": VERSION + "more\n"})
    planned = evalgate(folder, "plan")
    assert (planned.returncode, planned.stdout) == (2, "")
    assert planned.stderr == snapshot(
        "evalgate: evalsets/p.yaml: cases: 60 cases with 2 trials each can never prove that a drop stays under 1 point, whatever comes out: it takes at least 299 cases, 5 trials per case (`run.trials`) or a limit of 3 points (`gate.max_drop`)\n"
    )
    gated = evalgate(folder, "gate", "--simulate", "--out", "gated")
    assert gated.returncode == 2
    assert not (folder / "gated/trials.jsonl").exists()
    reasons = json.loads((folder / "gated/verdict.json").read_text())["reasons"]
    assert [reason["code"] for reason in reasons] == ["configuration"]


def test_what_a_set_can_decide_is_said_before_and_after(folder: Path) -> None:
    write(folder, {"prompts/p/v2.md": VERSION + "more\n"})
    planned = json.loads(evalgate(folder, "plan", "--json").stdout)["prompts"][0]["preflight"]
    evalgate(folder, "gate", "--simulate", "--out", "gated")
    verdict = json.loads((folder / "gated/verdict.json").read_text())["prompts"][0]["preflight"]
    assert planned == verdict
    assert (planned["units"], planned["needed_units"], planned["unit"]) == (60, 59, "case")
    for name in ("report.html", "comment.md", "summary.md"):
        page = (folder / "gated" / name).read_text()
        assert "Known beforehand" in page
        assert "a change that does no harm passes about" in page


def test_the_plan_is_that_of_the_gate(folder: Path) -> None:
    write(folder, {"prompts/p/v2.md": VERSION + "more\n"})
    planned = evalgate(folder, "plan", "--json", "--out", "planned")
    evalgate(folder, "gate", "--simulate", "--out", "gated")
    documents = [
        json.loads((folder / name / "plan.json").read_text()) for name in ("planned", "gated")
    ]
    ids = {document.pop("run_id") for document in documents}
    assert [document.pop("simulated") for document in documents] == [False, True]
    assert documents[0] == documents[1]
    assert len(ids) == 2
    verdict = json.loads((folder / "gated/verdict.json").read_text())
    assert json.loads(planned.stdout)["calls"]["expected"] == verdict["calls"] == 240
    assert sorted(path.name for path in (folder / "planned").iterdir()) == ["plan.json"]


def test_nothing_changed_is_planned_without_loading_anything_heavy(folder: Path) -> None:
    code = (
        "import sys\nfrom evalgate.cli.main import main\ncode = main(['plan'])\n"
        "heavy = ('anthropic', 'pandas', 'jinja2', 'vl_convert', 'aiohttp')\n"
        "print([name for name in heavy if name in sys.modules], code)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "There is nothing to run.\n[] 0\n"


def test_a_wrong_file_is_an_error_with_its_line(folder: Path) -> None:
    write(folder, {"evalsets/p.yaml": "prompts: [p]\ncases:\n"})
    done = evalgate(folder, "plan")
    assert (done.returncode, done.stdout) == (2, "")
    assert "evalsets/p.yaml:2" in done.stderr


def test_each_root_has_a_plan_and_a_wrong_one_does_not_hide_the_others(folder: Path) -> None:
    billing = {name.replace("/p", "/bill"): text for name, text in FILES.items()}
    write(
        folder,
        {f"billing/{name}": text.replace("[p]", "[bill]") for name, text in billing.items()}
        | {
            ".github/evalgate.billing.yml": (
                "paths: {prompts: billing/billrompts, evalsets: billing/evalsets}\n"
            ).replace("billrompts", "prompts")
        },
    )
    commit_all(folder, "a second root")
    write(
        folder,
        {
            "prompts/p/v2.md": VERSION + "more\n",
            "evalsets/p.yaml": "prompts: [p]\ncases:\n",
        },
    )
    done = evalgate(folder, "plan", "--json", "--out", "planned")
    assert done.returncode == 2
    assert "evalsets/p.yaml:2" in done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "estimates/1"
    assert len(document["estimates"]) == 1
