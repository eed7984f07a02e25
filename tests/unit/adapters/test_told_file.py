"""Facts about opening a file of trials."""

from pathlib import Path

import pytest

from evalgate.adapters.told_file import read_told_trials
from evalgate.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"case": "x", "trial": 2, "passed": true}\n'),
        ("a.csv", "case,trial,passed\nx,2,1\n"),
        ("a.CSV", "case,trial,passed\nx,2,1\n"),
    ],
)
def test_the_name_says_whether_it_is_a_table(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    [trial] = read_told_trials(tmp_path / name)
    assert (trial.case, trial.trial, trial.outcome) == ("x", 2, 1.0)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.csv: cannot be read: No such file"):
        list(read_told_trials(tmp_path / "nowhere.csv"))
    with pytest.raises(ConfigurationError, match=r"cannot be read: Is a directory"):
        list(read_told_trials(tmp_path))
