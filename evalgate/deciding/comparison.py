"""Puts the trials of both arms side by side, case by case, and draws up the account of each arm."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evalgate.model.comparison import ArmLedger, CasePair, Comparison, PlannedCase
from evalgate.model.trial import Arm, Trial, TrialStatus

_Slot = tuple[str, int]


def compare(
    trials: Iterable[Trial], planned: Sequence[PlannedCase], deleted: Sequence[str]
) -> Comparison:
    """Pair the trials of both arms by case and index.

    A pair counts when every arm that runs the case graded it. A trial that is missing, told twice
    or not in the plan leaves its arm's ledger unbalanced.

    Args:
        trials: the trials of both arms, in any order; read once.
        planned: the cases of the head, each once.
        deleted: ids of the cases that exist only at the base.
    """
    accounts = {arm: _Account(arm, planned) for arm in Arm}
    error_kinds: Counter[str] = Counter()
    for trial in trials:
        accounts[trial.arm].enter(trial)
        if kind := _error_kind(trial):
            error_kinds[kind] += 1
    pairs = tuple(_pair(case, accounts) for case in planned)
    planned_pairs = sum(case.pairs for case in planned)
    return Comparison(
        pairs=pairs,
        deleted=tuple(deleted),
        ledger={arm: account.ledger() for arm, account in accounts.items()},
        planned_pairs=planned_pairs,
        lost_pairs=planned_pairs - sum(len(pair.candidate) for pair in pairs),
        error_kinds=dict(sorted(error_kinds.items(), key=lambda item: (-item[1], item[0]))),
        lost_by={arm: _lost_alone(arm, planned, accounts) for arm in Arm},
    )


@dataclass(slots=True)
class _Account:
    """What is known of the trials of one arm while they are read."""

    arm: Arm
    plan: Sequence[PlannedCase]
    open: set[_Slot] = field(init=False)
    closed: dict[_Slot, tuple[TrialStatus, float | None]] = field(default_factory=dict)
    told_twice: set[_Slot] = field(default_factory=set)
    strays: Counter[TrialStatus] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.open = {
            (case.case, index) for case in self.plan for index in range(case.trials(self.arm))
        }

    def enter(self, trial: Trial) -> None:
        """Put one trial in its place."""
        slot = (trial.case, trial.trial)
        if slot in self.open:
            self.open.remove(slot)
            self.closed[slot] = (trial.status, _outcome(trial))
        elif slot in self.closed or slot in self.told_twice:
            self.closed.pop(slot, None)
            self.told_twice.add(slot)
        else:
            self.strays[trial.status] += 1

    def outcome(self, slot: _Slot) -> float | None:
        """Return the outcome of a trial that was told once and graded."""
        _, outcome = self.closed.get(slot, (None, None))
        return outcome

    def ledger(self) -> ArmLedger:
        """Draw up the account: each planned trial that was told exactly once."""
        planned = sum(case.trials(self.arm) for case in self.plan)
        statuses = Counter(status for status, _ in self.closed.values())
        # A stray beside a missing trial would cancel it out, so it is added to full accounts only.
        if statuses.total() == planned:
            statuses += self.strays
        return ArmLedger(
            planned=planned,
            graded=statuses[TrialStatus.GRADED],
            errored=statuses[TrialStatus.ERRORED],
            skipped=statuses[TrialStatus.SKIPPED],
        )


def _pair(case: PlannedCase, accounts: dict[Arm, _Account]) -> CasePair:
    baseline: list[float] = []
    candidate: list[float] = []
    for index in range(case.pairs):
        after = accounts[Arm.CANDIDATE].outcome((case.case, index))
        before = accounts[Arm.BASELINE].outcome((case.case, index))
        if after is None or (before is None and case.baseline_trials):
            continue
        candidate.append(after)
        if before is not None:
            baseline.append(before)
    return CasePair(
        case=case.case,
        kind=case.kind,
        baseline=tuple(baseline),
        candidate=tuple(candidate),
        tags=case.tags,
        cluster=case.cluster,
        critical=case.critical,
    )


def _lost_alone(arm: Arm, planned: Sequence[PlannedCase], accounts: dict[Arm, _Account]) -> int:
    """Count the pairs that only this arm could not grade, among the cases that both arms run."""
    (other,) = set(Arm) - {arm}
    slots = (
        (case.case, index)
        for case in planned
        if case.baseline_trials
        for index in range(case.pairs)
    )
    return sum(
        accounts[arm].outcome(slot) is None and accounts[other].outcome(slot) is not None
        for slot in slots
    )


def _outcome(trial: Trial) -> float | None:
    """Return 1 or 0 by `passed`, else the score; None when there is neither in 0..1."""
    if trial.status is not TrialStatus.GRADED:
        return None
    if trial.passed is not None:
        return float(trial.passed)
    return trial.score if trial.score is not None and 0 <= trial.score <= 1 else None


def _error_kind(trial: Trial) -> str | None:
    if trial.status is TrialStatus.SKIPPED:
        return None
    if trial.error is not None:
        return trial.error.kind
    return None if _outcome(trial) is not None else "ungraded"
