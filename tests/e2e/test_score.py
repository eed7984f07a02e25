"""Facts about `evalgate score`, from the spool to the files of scores."""

import json
import time
from pathlib import Path

import pytest

from evalgate.adapters.observations import read_observations
from evalgate.adapters.scores import read_scores
from tests.e2e.scoring_shop import (
    BAD,
    GOOD,
    answered,
    make_scoring_shop,
    scored,
    scored_or_none,
    spool,
    until,
)
from tests.e2e.shop import RULES, run, simulated_claude, start

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 4 == 0 else GOOD) for n in range(1, 21)))
    return folder


def test_answers_are_scored_as_the_gate_would(shop: Path) -> None:
    with simulated_claude() as claude:
        done = run(shop, "score", server=claude)
        calls = claude.calls
    assert done.returncode == 0, done.stderr
    assert scored(shop) == {f"{n:03}": float(n % 4 != 0) for n in range(1, 21)}
    assert calls == 20
    read = read_observations([shop / "scores"])
    assert {each.probability for each in read.observations} == {0.5}
    assert read.left_out == {}
    assert len(read_scores([shop / "scores"]).scores) == 40


def test_it_says_what_became_of_every_sample(shop: Path) -> None:
    with simulated_claude() as claude:
        done = run(shop, "score", "--json", server=claude)
        again = run(shop, "score", server=claude)
        bill = sum(claude.bill)
    told = json.loads(done.stdout)
    assert told["schema"] == "scoring/1"
    assert (told["found"], told["due"], told["judged"], told["balances"]) == (20, 20, 20, True)
    assert told["criteria"]["window"]["mean"] == 0.75
    assert told["cost_usd"] == pytest.approx(bill)
    assert "0 new samples = 0 due + 0 passed over" in again.stdout
    assert again.returncode == 0


def test_nothing_that_was_said_is_told_or_written(shop: Path) -> None:
    with simulated_claude() as claude:
        done = run(shop, "score", server=claude)
    written = "".join(
        path.read_text(errors="replace") for path in (shop / "scores").rglob("*") if path.is_file()
    )
    for word in ("PRIVATE", "Whenever", "30 days"):
        assert word not in done.stdout + done.stderr + written


def test_what_the_budget_does_not_do_for_is_passed_over_and_the_limit_holds(
    tmp_path: Path,
) -> None:
    shop = make_scoring_shop(tmp_path / "shop", most="0.06")
    spool(shop, map(answered, range(60)))
    with simulated_claude() as claude:
        first = run(shop, "score", "--json", server=claude)
        second = run(shop, "score", "--json", server=claude)
        bill = sum(claude.bill)
    told = json.loads(first.stdout)
    assert 0 < told["judged"] < told["found"] == 60
    assert told["passed_over"] > 0
    assert told["balances"]
    assert bill <= 0.06
    assert json.loads(second.stdout)["balances"]
    read = read_observations([shop / "scores"]).observations
    assert {each.probability for each in read if each.criterion == "short"} == {0.5}
    assert len([each for each in read if each.criterion == "short"]) == 60
    [below] = {each.probability for each in read if each.criterion == "window"}
    assert below == told["below"] < 0.5


def test_a_rejected_key_scores_nothing_and_ends_with_4(shop: Path) -> None:
    rejecting = RULES + "faults: [{kind: bad_key}]\n"
    with simulated_claude(rules=rejecting) as claude:
        done = run(shop, "score", server=claude)
    assert done.returncode == 4
    assert "20 left for later" in done.stdout
    assert scored(shop) == {}


def test_an_outage_is_left_for_later(shop: Path) -> None:
    with simulated_claude(rules=RULES + "faults: [{kind: overloaded}]\n") as claude:
        done = run(shop, "score", server=claude)
    assert done.returncode == 4
    with simulated_claude() as claude:
        later = run(shop, "score", "--json", server=claude)
    assert json.loads(later.stdout)["judged"] == 20
    assert len(scored(shop)) == 20


def test_a_watch_scores_what_comes_keeps_others_out_and_ends_when_it_is_asked_to(
    shop: Path,
) -> None:
    with simulated_claude() as claude:
        worker = start(shop, "score", "--watch", "0.1", server=claude)
        until(lambda: (shop / "scores").is_dir() and len(scored_or_none(shop)) == 20)
        other = run(shop, "score", server=claude)
        assert other.returncode == 2
        assert "another worker writes its scores into" in other.stderr
        spool(shop, [answered(50)])
        until(lambda: len(scored_or_none(shop)) == 21)
        worker.interrupt()
        done = worker.wait()
    assert done.returncode == 130
    assert "what was scored is kept" in done.stderr
    assert "20 samples judged, 40 scores" in done.stdout


def test_a_killed_worker_pays_for_nothing_twice(shop: Path) -> None:
    spool(shop, map(answered, range(100, 160)))
    with simulated_claude(latency_ms=20) as claude:
        worker = start(shop, "score", server=claude)
        until(lambda: len(scored_or_none(shop)) > 10)
        worker.kill()
        worker.wait()
        done = run(shop, "score", "--json", server=claude)
        calls = claude.calls
    assert done.returncode == 0, done.stderr
    assert len(scored(shop)) == 80
    assert calls <= 80 + 4  # those in flight at the kill


def test_a_watch_that_is_asked_to_end_breaks_off_and_sums_up(shop: Path) -> None:
    with simulated_claude() as claude:
        worker = start(shop, "score", "--watch", "0.1", server=claude)
        until(lambda: len(scored_or_none(shop)) == 20)
        time.sleep(0.5)
        worker.terminate()
        done = worker.wait()
    assert done.returncode == 0
    assert "20 due + 0 from before = 20 judged + 0 left for later" in done.stdout
    assert "asked to end" in done.stderr


def test_a_watch_in_the_middle_of_a_call_ends_at_once(shop: Path) -> None:
    with simulated_claude(latency_ms=12_000) as claude:
        worker = start(shop, "score", "--watch", "0.1", server=claude)
        until((shop / "scores/.worker/ledger.jsonl").exists)
        time.sleep(1.0)
        begun = time.monotonic()
        worker.terminate()
        done = worker.wait()
        assert time.monotonic() - begun < 8
    assert done.returncode == 0
    assert scored(shop) == {}
