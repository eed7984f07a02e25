"""What past runs say about cases: those that came out the same in every trial of every version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evalgate.checking.observation import Observation, Severity
from evalgate.deciding.wording import counted, listed
from evalgate.model.evalset import EvalSet
from evalgate.model.trial import Trial, TrialStatus

FEWEST_VERSIONS = 3
FEWEST_TRIALS = 9
"""A case must have had a chance to tell versions apart before it is said not to."""


@dataclass(slots=True)
class _Record:
    """What is on record about one case."""

    versions: set[str] = field(default_factory=set)
    trials: int = 0
    passed: int = 0

    def is_silent(self) -> bool:
        seen = len(self.versions) >= FEWEST_VERSIONS and self.trials >= FEWEST_TRIALS
        return seen and self.passed in (0, self.trials)


def indifferent(sets: Mapping[str, EvalSet], trials: Iterable[Trial]) -> Iterator[Observation]:
    """Yield a hint for each set with cases that never told one version from another.

    Args:
        sets: the eval sets by name.
        trials: those of past runs, in any order; trials of cases that are gone are passed over.
    """
    records: dict[tuple[str, str], _Record] = {}
    for trial in trials:
        if trial.status is TrialStatus.GRADED:
            record = records.setdefault((trial.evalset, trial.case), _Record())
            record.versions.add(trial.version_hash)
            record.trials += 1
            record.passed += bool(trial.passed)
    for name, evalset in sets.items():
        known = {case.id: records.get((name, case.id)) for case in evalset.cases}
        silent = {case: record for case, record in known.items() if record and record.is_silent()}
        failing = [case for case, record in silent.items() if record.passed == 0]
        passing = [case for case, record in silent.items() if record.passed]
        if failing:
            message = (
                f"{counted(len(failing), 'case')} failed in every recorded trial of every version "
                f"({listed(failing)}): are their graders right?"
            )
            yield _observe(Severity.WARNING, "always_fails", evalset, message)
        if passing:
            message = (
                f"{counted(len(passing), 'case')} passed in every recorded trial of every version "
                f"({listed(passing)}): they guard, but tell no two versions apart"
            )
            yield _observe(Severity.HINT, "always_passes", evalset, message)


def _observe(severity: Severity, code: str, evalset: EvalSet, message: str) -> Observation:
    return Observation(severity=severity, code=code, path=evalset.path, message=message)
