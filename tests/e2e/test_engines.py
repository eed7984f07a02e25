"""Facts about the engines behind a gate, as a user names them: batches and a cluster."""

import time
from pathlib import Path

import pytest

from tests.e2e.shop import (
    KEY,
    RULES,
    counted,
    decided,
    make_shop,
    run,
    simulated_claude,
    start,
    verdict,
)
from tests.edges.test_cluster import cluster

pytestmark = pytest.mark.slow

QUICK = RULES + "batches: {seconds: 0.2}\n"
SLOW = RULES + "batches: {seconds: 2}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop")


def test_batches_reach_the_verdict_of_single_calls_at_half_the_price(shop: Path) -> None:
    with simulated_claude(rules=QUICK) as claude:
        assert run(shop, "gate", "--no-cache", "--out", "run-1", server=claude).returncode == 0
        batches = ("--engine", "batches", "--no-cache")
        done = run(shop, "gate", *batches, "--out", "run-2", server=claude)
    assert done.returncode == 0, done.stderr
    assert decided(shop / "run-1") == decided(shop / "run-2")
    single, together = (verdict(shop / f"run-{n}")["cost_usd"] for n in (1, 2))
    assert isinstance(single, float)
    assert together == pytest.approx(single / 2, rel=0.1)  # a judge reads each answer once


@pytest.mark.full
def test_a_killed_run_finds_its_batch_again_and_hands_none_in_twice(shop: Path) -> None:
    words = ("--engine", "batches", "--no-cache")
    with simulated_claude(rules=SLOW) as claude:
        begun = start(shop, "gate", *words, "--out", "run", server=claude)
        journal = shop / "run/batches.jsonl"
        while not (journal.exists() and '"id"' in journal.read_text()):
            assert begun.is_alive
            time.sleep(0.01)
        begun.kill()
        begun.wait()
        done = run(shop, "gate", *words, "--resume", "run", server=claude)
        assert done.returncode == 0, done.stderr
        assert claude.counts["batches"] == 2  # the answers, and the judge's votes
    assert set(counted(shop / "run").values()) == {1}
    assert "found again" in done.stderr


@pytest.mark.full
def test_a_cluster_makes_the_calls_of_a_gate(shop: Path) -> None:
    with simulated_claude() as claude, cluster(2) as running:
        words = ("--engine", "dask", "--address", running.address, "--no-cache")
        done = run(shop, "gate", *words, "--out", "run", server=claude)
        assert done.returncode == 0, done.stderr
        assert claude.counts["answers"] == 80
    assert set(counted(shop / "run").values()) == {1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--engine", "dask"), "--engine dask and --address belong together"),
        (("--address", "tcp://127.0.0.1:1"), "--engine dask and --address belong together"),
        (
            ("--engine", "dask", "--address", "tcp://127.0.0.1:1", "--simulate"),
            "--simulate answers on this machine alone",
        ),
        pytest.param(
            ("--engine", "dask", "--address", "tcp://127.0.0.1:1"),
            "tcp://127.0.0.1:1",
            marks=pytest.mark.full,  # it is asked for ten seconds
        ),
    ],
)
def test_a_cluster_that_cannot_be_used_is_refused(
    shop: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(shop, "gate", *words, "--out", "run")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("engine", ["calls", "batches"])
def test_no_file_of_a_run_holds_the_key(shop: Path, engine: str) -> None:
    with simulated_claude(rules=QUICK) as claude:
        words = ("--no-cache", "--engine", engine, "--out", "run")
        assert run(shop, "gate", *words, server=claude).returncode == 0
    files = [path for path in (shop / "run").rglob("*") if path.is_file()]
    assert len(files) >= 7
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
