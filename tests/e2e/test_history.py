"""Facts about the history of prompts: what is recorded is told, release by release."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.e2e.shop import Claude, make_shop, run, simulated_claude, version, write

RULES = """
schema: simulator-rules/1
seed: shop
behaviours:
  - {name: window, needs: 30 days, with: 1, without: 0, says: You have 30 days.}
judge:
  - {criterion: window, passes: 30 days}
"""


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude(rules=RULES) as server:
        yield server


def record(shop: Path, trials: int, claude: Claude) -> None:
    done = run(shop, "record", "--trials", str(trials), server=claude)
    assert done.returncode == 0, done.stderr


def points(shop: Path, *words: str) -> list[dict[str, object]]:
    done = run(shop, "history", "--json", *words)
    assert done.returncode == 0, done.stderr
    (track,) = json.loads(done.stdout)["tracks"]
    found: list[dict[str, object]] = track["points"]
    return found


def test_records_releases_models_graders_and_cases_are_told_in_turn(
    tmp_path: Path, claude: Claude
) -> None:
    shop = make_shop(tmp_path / "shop", cases=4)
    write(shop, {"prompts/p/v1.md": version("Be kind.")})
    record(shop, 1, claude)
    assert [(point["at"], point["rate"]) for point in points(shop)] == [(None, 0.0)]
    commit_all(shop, "one trial")
    record(shop, 2, claude)
    commit_all(shop, "two trials")
    other = version("Name the 30 days.").replace("haiku", "sonnet")
    moves = "history: [{stable: v2, by: ann, why: names the window}]\n"
    write(shop, {"prompts/p/v2.md": other, "prompts/p/live.yaml": f"stable: v2\n{moves}"})
    record(shop, 2, claude)
    commit_all(shop, "a release")
    evalset = (shop / "evalsets/p.yaml").read_text()
    more = f"{evalset}  - {{id: late, vars: {{question: 'number 9'}}}}\n"
    write(shop, {"evalsets/p.yaml": more})
    record(shop, 2, claude)
    commit_all(shop, "a case")
    write(shop, {"evalsets/p.yaml": more.replace("names the window", "tells the window")})
    record(shop, 2, claude)
    commit_all(shop, "a rubric")
    write(shop, {"other.txt": "no record"})
    commit_all(shop, "something else")
    told = points(shop)
    assert [(point["trials"], point["rate"], point["turns"]) for point in told] == [
        (4, 0.0, []),
        (8, 0.0, []),
        (8, 1.0, ["version", "model"]),
        (10, 1.0, ["cases"]),
        (10, 1.0, ["graders"]),
    ]
    released = [point["released"] for point in told]
    assert released[2] == {"at": "", "by": "ann", "why": "names the window", "verdict": ""}
    assert [each is None for each in released] == [True, True, False, True, True]
    assert all(float(str(each["low"])) < float(str(each["high"])) for each in told)
    late = points(shop, "--case", "late")
    assert [point["outcomes"] for point in late] == [[], [], [], [1.0, 1.0], [1.0, 1.0]]
    assert points(shop) == told


def test_the_table_goes_into_a_pipe_in_full(tmp_path: Path, claude: Claude) -> None:
    shop = make_shop(tmp_path / "shop", cases=2)
    record(shop, 1, claude)
    done = run(shop, "history")
    assert done.returncode == 0, done.stderr
    assert "not committed" in done.stdout
    assert "├" in done.stdout
    assert "\x1b" not in done.stdout
