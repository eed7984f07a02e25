"""Facts about what a worker is put together of: keys, places, anchors, expiry."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalgate.adapters.observations import read_observations
from evalgate.adapters.spool_folder import SpoolFolder
from evalgate.adapters.spool_lines import line_of
from tests.e2e.commands import evalgate
from tests.e2e.scoring_shop import (
    BAD,
    GOOD,
    answered,
    make_scoring_shop,
    scored,
    spool,
)
from tests.e2e.shop import RULES, environment, run, simulated_claude, start, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 4 == 0 else GOOD) for n in range(1, 21)))
    return folder


def test_the_judges_own_key_is_used_and_its_lack_is_told(shop: Path) -> None:
    with simulated_claude() as claude:
        plain = run(shop, "score", server=claude)
        spool(shop, [answered(77)])
        keys = environment(claude) | {"EVALGATE_JUDGE_KEY": "sk-judge"}
        own = start(shop, "score", variables=keys).wait()
    assert "EVALGATE_JUDGE_KEY is not set, so the judge uses ANTHROPIC_API_KEY" in plain.stderr
    assert own.stderr == ""
    assert own.returncode == 0


def test_the_simulator_judges_without_a_key_under_a_name_of_its_own(shop: Path) -> None:
    write(shop, {"rules.yml": RULES})
    done = evalgate(shop, "score", "--rules", "rules.yml")
    assert done.returncode == 0, done.stderr
    judges = {each.judge for each in read_observations([shop / "scores"]).observations}
    assert {name.partition(" ")[0] for name in judges} == {"", "simulated"}
    assert "would have cost" in done.stdout


def test_anchors_are_scored_once_a_day(shop: Path) -> None:
    policy = (shop / ".github/evalgate.yml").read_text()
    anchor = {"id": "a", "criterion": "window", "request": "Hi", "answer": GOOD, "expected": 1}
    write(
        shop,
        {
            ".github/evalgate.yml": policy.replace(
                "scoring:", "scoring:\n    anchors: anchors.jsonl"
            ),
            "anchors.jsonl": json.dumps(anchor) + "\n",
        },
    )
    with simulated_claude() as claude:
        assert "1 anchor scored" in run(shop, "score", server=claude).stdout
        assert "anchor" not in run(shop, "score", server=claude).stdout
    [found] = read_observations([shop / "scores"]).anchors
    assert (found.anchor, found.outcome, found.expected) == ("a", 1.0, 1.0)


def test_samples_that_are_too_old_are_deleted(shop: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    place = SpoolFolder(shop / "samples", days=90)
    place.add(line_of(answered(99)), now=old.timestamp())
    place.close()
    with simulated_claude() as claude:
        done = run(shop, "score", "--json", server=claude)
    assert json.loads(done.stdout)["expired"] == 1
    assert len(list((shop / "samples").iterdir())) == 1
    assert "099" not in scored(shop)


@pytest.mark.parametrize(
    ("break_it", "expected"),
    [
        (lambda shop: (shop / "samples").chmod(0o755), "chmod go-rwx"),
        (lambda shop: (shop / "samples").rename(shop / "away"), "No such file"),
        (lambda shop: write(shop, {"prompts/runtime.yml": ""}), "names no spool"),
        (lambda shop: write(shop, {"evalsets/q.yaml": "prompts: ["}), "evalsets/q.yaml"),
    ],
)
def test_what_is_wrong_is_told_with_the_next_step(
    shop: Path, break_it: Callable[[Path], None], expected: str
) -> None:
    break_it(shop)
    policy = (shop / ".github/evalgate.yml").read_text()
    write(shop, {".github/evalgate.yml": policy.replace("  short:", "  format: {}\n      short:")})
    done = evalgate(shop, "score", ANTHROPIC_API_KEY="sk-x")
    assert done.returncode == 2
    assert expected in done.stderr
