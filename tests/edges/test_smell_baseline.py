"""Facts about the file of a smell baseline."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.smell_baseline import read_baseline, write_baseline
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, SmellBaseline

BASELINE = SmellBaseline(
    prompt="support-reply",
    count=PassCount(passed=97, of=100),
    found=dict.fromkeys(Smell, 0) | {Smell.EMPTY: 3},
    length=(40, 900),
    scripts={"Latin": 0.75, "Greek": 0.25},
    rules=SmellRules(length=(20, 1800), scripts=("Latin", "Greek"), ignore=(Smell.PLACEHOLDER,)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_baseline(tmp_path / "new/smell.json", BASELINE)
    assert read_baseline(tmp_path / "new/smell.json") == BASELINE


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "smell.json"
    write_baseline(path, BASELINE)
    wrong = {"schema": "x", "passed": 101, "length": [3, 2], "lenght": 1, "rules": {"ignore": "a"}}
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    with pytest.raises(ConfigurationError) as error:
        read_baseline(path)
    keys = sorted(problem.key for problem in error.value.problems)
    assert keys == sorted(["lenght", "length", "passed", "rules.ignore", "schema"])


def test_a_baseline_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "smell.json").write_text('{"schema": "smell-baseline/1"}')
    with pytest.raises(ConfigurationError) as error:
        read_baseline(tmp_path / "smell.json")
    assert len(error.value.problems) == 2


def test_a_missing_baseline_says_how_one_is_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`--write` takes a baseline"):
        read_baseline(tmp_path / "smell.json")
