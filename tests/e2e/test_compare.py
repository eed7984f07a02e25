"""`evalgate compare` as a user types it: on a run's own trials, on many files, and what it loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.commands import evalgate
from tests.unit.cli.shops import SIMULATED, make_shop

HEAVY = (
    *(
        "anthropic",
        "aiohttp",
        "asyncio",
        "jinja2",
        "vl_convert",
        "jsonschema_rs",
        "pandas",
        "sqlite3",
    ),
    *("evalgate.adapters.git", "evalgate.grading"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shop = make_shop(tmp_path_factory.mktemp("shop"))
    assert evalgate(shop, "run", "--out", "run", *SIMULATED).returncode == 0
    return shop


def test_a_runs_own_trials_hold_both_arms(shop: Path) -> None:
    trials = "run/trials.jsonl"
    done = evalgate(shop, "compare", trials, trials, "--max-drop", "20")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "✓ Passed: p v2 answers as well as v1, within the limit: over 20 cases"
    )
    assert f"{trials} holds both arms: the baseline's trials were taken." in done.stdout
    assert f"{trials} holds both arms: the candidate's trials were taken." in done.stdout


def test_the_verdict_is_that_of_the_report(shop: Path) -> None:
    trials = "run/trials.jsonl"
    done = evalgate(shop, "compare", trials, trials, "--policy", ".github/evalgate.yml", "--json")
    [compared] = json.loads(done.stdout)["comparisons"]
    [judged] = json.loads(evalgate(shop, "report", "run", "--json").stdout)["prompts"]
    same = sorted(judged.keys() & compared.keys())
    assert {key: compared[key] for key in same} == {key: judged[key] for key in same}
    assert {"verdict", "delta", "ledger", "candidate", "flips", "slices"} <= set(same)


def test_it_needs_no_repository_and_loads_nothing_heavy(tmp_path: Path) -> None:
    line = '{{"case": "c{}", "trial": 0, "passed": true}}\n'
    (tmp_path / "a.jsonl").write_text("".join(line.format(index) for index in range(100)))
    code = (
        "import sys\nfrom evalgate.cli.main import main\n"
        "code = main(['compare', 'a.jsonl', 'a.jsonl'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("[] 0", "")


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_pipe_gets_no_colours_and_a_closed_one_costs_no_verdict(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    for name, passed in (("a.csv", "1"), ("b.csv", "0")):
        rows = "".join(f"c{index},0,{passed}\n" for index in range(100))
        (tmp_path / name).write_text(f"case,trial,passed\n{rows}")
    done = evalgate(tmp_path, "compare", "a.csv", "b.csv", "a.csv", "a.csv")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    for candidate, code in (("a.csv", 0), ("b.csv", 1)):
        command = [sys.executable, "-m", "evalgate", "compare", "a.csv", candidate, *words]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.wait() == code
