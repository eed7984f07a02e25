"""Gathers the trials that a file tells, case by case, and refuses what cannot be compared."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.comparison import ArmLedger
from evalgate.model.reading import shortened
from evalgate.model.told import Origin, ToldTrial
from evalgate.model.trial import Arm, TrialStatus


@dataclass(slots=True, kw_only=True)
class ToldCase:
    """One case: the outcome of each trial by its index, None for one that has no grade."""

    outcomes: dict[int, float | None] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    cluster: str | None = None
    weight: float | None = None

    @property
    def says_more(self) -> bool:
        """Whether a line of the case says more than its outcome."""
        return bool(self.tags) or self.cluster is not None or self.weight is not None

    @property
    def graded(self) -> tuple[float, ...]:
        """The outcomes that there are."""
        return tuple(outcome for outcome in self.outcomes.values() if outcome is not None)


class ToldArm:
    """The trials of one arm, as a file tells them."""

    def __init__(self, path: str) -> None:
        """Begin with none.

        Args:
            path: of the file, for messages.
        """
        self.path = path
        self.cases: dict[str, ToldCase] = {}
        self.confirming: dict[str, ToldCase] = {}
        """The trials that were run to confirm a loss, by case; they enter no mean."""
        self.checks: dict[str, list[int]] = {}
        """Which trials were run to check a record, by case."""
        self.error_kinds: Counter[str] = Counter()
        self.origin: Origin | None = None
        self.other_arm = False
        """Whether the file holds the trials of the other arm, too."""
        self._statuses: Counter[TrialStatus] = Counter()

    def enter(self, trial: ToldTrial) -> None:
        """Take one trial in.

        Raises:
            ConfigurationError: the trial was told before, or contradicts an earlier line.
        """
        self._check_origin(trial)
        kept, others = self.cases, self.confirming
        if trial.confirmation:
            kept, others = others, kept
        case = kept.get(trial.case)
        if case is None:
            case = kept[trial.case] = ToldCase()
        problems = list(_problems(trial, case, beside=others.get(trial.case)))
        if problems:
            raise ConfigurationError(
                Problem(path=self.path, line=trial.line, key=key, message=message)
                for key, message in problems
            )
        case.outcomes[trial.trial] = trial.outcome
        if trial.check:
            self.checks.setdefault(trial.case, []).append(trial.trial)
        case.tags = case.tags or trial.tags
        case.cluster = trial.cluster if case.cluster is None else case.cluster
        case.weight = trial.weight if case.weight is None else case.weight
        self._statuses[trial.status] += 1
        if trial.outcome is None:
            self.error_kinds[trial.error_kind or trial.status.value] += 1

    def ran_afresh_beside(self, candidate: "ToldArm") -> bool:
        """Tell whether each case was run anew as often as the candidate: no record was trusted."""
        return bool(self.checks) and all(
            len(self.checks.get(case, ())) >= candidate.number(case) for case in self.cases
        )

    def number(self, case: str) -> int:
        """Return how many trials of a case are told, 1 at least; those that confirm are others."""
        return max(1, len(self.cases[case].outcomes)) if case in self.cases else 1

    @property
    def fresh(self) -> dict[str, ToldCase]:
        """The cases with the trials alone that were run to check a record."""
        return {
            case: replace(told, outcomes={index: told.outcomes[index] for index in checks})
            for case, checks in self.checks.items()
            for told in [self.cases[case]]
        }

    @property
    def confirmations(self) -> int:
        """How many trials were run to confirm a loss."""
        return sum(len(case.outcomes) for case in self.confirming.values())

    @property
    def ledger(self) -> ArmLedger:
        """The account of the arm: a file tells of no trial that was planned and is missing."""
        return ArmLedger(
            planned=self._statuses.total(),
            graded=self._statuses[TrialStatus.GRADED],
            errored=self._statuses[TrialStatus.ERRORED],
            skipped=self._statuses[TrialStatus.SKIPPED],
        )

    def _check_origin(self, trial: ToldTrial) -> None:
        if self.origin is None:
            self.origin = trial.origin
        elif trial.origin is not self.origin and trial.origin != self.origin:
            message = (
                f"expected the trials of {_spelt(self.origin)}, as before, got one of "
                f"{_spelt(trial.origin)}: give each a file of its own; "
                "`evalgate report` decides about whole runs"
            )
            raise ConfigurationError([Problem(path=self.path, line=trial.line, message=message)])


def gather_arm(path: str, trials: Iterable[ToldTrial], *, arm: Arm) -> ToldArm:
    """Gather one arm from a file: of a file that holds both, the asked one, else all of it.

    Args:
        path: of the file, for messages.
        trials: what it tells.
        arm: the arm that is asked for, which is also that of lines that name none.

    Raises:
        ConfigurationError: the file holds no trial, or a line contradicts an earlier one.
    """
    (other,) = set(Arm) - {arm}
    arms = {each: ToldArm(path) for each in Arm}
    for trial in trials:
        arms[trial.arm or arm].enter(trial)
    found = [arms[each] for each in (arm, other) if arms[each].cases]
    if not found:
        problem = Problem(path=path, message="expected at least one trial, got none")
        raise ConfigurationError([problem])
    found[0].other_arm = len(found) > 1
    return found[0]


def _problems(
    trial: ToldTrial, case: ToldCase, *, beside: ToldCase | None
) -> Iterator[tuple[str, str]]:
    """Yield the key and the message of what contradicts earlier lines of the case."""
    name = shortened(trial.case)
    if trial.trial in case.outcomes or (beside is not None and trial.trial in beside.outcomes):
        yield "trial", f"case `{name}` has a trial {trial.trial} already: expected each one once"
    if case.cluster is not None and trial.cluster not in (None, case.cluster):
        first, now = shortened(case.cluster), shortened(trial.cluster)
        yield "cluster", f"expected `{first}`, as earlier for case `{name}`, got `{now}`"
    if case.weight is not None and trial.weight not in (None, case.weight):
        first, now = f"{case.weight:g}", f"{trial.weight:g}"
        yield "weight", f"expected {first}, as earlier for case `{name}`, got {now}"


def _spelt(origin: Origin) -> str:
    subject = " ".join(part for part in (origin.prompt, origin.version) if part) or "no prompt"
    if origin.version_hash:
        subject += f" ({origin.version_hash[:12]})"
    if origin.evalset:
        subject += f" on {origin.evalset}"
    return shortened(subject)
