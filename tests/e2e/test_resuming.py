"""Facts about runs that are broken off and gone on with, as a user types it."""

import random
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.gate.conclusion import BROKEN_OFF
from tests.e2e.shop import (
    POLICY,
    Claude,
    Started,
    counted,
    decided,
    make_shop,
    run,
    simulated_claude,
    spent,
    start,
    trials,
    verdict,
    version,
    write,
)

pytestmark = pytest.mark.slow

CONCURRENCY = 8
KILLS = 10
RESUME = ("gate", "--resume", "run")
PLANNED = 240
RUN = ("gate", "--out", "run", "--no-cache")


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude(latency_ms=10) as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop")


def size(folder: Path) -> int:
    log = folder / "run/trials.jsonl"
    return log.stat().st_size if log.exists() else 0


def wait_for_trials(process: Started, folder: Path) -> None:
    """Wait until a process writes trials, or ends."""
    before = size(folder)
    while size(folder) == before and process.is_alive:
        time.sleep(0.002)


def break_off(folder: Path, *arguments: str, server: Claude) -> "subprocess.CompletedProcess[str]":
    """Interrupt a run once it writes trials."""
    process = start(folder, *arguments, server=server)
    wait_for_trials(process, folder)
    process.interrupt()
    return process.wait()


@pytest.mark.full
def test_a_run_killed_at_any_moment_runs_every_trial_once_and_pays_at_most_what_was_in_flight(
    tmp_path: Path,
) -> None:
    moments = random.Random(4)  # noqa: S311 - which moments does not matter
    shop = make_shop(tmp_path / "shop", cases=60)
    with simulated_claude(latency_ms=20) as claude:
        assert run(shop, "gate", "--out", "whole", "--no-cache", server=claude).returncode == 0
        needed = claude.calls
    with simulated_claude(latency_ms=20) as claude:
        words: tuple[str, ...] = RUN
        for _ in range(KILLS):
            process = start(shop, *words, server=claude)
            if moments.random() < 0.8:  # the others end before their first trial
                wait_for_trials(process, shop)
            time.sleep(moments.uniform(0, 0.15))
            process.kill()
            process.wait()
            if (shop / "run/plan.json").exists():
                words = (*RESUME, "--no-cache")
        partial = size(shop)
        last = run(shop, *words, server=claude)
        assert last.returncode == 0
        assert 0 < partial < size(shop)
        assert needed <= claude.calls <= needed + CONCURRENCY * KILLS
    counts = counted(shop / "run")
    assert (len(counts), set(counts.values())) == (PLANNED, {1})
    assert decided(shop / "run") == decided(shop / "whole")


def test_an_interrupted_run_says_the_command_that_goes_on_with_it(
    shop: Path, claude: Claude
) -> None:
    broken = break_off(shop, *RUN, "--max-cost", "5", server=claude)
    assert (broken.returncode, "Traceback" in broken.stderr) == (130, False)
    assert not (shop / "run/verdict.json").exists()
    finished = trials(shop / "run")
    said = broken.stderr.splitlines()[-1]
    assert said == ("evalgate: go on with: evalgate gate --resume run --max-cost 5 --no-cache")
    command = shlex.split(said.partition("go on with: evalgate ")[2])
    assert run(shop, *command, server=claude).returncode == 0
    assert trials(shop / "run")[: len(finished)] == finished
    assert str(verdict(shop / "run")["notes"]).count(BROKEN_OFF) == 1
    before = contents(shop / "run")
    assert run(shop, "report", "run").returncode == 0
    assert contents(shop / "run") == before
    counts = counted(shop / "run")
    assert (len(counts), set(counts.values())) == (80, {1})


def test_a_run_of_the_simulator_is_resumed_with_the_words_that_began_it(shop: Path) -> None:
    write(shop, {"my rules.yaml": "schema: simulator-rules/1\nbehaviours: [{name: a, says: Hi}]\n"})
    write(shop, {".github/evalgate.yml": POLICY + "  # another\n"})
    words = ("--simulate", "--rules", "my rules.yaml", "--max-cost", "0")
    stopped = run(shop, "run", "--out", "my run", *words)
    assert stopped.returncode == 4
    said = stopped.stderr.splitlines()[-1]
    assert said.endswith(
        "evalgate run --resume 'my run' --simulate --rules 'my rules.yaml' --max-cost 0"
    )
    refused = run(shop, "gate", "--resume", "my run")
    assert (refused.returncode, refused.stderr) == (
        2,
        "evalgate: --resume goes on with a run as it was begun: add --simulate\n",
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, claude: Claude) -> Path:
    """A repository with a finished run in the folder `run`."""
    shop = make_shop(tmp_path_factory.mktemp("finished") / "shop", cases=8)
    run(shop, "gate", "--out", "run", "--no-cache", server=claude)
    return shop


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_resuming_a_finished_run_changes_nothing_and_calls_nothing(
    finished: Path, claude: Claude
) -> None:
    before, calls = contents(finished / "run"), claude.calls
    code = {"pass": 0, "inconclusive": 3}[str(verdict(finished / "run")["verdict"])]
    assert run(finished, *RESUME, server=claude).returncode == code
    assert (contents(finished / "run"), claude.calls) == (before, calls)


