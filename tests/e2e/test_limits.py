"""Facts about a machine at its limits: a full disk, a folder that is closed, a clock that jumps."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from evalgate.gate.conclusion import BROKEN_OFF
from tests.e2e.shop import (
    POLICY,
    RULES,
    Claude,
    counted,
    decided,
    environment,
    make_shop,
    run,
    simulated_claude,
    start,
    trials,
    verdict,
    version,
    write,
)

pytestmark = pytest.mark.slow

RUN = ("gate", "--out", "run", "--no-cache")
RESUME = ("gate", "--resume", "run", "--no-cache")
ROOM = 50_000
"""Bytes of the largest file: some trials fit, and not all of them."""

SMALL_FILES = f"""
import resource, sys
from evalgate.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {resource.RLIM_INFINITY}))
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop")


def test_a_full_disk_is_said_and_loses_no_trial_that_was_written(
    shop: Path, claude: Claude
) -> None:
    assert run(shop, "gate", "--out", "whole", "--no-cache", server=claude).returncode == 0
    full = subprocess.run(
        [sys.executable, "-c", SMALL_FILES, *RUN],
        cwd=shop,
        env=environment(claude),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (full.returncode, "Traceback" in full.stderr) == (4, False), full.stderr
    assert "run/trials.jsonl: trials cannot be written here: File too large" in full.stderr
    assert "run/answers.sqlite: answers are no longer stored or found here" in full.stderr
    assert full.stderr.endswith("evalgate: go on with: evalgate gate --resume run --no-cache\n")
    written = (shop / "run/trials.jsonl").read_bytes()
    assert ROOM - 2_000 < len(written) <= ROOM
    whole_lines = written[: written.rfind(b"\n") + 1]
    assert run(shop, *RESUME, server=claude).returncode == 0
    assert (shop / "run/trials.jsonl").read_bytes().startswith(whole_lines)
    counts = counted(shop / "run")
    assert (len(counts), set(counts.values())) == (80, {1})
    assert decided(shop / "run") == decided(shop / "whole")


@pytest.mark.full
def test_a_full_disk_has_no_batch_paid_for_again(shop: Path) -> None:
    with simulated_claude(rules=RULES + "batches: {seconds: 0.1}\n") as claude:
        full = subprocess.run(
            [sys.executable, "-c", SMALL_FILES, *RUN, "--engine", "batches"],
            cwd=shop,
            env=environment(claude),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (full.returncode, "Traceback" in full.stderr) == (4, False), full.stderr
        assert "cannot be stored; the service keeps them: make room" in full.stderr
        assert run(shop, *RESUME, "--engine", "batches", server=claude).returncode == 0
        assert (claude.counts["answers"], claude.counts["judge"]) == (80, 20)


def close(folder: Path) -> None:
    folder.chmod(stat.S_IREAD | stat.S_IEXEC)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")


@pytest.mark.parametrize("verb", ["gate", "run"])
def test_a_folder_that_cannot_be_written_is_said_before_any_call(
    shop: Path, claude: Claude, verb: str
) -> None:
    (shop / "run").mkdir()
    close(shop / "run")
    calls = claude.calls
    refused = run(shop, verb, "--out", "run", server=claude)
    assert (refused.returncode, claude.calls) == (2, calls)
    assert "cannot write into run: Permission denied; name another --out" in refused.stderr


def test_a_closed_folder_is_not_resumed_and_stays_as_it_is(shop: Path, claude: Claude) -> None:
    run(shop, *RUN, server=claude)
    log = shop / "run/trials.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:10]))
    before = log.read_bytes()
    close(shop / "run")
    refused = run(shop, *RESUME, server=claude)
    (shop / "run").chmod(stat.S_IRWXU)
    assert (refused.returncode, "Traceback" in refused.stderr) == (4, False), refused.stderr
    assert "trials cannot be written here: Permission denied" in refused.stderr
    assert log.read_bytes() == before


def test_a_folder_in_place_of_the_trials_is_said(shop: Path, claude: Claude) -> None:
    run(shop, *RUN, server=claude)
    (shop / "run/trials.jsonl").unlink()
    (shop / "run/trials.jsonl").mkdir()
    refused = run(shop, *RESUME, server=claude)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert "run/trials.jsonl: trials cannot be read here: Is a directory" in refused.stderr


def test_answers_from_the_future_stand_when_the_clock_was_set_back(
    shop: Path, claude: Claude
) -> None:
    run(shop, "gate", "--out", "run", server=claude)
    store = Path(os.environ["EVALGATE_CACHE"]) / "answers.sqlite"
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("UPDATE answers SET created = created + 86400 * 365")
    calls = claude.calls
    assert run(shop, "gate", "--out", "run", server=claude).returncode == 0
    assert claude.calls == calls


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "much"])
def test_a_cost_limit_that_is_no_amount_limits_nothing_and_is_refused(
    shop: Path, amount: str
) -> None:
    refused = run(shop, *RUN, f"--max-cost={amount}")
    assert (refused.returncode, "expected US dollars such as 2.50" in refused.stderr) == (2, True)


