"""Records of stable versions: past trials as JSON lines, looked up by what was asked."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean

from evalgate.adapters.own_lines import read_own_line
from evalgate.adapters.trial_lines import decode, parse
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document, Tree
from evalgate.model.trial import Arm, Trial, TrialStatus

SUFFIX = ".jsonl"


def read_record(line: bytes) -> Trial | None:
    """Return the trial that a line of a record holds; None when it holds none."""
    trial = read_own_line(line)
    if trial is not None:
        return trial
    try:
        return decode(parse("", line, number=1), arm=Arm.BASELINE)
    except ConfigurationError:
        return None


class RecordFiles:
    """The records in the files of a folder, as `evalgate.model.ports.Records` asks for them.

    A line is read in full only when it is looked up. Of several lines that were asked the same, the
    last one counts.
    """

    def __init__(self, files: Tree) -> None:
        """Index the lines.

        Args:
            files: path → content; only those that end in `.jsonl` are records.

        Raises:
            ConfigurationError: when a line is no trial.
        """
        self._lines: dict[str, tuple[str, int, bytes]] = {}
        self._milliseconds: dict[str, dict[str, list[float]]] = {}
        for path in sorted(path for path in files if path.endswith(SUFFIX)):
            for number, line in enumerate(files[path].splitlines(), start=1):
                if line.strip():
                    self._index(path, number, line)

    def find(self, asked: str) -> Trial | None:
        """Return the graded trial that was asked the same."""
        if asked not in self._lines:
            return None
        path, number, line = self._lines[asked]
        trial = read_own_line(line)
        if trial is None:
            document = Document(path=path, data=json.loads(line), lines={(): number})
            trial = decode(document, arm=Arm.BASELINE)
        return trial if trial.status is TrialStatus.GRADED else None

    def seconds(self, evalset: str) -> Mapping[str, float]:
        """Return how long the answers to the cases of a set took on average."""
        cases = self._milliseconds.get(evalset, {})
        return {case: fmean(took) / 1000 for case, took in cases.items()}

    def trials(self) -> Iterator[Trial]:
        """Yield every trial that counts."""
        found = (self.find(asked) for asked in self._lines)
        return (trial for trial in found if trial is not None)

    def _index(self, path: str, number: int, line: bytes) -> None:
        data = _object(path, number, line)
        asked, completion = data.get("asked"), data.get("completion")
        if not isinstance(asked, str) or not asked:
            message = "expected the key `asked`: take records over with `evalgate record`"
            raise ConfigurationError([Problem(path=path, line=number, message=message)])
        self._lines[asked] = (path, number, line)
        took = completion.get("latency_ms") if isinstance(completion, dict) else None
        if isinstance(took, int | float) and math.isfinite(took) and took >= 0:
            cases = self._milliseconds.setdefault(str(data.get("evalset")), {})
            cases.setdefault(str(data.get("case")), []).append(took)


class EarlierTrials:
    """The graded trials of earlier runs, as `evalgate.model.ports.Records` asks for them."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        """Remember the trials that were graded; of several that were asked the same, the first."""
        self._trials: dict[str, Trial] = {}
        for trial in trials:
            if trial.status is TrialStatus.GRADED and trial.asked:
                self._trials.setdefault(trial.asked, trial)

    def find(self, asked: str) -> Trial | None:
        """Return the graded trial that was asked the same."""
        return self._trials.get(asked)

    def seconds(self, evalset: str) -> Mapping[str, float]:  # noqa: ARG002 - part of the port
        """Return nothing: how long cases take is told by records."""
        return {}


def _object(path: str, number: int, line: bytes) -> dict[str, Data]:
    try:
        data: Data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        message = "expected a trial as one JSON object"
        raise ConfigurationError([Problem(path=path, line=number, message=message)])
    return data