@pytest.mark.parametrize(
    "change",
    [
        {"prompts/p/v2.md": version("Never name anything.")},
        {"evalsets/p.yaml": "prompts: [p]\ngraders: [contains: x]\ncases: [{id: c0, vars: {}}]\n"},
        {
            "evalsets/p.yaml": "prompts: [p]\ngraders: [contains: d]\ncases: [{id: c1, vars: {question: x}}]\n"
        },
    ],
    ids=["prompt", "broken-set", "cases"],
)
def test_a_run_whose_prompt_or_cases_changed_is_refused_and_keeps_its_verdict(
    finished: Path, change: dict[str, str]
) -> None:
    (path,) = change
    was, before = (finished / path).read_text(), contents(finished / "run")
    try:
        write(finished, change)
        refused = run(finished, *RESUME)
    finally:
        write(finished, {path: was})
    assert refused.returncode == 2
    assert ("begin a new run" in refused.stderr) or (path in refused.stderr)
    assert contents(finished / "run") == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "holds no plan.json, so there is no run in it: name a run folder"),
        ("{", "plan.json"),
        ("[]", "plan.json"),
        ('{"schema": "plan/1"}', "plan.json: the key `plan_hash` is missing"),
        ('{"schema": "plan/9", "run_id": "../../x"}', "plan.json: run_id: expected letters"),
    ],
)
def test_a_folder_without_a_plan_that_can_be_read_is_refused(
    shop: Path, text: str | None, said: str
) -> None:
    (shop / "run").mkdir()
    if text is not None:
        (shop / "run/plan.json").write_text(text)
    refused = run(shop, *RESUME)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert said in refused.stderr


def test_the_folder_of_several_roots_names_those_that_can_be_resumed(
    finished: Path, tmp_path: Path
) -> None:
    for root in ("main", "billing"):
        (tmp_path / root).mkdir()
        (tmp_path / root / "plan.json").write_bytes((finished / "run/plan.json").read_bytes())
    refused = run(finished, "gate", "--resume", str(tmp_path))
    assert refused.returncode == 2
    assert "name one of its roots: billing, main" in refused.stderr


@pytest.mark.parametrize("option", ["--base", "--head", "--policy", "--out"])
def test_a_resumed_run_takes_no_other_question(finished: Path, option: str) -> None:
    refused = run(finished, *RESUME, option, "x")
    assert (refused.returncode, f"leave out {option}" in refused.stderr) == (2, True)


FAULTY = """
schema: simulator-rules/1
seed: shop
behaviours:
  - {name: window, needs: 30 days, with: 1, without: 0, says: You have 30 days.}
  - {name: echo, when: "number (?P<n>[0-9]+)", says: "About {n}."}
judge:
  - {criterion: window, passes: 30 days}
faults:
  - {kind: nonsense_judge, share: 1}
"""


def test_what_ungraded_attempts_have_cost_stays_in_the_account_of_the_resumed_run(
    shop: Path,
) -> None:
    with simulated_claude(rules=FAULTY) as broken:
        failed = run(shop, *RUN, server=broken)
        assert (failed.returncode, verdict(shop / "run")["verdict"]) == (4, "error")
        assert "evalgate: go on with: evalgate gate --resume run --no-cache" in failed.stderr
        assert spent(shop / "run") == pytest.approx(sum(broken.bill))
    with simulated_claude() as mended:
        again = run(shop, *RESUME, "--no-cache", "--max-cost", "0", server=mended)
        assert (again.returncode, mended.calls) == (4, 0)
        assert spent(shop / "run") == pytest.approx(sum(broken.bill))
        assert run(shop, *RESUME, "--no-cache", server=mended).returncode == 0
    paid = sum(broken.bill) + sum(mended.bill)
    assert spent(shop / "run") == pytest.approx(paid)
    assert verdict(shop / "run")["cost_usd"] == pytest.approx(paid)


@pytest.mark.parametrize("words", [RESUME, RUN])
def test_a_run_that_still_goes_on_is_neither_resumed_nor_set_aside(
    shop: Path, words: tuple[str, ...]
) -> None:
    with simulated_claude(latency_ms=100) as slow:
        first = start(shop, *RUN, server=slow)
        wait_for_trials(first, shop)
        second = run(shop, *words, server=slow)
        assert first.wait().returncode == 0
    assert (second.returncode, "another process is running trials in run" in second.stderr) == (
        2,
        True,
    )
    counts = counted(shop / "run")
    assert (len(counts), set(counts.values())) == (80, {1})
