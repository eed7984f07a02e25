"""Facts about the folder of scores, on a real disk."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters import score_folder
from evalgate.adapters.observations import read_observations
from evalgate.adapters.score_folder import ScoreFolder
from evalgate.errors import UsageError
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.scored import Block, Pass

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
DAY = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def score(name: str = "r1", outcome: float | None = 0.5, cause: str = "") -> Observation:
    return Observation(
        ts=NOON, request_id=name, criterion="c", outcome=outcome, cause=cause, prompt="p", judge="j"
    )


ANCHOR = AnchorScore(ts=NOON, anchor="a", criterion="c", judge="j", outcome=1.0, expected=0.5)
BLOCK = Block(ts=NOON, file="f", start=0, end=9, below=0.25, samples=3, due=2, usd=0.125)
PASS = Pass(ts=NOON, samples=2, usd=0.5)


def test_scores_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    with ScoreFolder(tmp_path / "scores", now=Clock()) as folder:
        folder.add_score(score())
        folder.add_anchor(ANCHOR)
    read = read_observations([tmp_path / "scores"])
    assert (read.observations, read.anchors) == ((score(),), (ANCHOR,))


def test_scores_are_their_owners_alone_and_stand_in_files_by_day(tmp_path: Path) -> None:
    clock = Clock()
    before = os.umask(0)
    try:
        with ScoreFolder(tmp_path / "scores", now=clock) as folder:
            folder.add_score(score())
            folder.add_block(BLOCK)
            clock.now += DAY
            folder.add_score(score("r2"))
    finally:
        os.umask(before)
    files = {each.name: each.stat().st_mode & 0o777 for each in (tmp_path / "scores").iterdir()}
    assert files == {
        ".worker": 0o700,
        "scores-2026-11-22.jsonl": 0o600,
        "scores-2026-11-23.jsonl": 0o600,
    }
    assert (tmp_path / "scores/.worker/ledger.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_is_scored_is_known(tmp_path: Path) -> None:
    with ScoreFolder(tmp_path, now=Clock()) as folder:
        folder.add_score(score("done"))
        folder.add_score(score("unclear", None, "cannot_tell"))
        folder.add_score(score("failed", None, "call_failed"))
        folder.add_score(score("failed", None, "call_failed"))
        with (tmp_path / "scores-2026-11-22.jsonl").open("ab") as file:
            file.write(b'{"torn\n[]\n')
        known = folder.known("")
    assert known.done == {("done", "c"), ("unclear", "c")}
    assert known.failed == {("failed", "c"): 2}


def test_files_from_before_the_spool_are_not_read(tmp_path: Path) -> None:
    with ScoreFolder(tmp_path, now=Clock()) as folder:
        folder.add_score(score("old"))
        assert folder.known("2026-11-22").done == {("old", "c")}
        assert folder.known("2026-11-23").done == set()


def test_the_anchors_of_today_alone_are_known(tmp_path: Path) -> None:
    clock = Clock()
    with ScoreFolder(tmp_path, now=clock) as folder:
        folder.add_anchor(ANCHOR)
        assert folder.known("").anchors == {("a", "c", "j")}
        clock.now += DAY
        assert folder.known("").anchors == set()


def test_the_ledger_is_read_back_without_what_a_kill_has_cut(tmp_path: Path) -> None:
    with ScoreFolder(tmp_path, now=Clock()) as folder:
        assert folder.ledger([]).blocks == ()
        folder.add_block(BLOCK)
        folder.add_pass(PASS)
        with (tmp_path / ".worker/ledger.jsonl").open("ab") as file:
            file.write(b'{"schema":"block/1","ts"')
        ledger = folder.ledger([])
        assert (ledger.blocks, ledger.passes) == ((BLOCK,), (PASS,))
        folder.add_block(BLOCK)
        assert folder.ledger([]).blocks == (BLOCK, BLOCK)


def test_a_second_worker_is_kept_out_until_the_first_one_ends(tmp_path: Path) -> None:
    with (
        ScoreFolder(tmp_path, now=Clock()),
        pytest.raises(UsageError, match="another worker"),
        ScoreFolder(tmp_path, now=Clock()),
    ):
        pass
    with ScoreFolder(tmp_path, now=Clock()) as folder:
        folder.add_score(score())


def test_a_worker_that_was_killed_lets_the_next_one_in(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from evalgate.adapters.score_folder import ScoreFolder\n"
        "ScoreFolder(Path(sys.argv[1]), now=time.time).__enter__(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    with ScoreFolder(tmp_path, now=Clock()) as folder:
        assert folder.ledger([]).blocks == ()


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="link"):
        ScoreFolder(tmp_path / "link", now=Clock())


def test_blocks_of_files_that_are_gone_for_long_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_folder, "MOST_FORGOTTEN", 1)
    clock = Clock()
    here = replace(BLOCK, file="here")
    with ScoreFolder(tmp_path, now=clock) as folder:
        for each in (BLOCK, here, BLOCK):
            folder.add_block(each)
        folder.add_pass(PASS)
        clock.now += 4 * DAY
        new = replace(BLOCK, ts=clock.now)
        folder.add_block(new)
        assert folder.ledger(["here"]).blocks == (here, new)
        assert len((tmp_path / ".worker/ledger.jsonl").read_text().splitlines()) == 2
        assert (tmp_path / ".worker/ledger.jsonl").stat().st_mode & 0o777 == 0o600
        assert folder.ledger(["here"]).blocks == (here, new)
