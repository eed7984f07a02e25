"""`evalgate monitor rules`: what each stream is held to, at which traffic."""

import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from evalgate.cli import monitor_freeze, monitor_rules
from evalgate.errors import EvaluationError, UsageError
from tests.unit.cli.monitored import LATER, call, instant, told, write_scores
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


@pytest.fixture
def logged(folder: Path) -> Path:
    """Return a folder with a log of ten calls for each score, and some of another prompt."""
    (folder / "policy.yml").write_text(POLICY)
    lines = [
        {
            "schema": "call/1",
            "ts": f"{instant(number)[:-1]}.000Z",
            "prompt": prompt,
            "served_by": "primary",
        }
        for number in range(1_000)
        for prompt in ["answers"] * 10 + ["letters"]
    ]
    log = folder / "logs" / "calls-2027-01-15.jsonl"
    log.parent.mkdir()
    log.write_text("".join(f"{json.dumps(each)}\n" for each in [*lines, {"schema": "call/1"}]))
    return folder


LOGGED = ("--runs", "0", "--policy", "policy.yml", "--logs", "logs")


def test_the_log_says_how_many_calls_there_are_and_which_share_is_scored(
    logged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(*LOGGED, "--json")
    said = capsys.readouterr()
    assert "left out of the call log: 1 invalid calls" in said.err
    document = json.loads(said.out)
    [flow] = document["traffic"]
    assert flow["prompt"] == "answers"
    assert flow["calls_per_hour"] == pytest.approx(588, abs=2)
    assert flow["scored"] == pytest.approx(0.1, abs=0.001)
    [served, good] = document["objectives"]
    assert (served["name"], served["calls_per_hour"]) == ("served", pytest.approx(647, abs=2))
    assert (good["name"], good["calls_per_hour"]) == ("good", None)
    assert document["streams"][0]["scores_per_hour"] == pytest.approx(59, abs=1)
    assert logged.is_dir()


def test_a_rate_that_is_planned_is_of_the_calls_of_the_log(
    logged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(*LOGGED, "--json", "--rate", "0.5")
    assert streams(capsys)[0]["scores_per_hour"] == pytest.approx(294, abs=1)
    assert logged.is_dir()


def test_service_levels_of_calls_say_how_late_they_are_at_the_traffic_of_the_log(
    logged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules(*LOGGED)
    out = capsys.readouterr().out
    assert out.startswith("answers: 588.2 calls an hour, 10% of them scored\n")
    assert "served: availability 90%, 647.1 calls an hour\n" in out
    assert "80% bad\n          100% bad: 48 min; 10% bad: never; 1% bad: never\n" in out
    assert "100% bad: 7 h 12 min; 10% bad: 3 d; 1% bad: never\n" in out
    rules("--runs", "0", "--policy", "policy.yml", "--calls-per-hour", "20")
    assert "100% bad" not in capsys.readouterr().out  # it is about all prompts
    policy = POLICY.replace("target: 0.9}", "target: 0.9, prompt: answers}", 1)
    (logged / "policy.yml").write_text(policy)
    rules("--runs", "0", "--policy", "policy.yml", "--calls-per-hour", "20")
    out = capsys.readouterr().out
    assert "1 h and 5 min: 8 times what the budget allows, 80% bad\n          never: too few" in out
    assert "100% bad: 3 h 36 min; 10% bad: never; 1% bad: never" in out


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
        (("--rate", "0.5"), "--rate needs --logs or --calls-per-hour"),
        (("--logs", "logs", "--calls-per-hour", "9"), "contradict each other"),
        (("--logs", "nowhere"), "--logs: nowhere: No such file"),
        (("--logs", "scores"), "--logs: there are no calls of the last 7 days"),
        (("--calls-per-hour", "0"), "--calls-per-hour"),
        (("--calls-per-hour", "nan"), "--calls-per-hour"),
        (("--calls-per-hour", "inf"), "--calls-per-hour"),
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
