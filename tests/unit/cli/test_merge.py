"""Facts about `evalgate merge`; the end-to-end tests cover what it refuses."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shop = make_shop(tmp_path)
    for index in (1, 2):
        evalgate(shop, "run", "--shard", f"{index}/2", "--out", f"run{index}", *SIMULATED)
    return shop


def test_the_shards_of_a_run_are_decided_together(shop: Path) -> None:
    assert evalgate(shop, "merge", "run1", "run2", "--out", "run") == 0
    parts = [(shop / f"run{index}/trials.jsonl").read_bytes() for index in (1, 2)]
    assert (shop / "run/trials.jsonl").read_bytes() == b"".join(parts)


def test_a_shard_is_not_written_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (shop / "run1/trials.jsonl").read_bytes()
    assert evalgate(shop, "merge", "run1", "run2", "--out", "./run1") == 2
    assert "is one of the shards: name another --out" in capsys.readouterr().err
    assert (shop / "run1/trials.jsonl").read_bytes() == before


def test_the_earliest_day_of_the_shards_decides_about_waivers(shop: Path) -> None:
    for index, today in ((1, "2026-11-22"), (2, "2026-11-21")):
        path = shop / f"run{index}/plan.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"as_of": today}))
    assert evalgate(shop, "merge", "run1", "run2", "--out", "run") == 0
    assert json.loads((shop / "run/plan.json").read_text())["as_of"] == "2026-11-21"
