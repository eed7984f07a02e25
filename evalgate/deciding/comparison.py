"""Puts the trials of both arms side by side, case by case, and draws up the account of each arm."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from evalgate.deciding.accounts import Account, Places, outcome_of
from evalgate.model.chat import FailureKind
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

    def __init__(
        self,
        planned: Sequence[PlannedCase],
        deleted: Sequence[str],
        *,
        most: Sequence[PlannedCase] = (),
    ) -> None:
        """Prepare for the trials of the given cases; see `compare`.

        Args:
            planned: the cases of the head, each once.
            deleted: ids of the cases that exist only at the base.
            most: the same cases with all trials that may yet be planned.
        """
        places = Places(most or planned)
        self._planned = planned
        self._deleted = tuple(deleted)
        self._accounts = {arm: Account(arm, places) for arm in Arm}
        self._error_kinds: Counter[str] = Counter()
        self._awaiting = 0

    def enter(self, trial: Trial) -> None:
        """Take one trial into account."""
        self._accounts[trial.arm].enter(trial)
        if kind := _error_kind(trial):
            self._error_kinds[kind] += 1
        self._awaiting += _awaits_a_call(trial)

    def comparison(
        self, planned: Sequence[PlannedCase] = (), *, is_final: bool = True
    ) -> Comparison:
        """Return what the trials so far amount to.

        Args:
            planned: the cases with the trials to look at; by default those planned at first.
            is_final: whether no other trial should have been told; otherwise some may belong to
                what was planned later.
        """
        planned = planned or self._planned
        alike: dict[_Outcomes, _Outcomes] = {}
        pairs: list[CasePair] = []
        lost_by = dict.fromkeys(Arm, 0)
        waived: list[CasePair] = []
        for case in planned:
            arms = _Arms(case, self._accounts)
            pair = arms.pair(alike)
            if case.waived:
                waived.append(pair)
                continue
            pairs.append(pair)
            for arm in Arm:
                lost_by[arm] += arms.lost_alone(arm)
        slots = sum(len(case.candidate) for case in planned)
        kept = sum(len(pair.candidate) for pair in pairs)
        waived_trials = sum(len(pair.candidate) for pair in waived)
        ledger = {
            arm: account.ledger(planned, is_final=is_final)
            for arm, account in self._accounts.items()
        }
        kinds = sorted(self._error_kinds.items(), key=lambda item: (-item[1], item[0]))
        return Comparison(
            pairs=tuple(pairs),
            deleted=self._deleted,
            ledger=ledger,
            planned_pairs=slots - waived_trials if pairs else slots,
            lost_pairs=slots - waived_trials - kept,
            error_kinds=dict(kinds),
            lost_by=lost_by,
            waived=tuple(waived),
            # A baseline may have run for another candidate, too.
            awaiting=min(self._awaiting, sum(each.skipped for each in ledger.values())),
        )


class _Arms:
    """The outcomes of one case in both arms, slot by slot; None where there is none."""

    __slots__ = ("_case", "_confirming", "_outcomes")

    def __init__(self, case: PlannedCase, accounts: Mapping[Arm, Account]) -> None:
        self._case = case
        candidate, baseline = accounts[Arm.CANDIDATE], accounts[Arm.BASELINE]
        self._outcomes = {
            Arm.BASELINE: [baseline.outcome(case.case, index) for index in case.baseline],
            Arm.CANDIDATE: [candidate.outcome(case.case, index) for index in case.candidate],
        }
        self._confirming = [candidate.outcome(case.case, index) for index in case.confirming]

    def pair(self, alike: dict[_Outcomes, _Outcomes]) -> CasePair:
        """Return the outcomes that count; equal ones of several cases are kept once in `alike`."""
        case = self._case
        before, after = self._outcomes[Arm.BASELINE], self._outcomes[Arm.CANDIDATE]
        if case.is_side_by_side:
            whole = [slot for slot in zip(before, after, strict=True) if None not in slot]
            before, after = [slot[0] for slot in whole], [slot[1] for slot in whole]
        elif case.baseline and not _graded(before):
            after = []
        baseline, candidate = _graded(before), _graded(after)
        return CasePair(
            case=case.case,
            kind=case.kind,
            baseline=alike.setdefault(baseline, baseline),
            candidate=alike.setdefault(candidate, candidate),
            confirming=_graded(self._confirming),
            tags=case.tags,
            cluster=case.cluster,
            critical=case.critical,
        )

    def lost_alone(self, arm: Arm) -> int:
        """Count the trials that this arm alone could not grade, where both arms run the case."""
        (other,) = set(Arm) - {arm}
        own, others = self._outcomes[arm], self._outcomes[other]
        if not self._case.is_side_by_side:
            return own.count(None) if _graded(others) else 0
        slots = zip(own, others, strict=True)
        return sum(mine is None and theirs is not None for mine, theirs in slots)


def _graded(outcomes: Iterable[float | None]) -> _Outcomes:
    return tuple(outcome for outcome in outcomes if outcome is not None)


def _awaits_a_call(trial: Trial) -> bool:
    is_skipped = trial.status is TrialStatus.SKIPPED
    return is_skipped and trial.error is not None and trial.error.kind == FailureKind.CALL_NEEDED


def _error_kind(trial: Trial) -> str | None:
    if trial.status is TrialStatus.SKIPPED:
        return None
    if trial.error is not None:
        return trial.error.kind
    return None if outcome_of(trial) is not None else "ungraded"
