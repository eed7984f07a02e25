"""`evalgate monitor backtest`: what a rule would have raised."""

from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from evalgate.adapters.quality_baselines import PLACE
from evalgate.cli import monitor_backtest, monitor_freeze
from evalgate.errors import EvaluationError, UsageError
from evalgate.model.observation import Observation
from tests.unit.cli.monitored import LATER, call, instant, told, write_scores
from tests.unit.monitoring.alarms.production import Graded, at, production

CHANGED = 2_000


def falling(of: Observation, draws: Random) -> float:
    return Graded()(of, draws) - (0.08 if of.ts >= at(CHANGED) else 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        write_scores(tmp_path, production(3_000, falling))
        yield tmp_path


@pytest.fixture
def even(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        write_scores(tmp_path, production(3_000, Graded()))
        yield tmp_path


def backtest(*words: str) -> int:
    return call(monitor_backtest, "scores", *words)


def alarms(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    found = told(capsys)["alarms"]
    assert isinstance(found, list)
    return found


def test_it_tells_what_came_and_how_late(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert backtest("--change-at", instant(CHANGED)) == 0
    said = capsys.readouterr()
    assert f"before {instant(CHANGED)}: no alarm\n" in said.out
    assert "the first alarm came" in said.out
    assert f"nothing is frozen of answers in {PLACE}, which `evalgate monitor freeze`" in said.err
    assert "held to the first third of the scores, as if they had been frozen at" in said.err
    assert folder.is_dir()


def test_a_change_that_is_not_noticed_is_called_missed(
    even: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest("--change-at", instant(CHANGED)) == 0
    assert "after it: none, so the change was missed" in capsys.readouterr().out
    assert even.is_dir()


def test_what_is_frozen_holds_from_its_own_scores_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monitor_freeze, "--as-of", LATER, "--until", instant(900))
    capsys.readouterr()
    assert backtest("--json", "--change-at", instant(CHANGED)) == 0
    [alarm] = alarms(capsys)
    assert 0 < alarm["late_seconds"] < 3_600 * 2
    assert folder.is_dir()


def test_what_is_frozen_after_all_scores_cannot_hold_them_and_is_said_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monitor_freeze, "--as-of", LATER, "--by", "Ada", "--reason", "the fall is fine")
    capsys.readouterr()
    assert backtest("--change-at", instant(CHANGED)) == 0
    said = capsys.readouterr()
    assert f"{PLACE} says of answers holds for answers after {LATER} alone" in said.err
    assert "has no baseline" not in said.err
    assert "the first alarm came" in said.out
    assert folder.is_dir()


def test_what_is_frozen_of_another_prompt_holds_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monitor_freeze, "--as-of", LATER, "--until", instant(900))
    others = production(900, Graded())
    write_scores(
        folder,
        [replace(each, prompt="letters", request_id=f"l{each.request_id}") for each in others],
    )
    capsys.readouterr()
    assert backtest("--prompt", "letters") == 0
    said = capsys.readouterr().err
    assert "nothing is frozen of letters" in said
    assert "has no baseline" not in said
    assert backtest() == 0
    assert "nothing is frozen of letters in" in capsys.readouterr().err


def test_too_few_scores_are_not_held_to_what_is_frozen_of_another_prompt(folder: Path) -> None:
    call(monitor_freeze, "--as-of", LATER, "--until", instant(900))
    last = production(2_000, Graded())[-1]
    write_scores(folder, [replace(last, prompt="letters", request_id="l")])
    with pytest.raises(EvaluationError, match="nothing is frozen of letters"):
        backtest("--prompt", "letters")


def test_a_time_that_is_named_counts_and_not_what_is_frozen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(monitor_freeze, "--as-of", LATER, "--until", instant(900))
    capsys.readouterr()
    assert backtest("--freeze-until", instant(700)) == 0
    said = capsys.readouterr().err
    assert f"held to the scores up to {instant(700)}, as if" in said
    assert "nothing is frozen" not in said
    assert folder.is_dir()


def test_other_rules_can_be_tried(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backtest("--json", "--max-drop", "20")
    assert all(each["urgency"] == "ticket" for each in alarms(capsys))
    backtest("--json", "--window", "300")
    [alarm] = alarms(capsys)
    assert alarm["n"] == 300
    assert folder.is_dir()


def test_a_drop_is_put_where_it_is_wanted(even: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--drop", "12", "--change-at", instant(CHANGED))
    backtest("--json", *words, "--where", "feature=chat")
    [alarm] = alarms(capsys)
    assert alarm["stream"]["feature"] == "chat"
    backtest("--json", *words, "--criterion", "tone")
    assert alarms(capsys) == []
    assert even.is_dir()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--drop", "5"), "--drop needs --change-at"),
        (("--where", "feature=chat"), "need --drop"),
        (("--drop", "500", "--change-at", instant(5)), "--drop: expected points"),
        (("--max-drop", "0"), "--max-drop"),
        (("--window", "3"), "--window"),
        (("--false-alarms", "0.9"), "--false-alarms"),
    ],
)
def test_what_cannot_be_is_refused(even: Path, words: tuple[str, ...], message: str) -> None:
    assert even.is_dir()
    with pytest.raises(UsageError, match=message):
        backtest(*words)


def test_a_slice_that_does_not_exist_is_a_usage_error(even: Path) -> None:
    assert even.is_dir()
    with pytest.raises(SystemExit, match="2"):
        backtest("--where", "planet=mars")


def test_scores_too_few_for_a_baseline_say_what_is_missing(tmp_path: Path) -> None:
    with chdir(tmp_path):
        write_scores(tmp_path, production(60, Graded()))
        few = "the first third of the scores are too few for a baseline: .* with 21 of 200"
        with pytest.raises(EvaluationError, match=f"`evalgate monitor freeze` would do: {few}"):
            backtest()
        with pytest.raises(EvaluationError, match=r"^the scores up to .* with 31 of 200"):
            backtest("--freeze-until", instant(30))
