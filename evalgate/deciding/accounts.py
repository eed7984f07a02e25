"""Keeps account of the planned trials of each arm while they are read, in a few bytes for each."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import isnan, nan

from evalgate.model.comparison import ArmLedger, PlannedCase
from evalgate.model.trial import Arm, Trial, TrialStatus

_AWAITED, _TOLD_TWICE, *_ENDED = range(2 + len(TrialStatus))
_ENDS: Mapping[TrialStatus, int] = dict(zip(TrialStatus, _ENDED, strict=True))
"""What the byte of a trial says once it was told: in which status it ended."""

_ONE, _ZERO = 1.0, 0.0


class Places:
    """Gives each planned trial a number, the same in both arms.

    The trials of a case stand side by side, so that all accounts are plain rows of numbers: an
    object for each trial of a large run would take more memory than anything else in it.
    """

    def __init__(self, planned: Sequence[PlannedCase]) -> None:
        """Number the trials of the given cases; each case should be there once."""
        self._rows = {case.case: row for row, case in enumerate(planned)}
        widths = (
            max(case.baseline.stop, case.candidate.stop, case.confirming.stop) for case in planned
        )
        self._starts = array("Q", accumulate(widths, initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    def of(self, case: str, index: int) -> int | None:
        """Return the number of a trial, or None when no arm has it planned."""
        row = self._rows.get(case)
        if row is None or index < 0:
            return None
        place = self._starts[row] + index
        return place if place < self._starts[row + 1] else None

    def span(self, case: str, trials: range) -> slice:
        """Return the numbers of neighbouring trials of a case that was given."""
        start = self._starts[self._rows[case]]
        return slice(start + trials.start, start + trials.stop)


class Account:
    """What is known of the trials of one arm."""

    def __init__(self, arm: Arm, places: Places) -> None:
        """Open the account with every trial that has a place awaited."""
        self._arm = arm
        self._places = places
        self._states = bytearray([_AWAITED]) * len(places)
        self._outcomes = array("d", bytes(8 * len(places)))
        self._strays: Counter[TrialStatus] = Counter()

    def enter(self, trial: Trial) -> None:
        """Put one trial in its place."""
        place = self._places.of(trial.case, trial.trial)
        if place is None:
            self._strays[trial.status] += 1
        elif self._states[place] == _AWAITED:
            outcome = outcome_of(trial)
            self._states[place] = _ENDS[trial.status]
            self._outcomes[place] = nan if outcome is None else outcome
        else:
            self._states[place] = _TOLD_TWICE

    def outcome(self, case: str, index: int) -> float | None:
        """Return the outcome of a trial that was told once and graded."""
        place = self._places.of(case, index)
        if place is None or self._states[place] != _ENDS[TrialStatus.GRADED]:
            return None
        value = self._outcomes[place]
        # Nearly all outcomes are one of two numbers, which need not exist a million times.
        return _ONE if value == 1 else _ZERO if value == 0 else None if isnan(value) else value

    def ledger(self, planned: Sequence[PlannedCase], *, is_final: bool = True) -> ArmLedger:
        """Draw up the account: each planned trial that was told exactly once.

        Args:
            planned: the cases with the trials that were to be run.
            is_final: whether no other trial should have been told.
        """
        number = sum(case.number(self._arm) for case in planned)
        states: Counter[int] = Counter()
        waived: Counter[int] = Counter()
        # A case that is planned twice has its trials but once, so that it never balances.
        for case in {case.case: case for case in planned}.values():
            for trials in case.trials(self._arm):
                told = self._states[self._places.span(case.case, trials)]
                states.update(told)
                waived.update(told if case.waived else ())
        statuses = Counter({status: states[end] for status, end in _ENDS.items()})
        # A stray beside a missing trial would cancel it out, so it is added to full accounts only.
        if is_final and statuses.total() == number:
            statuses += self._strays + self._unasked(planned, states)
        return ArmLedger(
            planned=number,
            graded=statuses[TrialStatus.GRADED] - waived[_ENDS[TrialStatus.GRADED]],
            errored=statuses[TrialStatus.ERRORED],
            skipped=statuses[TrialStatus.SKIPPED],
            waived=waived[_ENDS[TrialStatus.GRADED]],
        )

    def _unasked(
        self, planned: Sequence[PlannedCase], asked: Mapping[int, int]
    ) -> Counter[TrialStatus]:
        """Count the trials that have a place and were told, but were not to be run.

        A baseline may have run its cases more often, for another candidate that shares it.
        """
        told = Counter(self._states)
        told.subtract(asked)
        if self._arm is Arm.BASELINE:
            told = Counter()
            for case in planned:
                if not case.baseline:
                    told.update(self._states[self._places.span(case.case, case.candidate)])
        return Counter({status: told[end] for status, end in _ENDS.items()})


def outcome_of(trial: Trial) -> float | None:
    """Return 1 or 0 by `passed`, else the score; None when there is neither in 0..1."""
    if trial.status is not TrialStatus.GRADED:
        return None
    if trial.passed is not None:
        # The two numbers of this line, not a new one for each trial.
        return 1.0 if trial.passed else 0.0
    return trial.score if trial.score is not None and 0 <= trial.score <= 1 else None
