"""Scores in a folder, and the actions of `evalgate monitor` on them."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

from evalgate.adapters.observations import line_of_observation
from evalgate.model.observation import Observation
from tests.unit.monitoring.alarms.production import START, at

LATER = "2027-02-01T00:00:00Z"
"""After all scores of the tests."""


def write_scores(folder: Path, observations: Iterable[Observation]) -> Path:
    """Write scores into the folder where they are looked for."""
    path = folder / "scores" / "scores-2027-01-15.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.writelines(line_of_observation(each, ts=each.ts + 5) for each in observations)
    return path


def call(module: ModuleType, *words: str) -> int:
    """Run an action as the verb would."""
    parser = ArgumentParser()
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(words)))


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Return the document that was printed."""
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def instant(number: int) -> str:
    """Return when the answer of a number was given, as the command line takes it."""
    assert at(0) == START == 1_800_000_000.0  # 2027-01-15T08:00:00Z
    minutes = 8 * 60 + number
    return f"2027-01-{15 + minutes // 1440:02}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"