@pytest.mark.parametrize("limit", ["0", "0.03", "0.05"])
def test_a_run_that_meets_its_cost_limit_is_never_green_and_spends_no_more(
    shop: Path, claude: Claude, limit: str
) -> None:
    before = len(claude.bill)
    stopped = run(shop, *RUN, "--max-cost", limit, server=claude)
    paid = sum(claude.bill[before:])
    if stopped.returncode == 0:
        assert len(trials(shop / "run")) == 80
    else:
        assert (stopped.returncode, "cost_limit" in stopped.stdout) == (4, True)
        assert run(shop, "report", "run").returncode == 4
        assert run(shop, *RESUME, "--max-cost", "100", server=claude).returncode == 0
        assert BROKEN_OFF not in str(verdict(shop / "run")["notes"])
    assert paid <= float(limit)
    assert (limit == "0") <= (stopped.returncode == 4)


LONG = " ".join(f"word{number}" for number in range(6000))
"""A text that makes an answer cost about what may be set aside for it."""


@pytest.mark.full
def test_killing_a_run_again_and_again_does_not_take_it_past_its_limit(shop: Path) -> None:
    limit = 0.05
    write(shop, {"prompts/p/v1.md": version(f"Name the 30 days. {LONG}")})
    (shop / "prompts/p/v2.md").unlink()
    commit_all(shop, "long")
    write(shop, {"prompts/p/v2.md": version(f"Always name the 30 days. {LONG}")})
    with simulated_claude(latency_ms=60) as claude:
        words: tuple[str, ...] = RUN
        for _ in range(6):
            process = start(shop, *words, "--max-cost", str(limit), server=claude)
            before = claude.calls
            while claude.calls < before + 4 and process.is_alive:
                time.sleep(0.002)
            time.sleep(0.07)
            process.kill()
            process.wait()
            words = RESUME
        stopped = run(shop, *RESUME, "--max-cost", str(limit), server=claude)
        assert (stopped.returncode, "cost_limit" in stopped.stdout) == (
            4,
            True,
        ), stopped.stdout
        assert 0 < sum(claude.bill) <= limit
        assert run(shop, *RESUME, "--max-cost", "100", server=claude).returncode == 0
        assert BROKEN_OFF in str(verdict(shop / "run")["notes"])
    assert not list((shop / "run").glob("run-spending*"))


@pytest.mark.full
def test_the_roots_of_a_repository_share_the_limit_that_was_typed(shop: Path) -> None:
    cases = (shop / "evalsets/p.yaml").read_text()
    for path in (".github/evalgate.yml", "prompts/p/v2.md"):
        (shop / path).unlink()
    for root in ("a", "b", "c"):
        paths = f"paths: {{prompts: {root}/prompts, evalsets: {root}/evalsets}}\n"
        files = {
            f".github/evalgate.{root}.yml": paths + POLICY,
            f"{root}/prompts/p/v1.md": version(f"{root}: name the 30 days."),
            f"{root}/prompts/p/live.yaml": "stable: v1\n",
            f"{root}/evalsets/p.yaml": cases,
        }
        write(shop, files)
    commit_all(shop, "roots")
    for root in ("a", "b", "c"):
        write(shop, {f"{root}/prompts/p/v2.md": version(f"{root}: always name the 30 days.")})
    for _ in range(2):
        with simulated_claude() as claude:  # a root costs 0.021
            stopped = run(shop, *RUN, "--max-cost", "0.05", server=claude)
            assert stopped.returncode == 4, stopped.stderr
            assert 0 < sum(claude.bill) <= 0.05


def test_simulated_runs_take_nothing_from_the_money_of_the_day(tmp_path: Path) -> None:
    policy = POLICY.replace("run: {", "run: {max_cost_usd_per_day: 0.05, ")
    shop = make_shop(tmp_path / "shop", policy=policy)
    write(shop, {"rules.yaml": RULES})
    for _ in range(3):  # each would cost 0.021
        simulated = run(shop, *RUN, "--simulate", "--rules", "rules.yaml")
        assert simulated.returncode == 0, simulated.stderr
    with simulated_claude() as claude:
        assert run(shop, *RUN, server=claude).returncode == 0


@pytest.mark.parametrize(
    ("words", "code"), [(("run", *RUN[1:]), 0), (RUN, 0), ((*RUN, "--max-cost", "0"), 4)]
)
def test_a_reader_who_has_gone_changes_no_exit_code(
    shop: Path, claude: Claude, words: tuple[str, ...], code: int
) -> None:
    listening, speaking = os.pipe()
    os.close(listening)
    with os.fdopen(speaking, "wb") as deaf:
        done = subprocess.run(
            [sys.executable, "-m", "evalgate", *words],
            cwd=shop,
            env=environment(claude),
            stdout=deaf,
            stderr=deaf,
            check=False,
        )
    assert done.returncode == code
