"""Opens a file of trials from anywhere: a table where its name ends in .csv, else lines of JSON."""

from collections.abc import Iterator
from pathlib import Path

from evalgate.adapters.told_lines import read_told_lines
from evalgate.adapters.told_table import read_told_table
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.told import ToldTrial


def read_told_trials(path: Path) -> Iterator[ToldTrial]:
    """Yield the trials of a file, one by one.

    Raises:
        ConfigurationError: the file cannot be read, or a line of it is no trial.
    """
    read = read_told_table if path.suffix.lower() == ".csv" else read_told_lines
    try:
        with path.open("rb") as lines:
            yield from read(str(path), lines)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Problem(path=str(path), message=f"cannot be read: {reason}")
        raise ConfigurationError([problem]) from error
