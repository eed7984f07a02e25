"""Puts the trials of both arms side by side, case by case, and draws up the account of each arm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from evalgate.deciding.accounts import Account, Places, outcome_of
from evalgate.model.comparison import CasePair, Comparison, PlannedCase
from evalgate.model.trial import Arm, Trial, TrialStatus

_Outcomes = tuple[float, ...]


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
    comparing = Comparing(planned, deleted)
    for trial in trials:
        comparing.enter(trial)
    return comparing.comparison()


class Comparing:
    """A comparison that takes its trials one by one, for readers who tell several at once."""

    def __init__(self, planned: Sequence[PlannedCase], deleted: Sequence[str]) -> None:
        """Prepare for the trials of the given cases; see `compare`."""
        places = Places(planned)
        self._planned = planned
        self._deleted = tuple(deleted)
        self._accounts = {arm: Account(arm, planned, places) for arm in Arm}
        self._error_kinds: Counter[str] = Counter()

    def enter(self, trial: Trial) -> None:
        """Take one trial into account."""
        self._accounts[trial.arm].enter(trial)
        if kind := _error_kind(trial):
            self._error_kinds[kind] += 1

    def comparison(self) -> Comparison:
        """Return what all trials so far amount to."""
        planned, accounts = self._planned, self._accounts
        alike: dict[_Outcomes, _Outcomes] = {}
        pairs = tuple(_pair(case, accounts, alike=alike) for case in planned)
        planned_pairs = sum(case.pairs for case in planned)
        kinds = sorted(self._error_kinds.items(), key=lambda item: (-item[1], item[0]))
        return Comparison(
            pairs=pairs,
            deleted=self._deleted,
            ledger={arm: account.ledger() for arm, account in accounts.items()},
            planned_pairs=planned_pairs,
            lost_pairs=planned_pairs - sum(len(pair.candidate) for pair in pairs),
            error_kinds=dict(kinds),
            lost_by={arm: _lost_alone(arm, planned, accounts) for arm in Arm},
        )


def _pair(
    case: PlannedCase, accounts: Mapping[Arm, Account], *, alike: dict[_Outcomes, _Outcomes]
) -> CasePair:
    """Return the outcomes of a case; equal outcomes of several cases are kept once in `alike`."""
    baseline: list[float] = []
    candidate: list[float] = []
    for index in range(case.pairs):
        after = accounts[Arm.CANDIDATE].outcome(case.case, index)
        before = accounts[Arm.BASELINE].outcome(case.case, index)
        if after is None or (before is None and case.baseline_trials):
            continue
        candidate.append(after)
        if before is not None:
            baseline.append(before)
    outcomes = (tuple(baseline), tuple(candidate))
    return CasePair(
        case=case.case,
        kind=case.kind,
        baseline=alike.setdefault(outcomes[0], outcomes[0]),
        candidate=alike.setdefault(outcomes[1], outcomes[1]),
        tags=case.tags,
        cluster=case.cluster,
        critical=case.critical,
    )


def _lost_alone(arm: Arm, planned: Sequence[PlannedCase], accounts: Mapping[Arm, Account]) -> int:
    """Count the pairs that only this arm could not grade, among the cases that both arms run."""
    (other,) = set(Arm) - {arm}
    slots = (
        (case.case, index)
        for case in planned
        if case.baseline_trials
        for index in range(case.pairs)
    )
    return sum(
        accounts[arm].outcome(*slot) is None and accounts[other].outcome(*slot) is not None
        for slot in slots
    )


def _error_kind(trial: Trial) -> str | None:
    if trial.status is TrialStatus.SKIPPED:
        return None
    if trial.error is not None:
        return trial.error.kind
    return None if outcome_of(trial) is not None else "ungraded"
