"""`evalgate monitor rules`: what each stream is held to, at which traffic."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from evalgate.cli import monitor_freeze, monitor_rules
from evalgate.errors import EvaluationError, UsageError
from tests.unit.cli.monitored import LATER, call, told, write_scores
from tests.unit.monitoring.alarms.production import Graded, production

POLICY = """\
monitor:
  alarms: {max_drop: 8, slices: [version]}
  objectives:
    served: {level: availability, target: 0.9}
    good: {level: quality, target: 0.9, threshold: 0.7, criterion: accuracy}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        write_scores(tmp_path, production(1_000, Graded()))
        yield tmp_path


def rules(*words: str, as_of: str = "2027-01-16T01:00:00Z") -> int:
    return call(monitor_rules, "--as-of", as_of, *words)


def test_it_tells_window_line_delay_and_false_alarms(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monitor_freeze, "--as-of", LATER, "--until", "2027-01-16")
    capsys.readouterr()
    assert rules("--runs", "20", as_of=LATER) == 0
    out = capsys.readouterr().out
    assert "accuracy of answers: baseline 84" in out
    assert "5 points below" in out
    assert "of 20 simulations" in out
    assert "10 points lost: " in out
    assert "cumulative sum with slack" in out
    assert "(feature chat)" in out
    assert folder.is_dir()


def test_without_a_baseline_they_are_told_as_if_it_were_frozen_now(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rules("--runs", "0") == 0
    said = capsys.readouterr()
    assert "nothing is frozen" in said.err
    assert "points: about" in said.out
    assert "simulations" not in said.out
    assert folder.is_dir()


def streams(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    found = told(capsys)["streams"]
    assert isinstance(found, list)
    return found


def test_times_follow_the_traffic_that_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules("--runs", "20", "--json")
    [whole, *_] = streams(capsys)
    assert whole["scores_per_hour"] == pytest.approx(59, abs=2)
    rules("--runs", "20", "--json", "--calls-per-hour", "5000", "--rate", "0.002")
    [slow, *_] = streams(capsys)
    assert slow["scores_per_hour"] == pytest.approx(10)
    late, later = whole["pages"][2], slow["pages"][2]
    assert late["median_scores"] == later["median_scores"]
    assert later["median_seconds"] == pytest.approx(late["median_scores"] * 360)
    assert folder.is_dir()


def test_the_same_seed_gives_the_same_figures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outs = []
    for seed in ("1", "1", "2"):
        rules("--runs", "20", "--json", "--seed", seed)
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1] != outs[2]
    assert folder.is_dir()


def test_the_policy_says_what_is_watched_and_promised(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "policy.yml").write_text(POLICY)
    assert rules("--runs", "0", "--policy", "policy.yml") == 0
    out = capsys.readouterr().out
    assert "8 points below" in out
    assert "(feature" not in out
    # A tenth may fail, so that nothing can burn 14.4 times as fast.
    assert "page    1 h and 5 min: 8 times what the budget allows, 80% bad" in out
    assert "200 and 40 scores: 3 times what the budget allows, 30% bad" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--rate", "0.5"), "--rate needs --calls-per-hour"),
        (("--calls-per-hour", "0"), "--calls-per-hour"),
        (("--calls-per-hour", "9", "--rate", "2"), "--rate"),
        (("--runs", "-1"), "--runs"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    folder: Path, words: tuple[str, ...], message: str
) -> None:
    assert folder.is_dir()
    with pytest.raises(UsageError, match=message):
        rules(*words)


def test_too_few_scores_have_no_rules(tmp_path: Path) -> None:
    with chdir(tmp_path):
        write_scores(tmp_path, production(20, Graded()))
        with pytest.raises(EvaluationError, match="no stream has enough scores"):
            rules()
