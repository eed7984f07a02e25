"""Facts about `evalgate promote`, the whole command against a simulated Claude."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git_writing import commit_all
from evalgate.model.prompt import LivePointer
from evalgate.prompts.live import read_live
from tests.e2e.shop import (
    POLICY,
    Claude,
    make_shop,
    run,
    simulated_claude,
    trials,
    verdict,
    version,
    write,
)

LIVE = "prompts/p/live.yaml"
PROMOTE = ("promote", "p", "v2", "--out", "run")


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    with simulated_claude() as server:
        yield server


def shop(folder: Path, *, policy: str = POLICY) -> Path:
    """Make a shop with a harmless v2 and a damaging v3, both committed."""
    make_shop(folder, policy=policy)
    write(folder, {"prompts/p/v3.md": version("Be brief.")})
    commit_all(folder, "more versions")
    return folder


def live(folder: Path) -> LivePointer:
    return read_live("p", FORMATS.read_yaml(LIVE, (folder / LIVE).read_bytes()))


def test_a_version_becomes_the_canary_and_then_stable_and_back(
    tmp_path: Path, claude: Claude
) -> None:
    folder = shop(tmp_path)
    done = run(folder, *PROMOTE, "--percent", "5", server=claude)
    assert done.returncode == 0, done.stderr
    assert "is written: v2 of p gets 5 % of the traffic, beside v1, once" in done.stdout
    assert {trial["version"] for trial in trials(folder / "run")} == {"v1", "v2"}
    canary = live(folder).canary
    assert canary is not None
    assert (live(folder).stable, canary.version, canary.percent) == ("v1", "v2", 5.0)
    commit_all(folder, "canary")
    words = ("--percent", "100", "--reason", 'it\'s: "fine" # really', "--by", "Ann")
    assert run(folder, *PROMOTE, *words, server=claude).returncode == 0
    assert (live(folder).stable, live(folder).canary) == ("v2", None)
    [first, move] = live(folder).history
    assert (first.stable, move.stable) == ("v1", "v2")
    assert (move.by, move.why) == ("Ann", 'it\'s: "fine" # really')
    assert move.verdict == verdict(folder / "run")["run_id"]
    commit_all(folder, "stable")
    before = claude.calls
    assert run(folder, "promote", "p", "v1", "--percent", "100", server=claude).returncode == 0
    assert (live(folder).stable, claude.calls) == ("v1", before)


def test_a_damaging_version_is_blocked(tmp_path: Path, claude: Claude) -> None:
    folder = shop(tmp_path)
    words = ("promote", "p", "v3", "--percent", "5", "--out", "run")
    done = run(folder, *words, server=claude)
    assert done.returncode == 1
    assert "The live pointer has not moved" in done.stdout
    assert (folder / LIVE).read_text() == "stable: v1\n"


def test_an_inconclusive_verdict_blocks_though_the_policy_only_warns(
    tmp_path: Path, claude: Claude
) -> None:
    folder = shop(tmp_path, policy="gate: {on_inconclusive: warn}\nrun: {trials: 2}\n")
    (folder / LIVE).write_text("stable: null\n")
    commit_all(folder, "nothing is live")
    done = run(folder, *PROMOTE, "--percent", "100", server=claude)
    assert done.returncode == 3
    assert verdict(folder / "run")["exit_code"] == 3
    assert (folder / LIVE).read_text() == "stable: null\n"


def test_a_dry_run_shows_the_pointer_and_writes_nothing(tmp_path: Path, claude: Claude) -> None:
    folder = shop(tmp_path)
    (folder / LIVE).write_text("stable: v3\n")  # which no dry run minds
    done = run(folder, *PROMOTE, "--percent", "2.5", "--dry-run", server=claude)
    assert done.returncode == 0, done.stderr
    assert "canary: {version: v2, percent: 2.5, salt: " in done.stdout
    assert "nothing was written" in done.stdout
    assert (folder / LIVE).read_text() == "stable: v3\n"


def test_an_uncommitted_pointer_is_not_written_over(tmp_path: Path, claude: Claude) -> None:
    folder = shop(tmp_path)
    (folder / LIVE).write_text("stable: v1\nswitch: {disabled: true}\n")
    before = claude.calls
    done = run(folder, *PROMOTE, "--percent", "5", server=claude)
    assert done.returncode == 2
    assert f"{LIVE} in the work tree is not that of" in done.stderr
    assert claude.calls == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("v2", "--percent", "x"), "percent: expected a number above 0 and up to 100"),
        (("v22", "--percent", "5"), "did you mean `v2`?"),
        (("v1", "--percent", "5"), "version: v1 is the stable version of `p`"),
    ],
)
def test_a_wrong_word_is_an_error_that_names_it(
    tmp_path: Path, claude: Claude, words: tuple[str, ...], said: str
) -> None:
    done = run(shop(tmp_path), "promote", "p", *words, server=claude)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_version_that_is_not_committed_is_not_there(tmp_path: Path, claude: Claude) -> None:
    folder = make_shop(tmp_path)
    done = run(folder, *PROMOTE, "--percent", "5", server=claude)
    assert done.returncode == 2
    assert "has no version `v2` at" in done.stderr


def test_what_holds_already_is_said(tmp_path: Path, claude: Claude) -> None:
    done = run(shop(tmp_path), "promote", "p", "v1", "--percent", "100", server=claude)
    assert (done.returncode, done.stdout) == (
        0,
        "Nothing to do: as it stands, v1 of p gets all of the traffic.\n",
    )


def test_a_promotion_that_was_broken_off_goes_on(tmp_path: Path, claude: Claude) -> None:
    folder = shop(tmp_path)
    words = ("--percent", "5", "--no-cache")
    stopped = run(folder, *PROMOTE, *words, "--max-cost", "0", server=claude)
    assert stopped.returncode == 4
    assert "go on with: evalgate promote --resume run p v2 --percent 5" in stopped.stderr
    again = ("promote", "--resume", "run", "p", "v2", *words)
    other = run(folder, *again[:-2], "6", "--no-cache", server=claude)
    assert (other.returncode, "another promotion" in other.stderr) == (2, True)
    done = run(folder, *again, server=claude)
    assert done.returncode == 0, done.stderr
    assert "percent: 5" in (folder / LIVE).read_text()
    run_id = json.loads((folder / "run/verdict.json").read_text())["run_id"]
    assert run_id == json.loads((folder / "run/plan.json").read_text())["run_id"]
