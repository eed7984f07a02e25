"""Facts about a run in several processes, whose shards are merged into one verdict."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.shop import (
    Claude,
    counted,
    decided,
    make_shop,
    run,
    simulated_claude,
    spent,
    start,
    version,
    write,
)

SHARDS = ("run1", "run2", "run3")


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


@pytest.fixture(scope="module")
def sharded(tmp_path_factory: pytest.TempPathFactory, claude: Claude) -> Path:
    """A repository with a whole run, and the same run in three shards."""
    shop = make_shop(tmp_path_factory.mktemp("shards") / "shop")
    whole = run(shop, "run", "--out", "run", "--no-cache", server=claude)
    assert "decide with: evalgate report run" in whole.stdout
    started = [
        start(shop, "run", "--shard", f"{index}/3", "--out", folder, "--no-cache", server=claude)
        for index, folder in enumerate(SHARDS, start=1)
    ]
    ended = [process.wait() for process in started]
    assert [each.returncode for each in ended] == [0, 0, 0]
    assert "evalgate merge, with the folders of all 3 shards" in ended[0].stdout
    return shop


@pytest.fixture
def shop(sharded: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(sharded, tmp_path / "shop"))


def test_three_shards_merge_to_the_trials_and_the_verdict_of_one_run(sharded: Path) -> None:
    assert run(sharded, "report", "run").returncode == 0
    assert run(sharded, "merge", *SHARDS, "--out", "runmerged").returncode == 0
    parts = [counted(sharded / folder) for folder in SHARDS]
    whole = counted(sharded / "run")
    assert sum(map(len, parts)) == len(whole) == 80
    assert all(0 < len(part) < 80 for part in parts)
    assert counted(sharded / "runmerged") == whole
    assert decided(sharded / "runmerged") == decided(sharded / "run")
    assert spent(sharded / "runmerged") == pytest.approx(
        sum(spent(sharded / folder) for folder in SHARDS)
    )


def test_the_order_of_the_shards_does_not_matter(sharded: Path) -> None:
    run(sharded, "report", "run")
    assert run(sharded, "merge", *reversed(SHARDS), "--out", "runback").returncode == 0
    assert decided(sharded / "runback") == decided(sharded / "run")


def test_a_merged_run_can_be_reported_again_and_changes_nothing(shop: Path) -> None:
    run(shop, "merge", *SHARDS, "--out", "runnew")
    before = {path.name: path.read_bytes() for path in (shop / "runnew").iterdir()}
    assert run(shop, "report", "runnew").returncode == 0
    assert {path.name: path.read_bytes() for path in (shop / "runnew").iterdir()} == before


def drop_last(lines: list[str]) -> list[str]:
    return lines[:-1]


def double_first(lines: list[str]) -> list[str]:
    return [lines[0], *lines]


def rename_first(lines: list[str]) -> list[str]:
    return [lines[0].replace('"case": "c', '"case": "x'), *lines[1:]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop_last, "1 trial missing: go on with it by --resume"),
        (double_first, "is there 2 times"),
        (rename_first, "1 trial of other runs or shards"),
    ],
)
def test_a_shard_without_exactly_its_own_trials_is_refused(
    shop: Path, change: Callable[[list[str]], list[str]], said: str
) -> None:
    log = shop / "run2/trials.jsonl"
    log.write_text("".join(change(log.read_text().splitlines(keepends=True))))
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert (refused.returncode, "run2/trials.jsonl" in refused.stderr) == (2, True)
    assert said in refused.stderr
    assert not (shop / "runnew").exists()


def test_the_trials_of_another_shard_are_refused(shop: Path) -> None:
    shutil.copy(shop / "run1/trials.jsonl", shop / "run2/trials.jsonl")
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert refused.returncode == 2
    assert "missing" in refused.stderr
    assert "of other runs or shards" in refused.stderr


def test_trials_of_another_text_under_the_same_name_are_never_green(shop: Path) -> None:
    log = shop / "run2/trials.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        line["version_hash"] = "0" * 64
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert refused.returncode in (2, 4)


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        (("run1", "run3"), "shards are missing: 2/3"),
        (("run1",), "shards are missing: 2/3, 3/3"),
        (("run1", "run2", "run2", "run3"), "shard 2/3 is given twice"),
        (("run", "run1", "run2", "run3"), "run/plan.json is shard 1/1, and run1/plan.json is 1/3"),
        (("run1", "run2", "nowhere"), "nowhere holds no plan.json"),
    ],
)
def test_what_are_not_all_shards_once_is_refused(
    sharded: Path, folders: tuple[str, ...], said: str
) -> None:
    refused = run(sharded, "merge", *folders, "--out", "runmerged2")
    assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr


def test_shards_of_different_changes_are_refused(shop: Path, claude: Claude) -> None:
    write(shop, {"prompts/p/v2.md": version("Do name the 30 days.")})
    run(shop, "run", "--shard", "2/3", "--out", "run2", "--no-cache", server=claude)
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert (refused.returncode, "belong to different runs" in refused.stderr) == (2, True)


def test_shards_of_a_change_that_has_gone_on_are_refused(shop: Path) -> None:
    write(shop, {"prompts/p/v2.md": version("Do name the 30 days.")})
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert (refused.returncode, "begin a new run" in refused.stderr) == (2, True)


def test_simulated_and_real_shards_do_not_mix(shop: Path) -> None:
    plan = shop / "run2/plan.json"
    plan.write_text(plan.read_text().replace('"simulated": false', '"simulated": true'))
    refused = run(shop, "merge", *SHARDS, "--out", "runnew")
    assert (refused.returncode, "one holds simulated answers" in refused.stderr) == (2, True)


def test_a_shard_that_was_broken_off_is_resumed_as_that_shard(shop: Path, claude: Claude) -> None:
    log = shop / "run2/trials.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:3]) + lines[3][:40])
    assert run(shop, "gate", "--resume", "run2").returncode == 2
    before = claude.counts["answers"]
    gone_on = run(shop, "run", "--resume", "run2", "--no-cache", server=claude)
    assert (gone_on.returncode, claude.counts["answers"] - before) == (0, len(lines) - 3)
    assert "run2/trials.jsonl:4: the last line was cut off and is left out" in gone_on.stderr
    assert run(shop, "merge", *SHARDS, "--out", "runnew").returncode == 0


def test_a_shard_alone_decides_nothing(sharded: Path) -> None:
    refused = run(sharded, "report", "run1")
    assert (refused.returncode, "evalgate merge" in refused.stderr) == (2, True)


def test_a_shard_that_stopped_early_merges_to_no_verdict(shop: Path, claude: Claude) -> None:
    stopped = run(
        shop,
        *("run", "--shard", "2/3", "--out", "run2", "--no-cache", "--max-cost", "0"),
        server=claude,
    )
    assert (stopped.returncode, "go on with: evalgate run --resume run2" in stopped.stderr) == (
        4,
        True,
    )
    assert run(shop, "merge", *SHARDS, "--out", "runnew").returncode == 4
