"""Facts about `evalgate selftest` over a record, and over trials that are paid for."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.shop import Claude, environment, make_shop, run, simulated_claude, trials

POLICY = "gate: {max_drop: 30}\nrun: {trials: 2, concurrency: 8}\n"
HEAVY = ("anthropic", "pandas", "jinja2", "vl_convert", "aiohttp")
LOOK = (
    "import sys\nfrom evalgate.cli.main import main\ncode = main(sys.argv[1:])\n"
    f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\nsys.exit(code)\n"
)


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop", cases=12, policy=POLICY)


def the_set(folder: Path) -> dict[str, object]:
    (found,) = json.loads((folder / "selftest.json").read_text())["sets"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("mode", ["simulated", "cached"])
def test_a_record_is_tested_without_a_call_and_without_heavy_packages(
    mode: str, shop: Path, claude: Claude
) -> None:
    run(shop, "record", "--trials", "4", server=claude)
    calls = claude.calls
    words = ("--cached",) if mode == "cached" else ()
    done = subprocess.run(
        [sys.executable, "-c", LOOK, "selftest", "--runs", "5", "--json", *words],
        cwd=shop,
        env=environment(claude),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1], claude.calls) == (0, "[]", calls)
    found = json.loads(done.stdout)
    (test,) = found["sets"]
    assert found["source"] == mode
    assert (test["recorded_cases"], test["recorded_trials"]) == (12, 48)
    assert len(test["courses"]) == (1 if mode == "cached" else 7)


def test_a_record_of_another_server_is_none(shop: Path, claude: Claude) -> None:
    run(shop, "record", "--trials", "4", server=claude)
    done = run(shop, "selftest", "--runs", "5", "--json")
    assert done.returncode == 0, done.stderr
    (test,) = json.loads(done.stdout)["sets"]
    assert test["recorded_trials"] == 0


def test_a_paid_one_runs_both_arms_in_trials_that_are_on_no_record(
    shop: Path, claude: Claude
) -> None:
    run(shop, "record", "--trials", "3", server=claude)
    before = claude.counts["answers"]
    done = run(shop, "selftest", "--paid", "2", "--out", "run", "--runs", "5", server=claude)
    assert done.returncode == 0, done.stderr
    assert claude.counts["answers"] - before == 48
    ran = Counter((trial["arm"], trial["trial"], trial["reused"]) for trial in trials(shop / "run"))
    assert ran == {
        ("baseline", 3, ""): 12,
        ("baseline", 4, ""): 12,
        ("candidate", 5, ""): 12,
        ("candidate", 6, ""): 12,
    }
    found = the_set(shop / "run")
    assert found["verdict"] == "pass"
    assert "The gate held v1 against itself and says: pass." in done.stdout
    kept = run(shop, "record", "run", server=claude)
    assert "84 trials of p on p" in kept.stdout


def test_a_paid_one_stops_at_its_cost_limit_and_goes_on(shop: Path, claude: Claude) -> None:
    words = ("--paid", "2", "--runs", "5", "--no-cache")
    done = run(shop, "selftest", *words, "--out", "run", "--max-cost", "0.00001", server=claude)
    assert done.returncode == 4
    command = "evalgate selftest --resume run --paid 2 --runs 5 --max-cost 1e-05 --no-cache"
    assert f"raise or lift the cost limit, then go on with: {command}" in done.stderr
    assert not (shop / "run/selftest.json").exists()
    resumed = run(shop, "selftest", "--resume", "run", *words, server=claude)
    assert resumed.returncode == 0, resumed.stderr
    assert the_set(shop / "run")["soundness"] == "sound"


def test_simulated_answers_are_told(shop: Path) -> None:
    (shop / "rules.yaml").write_text(
        "schema: simulator-rules/1\nbehaviours: [{name: a, says: Yes.}]\n"
        "judge: [{criterion: window, passes: Yes}]\n"
    )
    done = run(shop, "selftest", "--paid", "1", "--rules", "rules.yaml", "--runs", "5")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Answers are simulated; ")
