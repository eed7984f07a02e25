"""Facts about `evalgate run --case`: a few cases are run and shown, and nothing is decided."""

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from evalgate.model.revision import WORK_TREE
from evalgate.reporting.reproduction import reproduce_command
from tests.e2e.shop import (
    Claude,
    counted,
    make_shop,
    run,
    simulated_claude,
    trials,
    verdict,
    version,
    write,
)


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, claude: Claude) -> Path:
    """A repository with a change that breaks its cases, and a run of two of them."""
    shop = make_shop(tmp_path_factory.mktemp("cases") / "shop")
    write(shop, {"prompts/p/v2.md": version("Always be kind.")})
    ended = run(
        shop, "run", "--case", "c3", "--case", "c17", "--out", "run", "--no-cache", server=claude
    )
    assert ended.returncode == 0
    (shop / "said.txt").write_text(ended.stdout)
    return shop


@pytest.fixture
def shop(looked_at: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(looked_at, tmp_path / "shop"))


def test_only_these_cases_run_in_both_arms(looked_at: Path) -> None:
    found = {(arm, case, index) for _, _, _, arm, case, index in counted(looked_at / "run")}
    assert found == {
        (arm, case, index)
        for arm in ("baseline", "candidate")
        for case in ("c3", "c17")
        for index in (0, 1)
    }
    assert {path.name for path in (looked_at / "run").iterdir()} == {"plan.json", "trials.jsonl"}


def test_answers_grades_and_the_difference_are_shown_and_that_nothing_is_decided(
    looked_at: Path,
) -> None:
    said = (looked_at / "said.txt").read_text()
    assert "baseline v1  2 of 2 passed\n" in said
    assert "candidate v2  0 of 2 passed\n" in said
    assert "  trial 2  ✗ failed" in said
    assert "The answer lacks what the simulator's rule looks for." in " ".join(said.split())
    assert "    [-You have 30 days. -]About 17." in said
    assert said.endswith("Only 2 cases were run, which decides nothing.\nThe trials are in run\n")
    assert "Passed" not in said
    assert "Blocked" not in said


@pytest.mark.parametrize(
    "words",
    [
        ("report", "run"),
        ("merge", "run"),
        ("merge", "run", "run", "--out", "runmerged"),
        ("gate", "--resume", "run"),
        ("record", "run"),
    ],
)
def test_it_is_taken_for_no_whole_run(shop: Path, words: tuple[str, ...], claude: Claude) -> None:
    before = claude.calls
    ended = run(shop, *words, server=claude)
    assert ended.returncode == 2
    assert "this run is about 2 cases alone (--case), so it decides nothing" in ended.stderr
    assert claude.calls == before
    assert not (shop / "run/verdict.json").exists()
    assert not (shop / "reports/baselines").exists()


@pytest.mark.parametrize(
    "words", [("report", "run"), ("gate", "--resume", "run"), ("run", "--resume", "run")]
)
def test_nor_when_its_plan_hides_that(shop: Path, words: tuple[str, ...], claude: Claude) -> None:
    path = shop / "run/plan.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "only": None}))
    ended = run(shop, *words, server=claude)
    assert ended.returncode == 2
    assert "have changed since this run began" in ended.stderr


def test_it_goes_on_where_it_stopped_and_runs_nothing_twice(shop: Path, claude: Claude) -> None:
    log = shop / "run/trials.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:3]))
    before = claude.calls
    ended = run(shop, "run", "--resume", "run", "--no-cache", server=claude)
    assert ended.returncode == 0
    assert 0 < claude.calls - before <= 10
    assert set(counted(shop / "run").values()) == {1}
    assert len(trials(shop / "run")) == 8
    assert "candidate v2  0 of 2 passed\n" in ended.stdout
    assert "decides nothing" in ended.stdout


def test_the_command_of_a_report_shows_the_stored_answers_of_its_run(
    shop: Path, claude: Claude
) -> None:
    stored = ("--cache", "answers.sqlite")
    assert run(shop, "gate", "--out", "runall", *stored, server=claude).returncode == 1
    before = claude.calls
    command = reproduce_command(str(verdict(shop / "runall")["base"]), WORK_TREE, case="c5")
    ended = run(shop, *shlex.split(command)[1:], "--out", "runone", *stored, server=claude)
    assert ended.returncode == 0
    assert claude.calls == before
    assert "✗ failed (from cache)" in ended.stdout


def test_a_baseline_on_record_is_not_asked_again_and_runs_as_often_as_the_candidate(
    tmp_path: Path, claude: Claude
) -> None:
    shop = make_shop(tmp_path / "shop")
    (shop / "prompts/p/v2.md").unlink()
    assert run(shop, "record", "--trials", "10", server=claude).returncode == 0
    commit_all(shop, "Records")
    write(shop, {"prompts/p/v2.md": version("Always be kind.")})
    before = claude.counts["answers"]
    ended = run(shop, "run", "--case", "c3", "--no-cache", "--out", "run", server=claude)
    assert ended.stdout.count("✓ passed (from record)") == 2
    assert ended.stdout.count("✗ failed") == 2
    assert claude.counts["answers"] - before == 2


def test_how_often_can_be_said(shop: Path, claude: Claude) -> None:
    words = ("run", "--case", "c3", "--trials", "5", "--out", "runoften", "--no-cache")
    assert "baseline v1  5 of 5 passed" in run(shop, *words, server=claude).stdout
    assert len(trials(shop / "runoften")) == 10
    assert run(shop, "run", "--resume", "runoften", "--no-cache", server=claude).returncode == 0
    assert len(trials(shop / "runoften")) == 10


def test_a_cost_limit_holds_and_what_has_run_is_shown(shop: Path, claude: Claude) -> None:
    words = ("run", "--case", "c3", "--out", "runpoor", "--no-cache", "--max-cost", "0.000001")
    ended = run(shop, *words, server=claude)
    assert ended.returncode == 4
    assert "candidate v2  not graded" in ended.stdout
    assert "--resume runpoor" in ended.stderr
    assert "decides nothing" not in ended.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--case", "c33"), "--case: `c33` is not run here (did you mean `c3`?)"),
        (("--case", "c3", "--prompt", "q"), "--prompt: `q` is not run here (known: p)"),
        (("--case", "c3", "--evalset", "q"), "--evalset: `q` is not run here (known: p)"),
        (("--prompt", "p"), "--prompt goes with --case: name the case to run"),
        (("--trials", "2"), "--trials goes with --case: name the case to run"),
        (("--case", "c3", "--trials", "0"), "expected a whole number from 1 to 100, got 0"),
        (("--case", "c3", "--shard", "1/2"), "it does not go with --case"),
        (("--case", "c3", "--resume", "run"), "leave out --case"),
    ],
)
def test_words_that_do_not_fit_are_refused_before_any_call(
    shop: Path, words: tuple[str, ...], said: str, claude: Claude
) -> None:
    before = claude.calls
    ended = run(shop, "run", *words, server=claude)
    assert (ended.returncode, claude.calls) == (2, before)
    assert said in ended.stderr


def test_the_simulator_answers_too(shop: Path) -> None:
    ended = run(shop, "run", "--case", "c3", "--simulate", "--out", "runmade")
    assert ended.returncode == 0
    assert "Only 1 case was run, which decides nothing." in ended.stdout
