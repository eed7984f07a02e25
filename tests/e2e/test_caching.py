"""Facts about what is not paid for again: stored answers, and the records of stable versions."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.e2e.shop import (
    POLICY,
    Claude,
    decided,
    environment,
    make_shop,
    run,
    simulated_claude,
    spent,
    trials,
    verdict,
    version,
    write,
)

pytestmark = pytest.mark.slow

ANSWERS = 80
JUDGED = 20
"""Both arms say the same of each case, and the judge sees a text once, whatever trial it is of."""

WITHOUT_CLAUDE = """
import sys
from evalgate.cli.main import main
code = main(sys.argv[1:])
print([name for name in sys.modules if name.partition(".")[0] == "anthropic"], file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop")


def paid_calls(claude: Claude, shop: Path, *words: str) -> tuple[int, int]:
    """Return for how many answers, and for how many judgements, a gate has called."""
    before = claude.counts
    done = run(shop, "gate", "--out", "run", *words, server=claude)
    assert done.returncode == 0, done.stderr + done.stdout
    counts = [claude.counts.get(kind, 0) - before.get(kind, 0) for kind in ("answers", "judge")]
    return counts[0], counts[1]


def merge(shop: Path, files: dict[str, str]) -> None:
    """Commit to the main branch what is there, but for the version that is under test."""
    candidate = shop / "prompts/p/v2.md"
    text = candidate.read_text()
    candidate.unlink()
    write(shop, files)
    commit_all(shop, "merged")
    candidate.write_text(text)


def test_a_second_run_calls_nothing_and_loads_no_client(shop: Path, claude: Claude) -> None:
    before = len(claude.bill)
    answers, judged = paid_calls(claude, shop)
    assert (answers, judged) == (ANSWERS, JUDGED)
    assert verdict(shop / "run")["calls"] == answers + judged
    assert spent(shop / "run") == pytest.approx(sum(claude.bill[before:]))
    first, calls = decided(shop / "run"), claude.calls
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CLAUDE, "gate", "--out", "run"],
        cwd=shop,
        env=environment(claude),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1], claude.calls) == (0, "[]", calls)
    assert decided(shop / "run") == first
    found = verdict(shop / "run")
    assert (found["cost_usd"], found["calls"]) == (0.0, 0)
    assert {trial["reused"] for trial in trials(shop / "run")} == {"cache"}


def test_without_the_cache_everything_is_asked_anew_and_nothing_is_kept(
    shop: Path, claude: Claude
) -> None:
    for _ in range(2):
        assert paid_calls(claude, shop, "--no-cache") == (ANSWERS, JUDGED)
    assert not list((shop / "run").glob("answers.sqlite*"))
    assert paid_calls(claude, shop)[0] == ANSWERS


def test_answers_that_somebody_put_into_the_run_folder_are_not_used(
    shop: Path, claude: Claude
) -> None:
    paid_calls(claude, shop, "--cache", "answers.sqlite")
    (shop / "answers.sqlite").rename(shop / "run/answers.sqlite")
    assert paid_calls(claude, shop, "--no-cache")[0] == ANSWERS


def test_zero_days_ask_for_every_answer_anew_but_share_within_a_run(
    tmp_path: Path, claude: Claude
) -> None:
    # One after the other, so that no call can be shared just because it is still in flight.
    policy = POLICY.replace("run: {", "run: {cache_days: 0, ").replace(": 8", ": 1")
    shop = make_shop(tmp_path / "shop", policy=policy)
    for _ in range(2):
        assert paid_calls(claude, shop) == (ANSWERS, JUDGED)


def test_another_grader_asks_the_judge_alone(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop)
    cases = (shop / "evalsets/p.yaml").read_text()
    merge(shop, {"evalsets/p.yaml": cases.replace("names the window", "states the window")})
    assert paid_calls(claude, shop) == (0, JUDGED)


def test_another_version_asks_for_its_own_answers_alone(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop)
    write(shop, {"prompts/p/v2.md": version("Do name the 30 days.")})
    assert paid_calls(claude, shop) == (ANSWERS // 2, 0)


def test_a_committed_record_makes_the_baseline_free(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop, "--no-cache")
    recorded = run(shop, "record", "run")
    assert recorded.stdout.startswith("40 trials of p on p: ")
    merge(shop, {})
    assert paid_calls(claude, shop, "--no-cache") == (ANSWERS // 2, JUDGED)
    arms = {(trial["arm"], trial["reused"]) for trial in trials(shop / "run")}
    assert arms == {("baseline", "record"), ("candidate", "")}


def test_a_record_is_graded_again_where_only_the_grader_changed(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop, "--no-cache")
    run(shop, "record", "run")
    cases = (shop / "evalsets/p.yaml").read_text()
    merge(shop, {"evalsets/p.yaml": cases.replace("names the window", "states the window")})
    assert paid_calls(claude, shop, "--no-cache") == (ANSWERS // 2, JUDGED)


def test_a_record_that_only_the_change_brings_is_not_used(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop, "--no-cache")
    run(shop, "record", "run")
    commit_all(
        shop,
        "a change with a record",
    )
    done = run(
        shop,
        *("gate", "--out", "run", "--no-cache", "--base", "HEAD~1", "--head", "HEAD"),
        server=claude,
    )
    assert done.returncode == 0
    assert {trial["reused"] for trial in trials(shop / "run")} == {""}


def test_recording_twice_changes_nothing(shop: Path, claude: Claude) -> None:
    paid_calls(claude, shop)
    run(shop, "record", "run")
    file = shop / "reports/baselines/p.p.jsonl"
    first = file.read_bytes()
    run(shop, "record", "run")
    assert file.read_bytes() == first


def test_evidence_of_an_earlier_run_is_gone_on_with_and_not_drawn_again(
    shop: Path, claude: Claude
) -> None:
    paid_calls(claude, shop, "--no-cache")
    first = decided(shop / "run")
    (shop / "run").rename(shop / "earlier")
    assert paid_calls(claude, shop, "--no-cache", "--evidence", "earlier") == (0, 0)
    assert decided(shop / "run") == first
    assert {trial["reused"] for trial in trials(shop / "run")} == {"evidence"}


def test_evidence_that_is_not_there_is_an_error(shop: Path, claude: Claude) -> None:
    done = run(shop, "gate", "--evidence", "nowhere", server=claude)
    assert done.returncode == 2
    assert "nowhere/trials.jsonl: name the folder of an earlier run" in done.stderr
