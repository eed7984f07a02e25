"""The file of frozen baselines."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.quality_baselines import (
    baselines_in,
    read_quality_baselines,
    write_quality_baselines,
)
from evalgate.errors import ConfigurationError, MovedError, UsageError
from evalgate.model.quality_baseline import QualityBaseline

BASELINE = QualityBaseline(
    prompt="answers",
    criterion="accuracy",
    mean=0.847,
    sd=0.11,
    skew=-0.4,
    n=2_000,
    is_binary=False,
    autocorrelation=0.05,
    since=1_800_000_000.0,
    until=1_800_100_000.25,
    frozen=1_800_100_500.0,
    by="Ada",
    reason="first",
    version="v3",
    judge="haiku/1f",
)
CHAT = replace(BASELINE, feature="chat", route="", mean=1.0, sd=0.0, is_binary=True, until=0.0)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "quality.json"
    write_quality_baselines(path, [BASELINE, CHAT], before=None)
    assert read_quality_baselines(path) == (BASELINE, CHAT)
    assert json.loads(path.read_text())["schema"] == "quality/1"


def test_no_file_is_no_baseline(tmp_path: Path) -> None:
    assert read_quality_baselines(tmp_path / "quality.json") == ()


def test_a_file_that_somebody_else_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    write_quality_baselines(path, [BASELINE], before=None)
    with pytest.raises(MovedError):
        write_quality_baselines(path, [CHAT], before=None)
    assert read_quality_baselines(path) == (BASELINE,)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    with pytest.raises(UsageError, match="reports"):
        write_quality_baselines(tmp_path / "reports" / "quality.json", [], before=None)


def written(**changed: object) -> bytes:
    document = {
        "prompt": "answers",
        "criterion": "accuracy",
        "mean": 0.8,
        "sd": 0.1,
        "n": 100,
        "is_binary": False,
        "frozen": "2026-11-22T10:00:00Z",
        **changed,
    }
    return json.dumps({"schema": "quality/1", "baselines": [document]}).encode()


def test_what_is_not_told_has_its_default() -> None:
    [found] = baselines_in(Path("q.json"), written())
    assert found.holds_from == found.frozen == 1_795_341_600.0
    assert (found.skew, found.feature, found.judge) == (0.0, "", "")


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"mean": 1.2}, "mean"),
        ({"n": 0}, "n"),
        ({"sd": None}, "sd"),
        ({"frozen": "yesterday"}, "frozen"),
        ({"until": "2026-11-22T10:00:00"}, "until"),
        ({"is_binary": "no"}, "is_binary"),
        ({"median": 0.5}, "median"),
    ],
)
def test_each_thing_that_is_wrong_is_named_with_its_place(
    changed: dict[str, object], key: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"q\.json.*baselines.*{key}"):
        baselines_in(Path("q.json"), written(**changed))


def test_another_schema_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="quality/1"):
        baselines_in(Path("q.json"), b'{"schema": "quality/2", "baselines": []}')
