"""Reads the trials of one candidate once and keeps only what its story needs.

A run may hold more answers than memory does: numbers are kept for every case, answers of every case
only where the set is of a size that people look through, and else of the cases that stand out.
Which trial stands for a case does not depend on the order of the trials.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evalgate.deciding.accounts import outcome_of
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.figures import Figuring
from evalgate.reporting.story import (
    ArmFigures,
    ArmOutcome,
    ArmStory,
    ErrorStory,
    Mark,
    Outcome,
    TrialStory,
)
from evalgate.reporting.trial_telling import arm_story, error_story, trial_story

TEXT_LIMIT = 20_000
"""The longest text of a report, in characters."""

FAILING_TOLD = 50
"""How many failing cases that have no baseline are told."""

MOST_WHOLE = 10_000
"""The most cases of a set of which all answers are told."""

_WHOLE_TEXTS = 32_000_000
"""How many characters the answers of a whole set may have in all."""

_UNRANKED = (float("inf"), 0)


def text_limit(cases: int) -> int:
    """Return the longest text, in characters, of a case that did not flip, in a set of so many."""
    return min(TEXT_LIMIT, _WHOLE_TEXTS // (len(Arm) * max(1, cases)))


@dataclass(slots=True)
class _Record:
    """What is known of one case in one arm.

    There are as many as cases, so an empty one holds nothing but itself. `outcomes` are those of
    the first trials in the order of their indices, `later` those behind a gap, by index.
    """

    outcomes: list[float] = field(default_factory=list)
    later: dict[int, float] | None = None
    errored: dict[int, ErrorStory] | None = None
    skipped: dict[int, str] | None = None
    rank: tuple[float, int] = _UNRANKED
    answer: ArmStory | None = None
    trials: list[TrialStory] | None = None

    def add(self, index: int, outcome: float) -> None:
        """Keep the outcome of a graded trial."""
        if 0 <= index < len(self.outcomes):
            self.outcomes[index] = outcome
        elif index == len(self.outcomes):
            self.outcomes.append(outcome)
            self._close_gap()
        else:
            self.later = {} if self.later is None else self.later
            self.later[index] = outcome

    def summary(self) -> ArmOutcome:
        """Return the outcomes in the order of their indices, and how many trials have none."""
        later = self.later or {}
        return ArmOutcome(
            outcomes=(*self.outcomes, *(later[index] for index in sorted(later))),
            errored=len(self.errored or ()),
            skipped=len(self.skipped or ()),
        )

    def _close_gap(self) -> None:
        while self.later and len(self.outcomes) in self.later:
            self.outcomes.append(self.later.pop(len(self.outcomes)))
        self.later = self.later or None


class Gathering:
    """What the trials of one candidate on one eval set amount to so far."""

    def __init__(
        self, verdict: PromptVerdict, cases: Mapping[str, Case], *, whole: bool = False
    ) -> None:
        """Prepare to keep the answers on the cases that the verdict names as flipped, or on all.

        Args:
            verdict: says which trials belong here, and which cases flipped.
            cases: the cases of the eval set by id.
            whole: whether the answers of every case are kept, and every trial in short.
        """
        self.verdict = verdict
        self._cases = cases
        self._regressed = frozenset(verdict.flips.regressed)
        self._fixed = frozenset(verdict.flips.fixed)
        self._flaky = frozenset(verdict.flaky)
        self._waived = frozenset(waiver.case for waiver in verdict.waived)
        self._new = frozenset(verdict.changed_cases.new)
        self._edited = frozenset(verdict.changed_cases.edited)
        self._told = self._regressed | self._fixed | self._waived
        self._whole = whole
        self._limit = text_limit(len(cases))
        self._records: Mapping[Arm, dict[str, _Record]] = {arm: {} for arm in Arm}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._failing: set[str] = set()
        self._models: set[str] = set()
        self._faults: dict[str, set[str]] = {}
        self._ungraded: set[str] = set()
        self._figuring = {arm: Figuring() for arm in Arm}
        self._alike: dict[ArmOutcome, ArmOutcome] = {}

    def add(self, trial: Trial) -> None:
        """Take one trial into account; trials of other versions and sets are passed over."""
        if not self._belongs(trial):
            return
        record = self._record(trial)
        if trial.completion is not None:
            self._models.add(trial.completion.model)
        self._figuring[trial.arm].add(trial)
        self._note_grades(trial)
        if self._whole:
            record.trials = [] if record.trials is None else record.trials
            record.trials.append(trial_story(trial, told=trial.case in self._told))
        if trial.arm is Arm.BASELINE:
            self._forget(trial.case)
        match trial.status:
            case TrialStatus.ERRORED:
                record.errored = {} if record.errored is None else record.errored
                record.errored[trial.trial] = error_story(trial)
            case TrialStatus.SKIPPED:
                record.skipped = {} if record.skipped is None else record.skipped
                record.skipped[trial.trial] = trial.error.kind if trial.error else "skipped"
            case TrialStatus.GRADED:
                self._add_graded(trial, record)

    @property
    def ids(self) -> Iterable[str]:
        """The ids of all cases that have a trial, sorted."""
        return sorted(set().union(*self._records.values()))

    @property
    def models(self) -> tuple[str, ...]:
        """The models that answered."""
        return tuple(sorted(self._models))

    @property
    def errors(self) -> tuple[ErrorStory, ...]:
        """All trials without a grade, by case, arm and index."""
        return tuple(
            errored[index]
            for record in self._all_records()
            if (errored := record.errored)
            for index in sorted(errored)
        )

    @property
    def skip_kinds(self) -> Mapping[str, int]:
        """How many trials were skipped, by cause."""
        kinds = Counter(k for each in self._all_records() for k in (each.skipped or {}).values())
        return dict(sorted(kinds.items()))

    def flip(self, case: str) -> Outcome | None:
        """Return whether the verdict counts a case as regressed or as fixed."""
        if case in self._regressed:
            return Outcome.REGRESSED
        return Outcome.FIXED if case in self._fixed else None

    def tags(self, case: str) -> tuple[str, ...]:
        """Return the tags of a case, from its eval set or else from its trials."""
        known = self._cases.get(case)
        return known.tags if known else self._tags[case]

    def critical(self, case: str) -> bool:
        """Return whether a case is critical."""
        return case in self._cases and self._cases[case].critical

    def marks(self, case: str) -> frozenset[Mark]:
        """Return what is special about a case."""
        found = {
            Mark.CRITICAL: self.critical(case),
            Mark.FLAKY: case in self._flaky,
            Mark.UNGRADED: case in self._ungraded,
            Mark.NEW: case in self._new,
            Mark.EDITED: case in self._edited,
        }
        return frozenset(mark for mark, holds in found.items() if holds)

    def failing(self, case: str) -> tuple[str, ...]:
        """Return the graders that found fault with the candidate on a case, sorted."""
        return tuple(sorted(self._faults.get(case, ())))

    def figures(self) -> Mapping[Arm, ArmFigures]:
        """Return what the answers of each arm took, where it has any."""
        summed = {arm: figuring.figures() for arm, figuring in self._figuring.items()}
        return {arm: figures for arm, figures in summed.items() if figures.answers}

    def trials(self, case: str) -> Mapping[Arm, tuple[TrialStory, ...]]:
        """Return the trials of a case by arm, in the order of their indices, where all are kept."""
        kept = {arm: records.get(case) for arm, records in self._records.items()}
        return {
            arm: tuple(sorted(record.trials, key=lambda trial: trial.trial))
            for arm, record in kept.items()
            if record and record.trials
        }

    def waived(self, case: str) -> bool:
        """Return whether the verdict leaves a case out because it is waived."""
        return case in self._waived

    def urgency(self, case: str) -> tuple[bool, str]:
        """Return a key that sorts critical cases first, then by id."""
        return (not self.critical(case), case)

    def outcome(self, case: str, arm: Arm) -> ArmOutcome | None:
        """Return what one arm achieved on one case; None when it had no trial there.

        Most cases have equal outcomes, which are then one object.
        """
        record = self._records[arm].get(case)
        if record is None:
            return None
        summary = record.summary()
        return self._alike.setdefault(summary, summary)

    def answers(self, case: str) -> Mapping[Arm, ArmStory]:
        """Return the trials that stand for a case, one for each arm of which one was kept."""
        kept = {arm: records.get(case) for arm, records in self._records.items()}
        return {arm: each.answer for arm, each in kept.items() if each and each.answer is not None}

    def _record(self, trial: Trial) -> _Record:
        """Return the record that a trial belongs to; made when it is the first."""
        if trial.case not in self._cases:
            self._tags.setdefault(trial.case, trial.tags)
        records = self._records[trial.arm]
        record = records.get(trial.case)
        if record is None:
            record = records[trial.case] = _Record()
        return record

    def _belongs(self, trial: Trial) -> bool:
        verdict = self.verdict
        ref = verdict.baseline if trial.arm is Arm.BASELINE else verdict.candidate
        if ref is None:
            return False
        where = (verdict.name, verdict.evalset, ref.version, ref.hash)
        return (trial.prompt, trial.evalset, trial.version, trial.version_hash) == where

    def _add_graded(self, trial: Trial, record: _Record) -> None:
        outcome = outcome_of(trial)
        if outcome is None:
            return
        record.add(trial.trial, outcome)
        if not self._is_told(trial, outcome):
            return
        wants_pass = (trial.case in self._fixed) == (trial.arm is Arm.CANDIDATE)
        rank = (-outcome if wants_pass else outcome, trial.trial)
        if rank < record.rank:
            limit = TEXT_LIMIT if trial.case in self._told else self._limit
            record.rank, record.answer = rank, arm_story(trial, limit)

    def _note_grades(self, trial: Trial) -> None:
        if trial.status is not TrialStatus.GRADED or any(g.passed is None for g in trial.grades):
            self._ungraded.add(trial.case)
        if trial.arm is Arm.CANDIDATE:
            faults = {grade.grader for grade in trial.grades if grade.passed is False}
            if faults:
                self._faults.setdefault(trial.case, set()).update(faults)

    def _is_told(self, trial: Trial, outcome: float) -> bool:
        if self._whole or trial.case in self._told:
            return True
        if outcome == 1 or trial.case in self._records[Arm.BASELINE]:
            return False
        self._failing.add(trial.case)
        if len(self._failing) > 4 * FAILING_TOLD:
            for case in sorted(self._failing, key=self.urgency)[FAILING_TOLD:]:
                self._forget(case)
        return trial.case in self._failing

    def _forget(self, case: str) -> None:
        """Drop the answer of a case that was kept only because it had no baseline."""
        if case in self._failing:
            self._failing.discard(case)
            self._records[Arm.CANDIDATE][case].answer = None

    def _all_records(self) -> Iterable[_Record]:
        """Return the records by case and arm."""
        records = [self._records[arm] for arm in Arm]
        return (arms[case] for case in self.ids for arms in records if case in arms)
