"""Reads the trials of one candidate once and keeps only what its story needs.

A run may hold more answers than memory does: numbers are kept for every case, answers only for the
cases that will be told. Which trial stands for a case does not depend on the order of the trials.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from evalgate.grading.transcript import tool_call_line
from evalgate.model.chat import Completion
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.story import ArmOutcome, ArmStory, ErrorStory, Outcome
from evalgate.reporting.visible import excerpt

TEXT_LIMIT = 20_000
"""The longest text of a report, in characters."""

FAILING_TOLD = 50
"""How many failing cases that have no baseline are told."""

_UNRANKED = (float("inf"), 0)
_MESSAGE_LIMIT = 500
_REASON_LIMIT = 2_000


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

    def __init__(self, verdict: PromptVerdict, cases: Mapping[str, Case]) -> None:
        """Prepare to keep the answers on the cases that the verdict names as flipped.

        Args:
            verdict: says which trials belong here, and which cases flipped.
            cases: the cases of the eval set by id.
        """
        self._verdict = verdict
        self._cases = cases
        self._regressed = frozenset(verdict.flips.regressed)
        self._fixed = frozenset(verdict.flips.fixed)
        self._flaky = frozenset(verdict.flaky)
        self._waived = frozenset(waiver.case for waiver in verdict.waived)
        self._told = self._regressed | self._fixed | self._waived
        self._records: Mapping[Arm, dict[str, _Record]] = {arm: {} for arm in Arm}
        self._tags: dict[str, tuple[str, ...]] = {}
        self._failing: set[str] = set()
        self._models: set[str] = set()
        self._alike: dict[ArmOutcome, ArmOutcome] = {}

    def add(self, trial: Trial) -> None:
        """Take one trial into account; trials of other versions and sets are passed over."""
        if not self._belongs(trial):
            return
        record = self._record(trial)
        if trial.completion is not None:
            self._models.add(trial.completion.model)
        if trial.arm is Arm.BASELINE:
            self._forget(trial.case)
        match trial.status:
            case TrialStatus.ERRORED:
                record.errored = {} if record.errored is None else record.errored
                record.errored[trial.trial] = _error_story(trial)
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

    def flaky(self, case: str) -> bool:
        """Return whether the verdict calls a case flaky."""
        return case in self._flaky

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
        verdict = self._verdict
        ref = verdict.baseline if trial.arm is Arm.BASELINE else verdict.candidate
        if ref is None:
            return False
        where = (verdict.name, verdict.evalset, ref.version, ref.hash)
        return (trial.prompt, trial.evalset, trial.version, trial.version_hash) == where

    def _add_graded(self, trial: Trial, record: _Record) -> None:
        outcome = _outcome_of(trial)
        if outcome is None:
            return
        record.add(trial.trial, outcome)
        if not self._is_told(trial, outcome):
            return
        wants_pass = (trial.case in self._fixed) == (trial.arm is Arm.CANDIDATE)
        rank = (-outcome if wants_pass else outcome, trial.trial)
        if rank < record.rank:
            record.rank, record.answer = rank, _arm_story(trial)

    def _is_told(self, trial: Trial, outcome: float) -> bool:
        if trial.case in self._told:
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


def _outcome_of(trial: Trial) -> float | None:
    if trial.passed is None:
        return trial.score
    # The two numbers of this line, not two new ones for each trial.
    return 1.0 if trial.passed else 0.0


def _arm_story(trial: Trial) -> ArmStory:
    completion = trial.completion
    return ArmStory(
        version=trial.version,
        trial=trial.trial,
        answer=excerpt(_said(completion) if completion else "", TEXT_LIMIT),
        stop_reason=completion.stop_reason if completion else "",
        grades=tuple(replace(grade, reason=grade.reason[:_REASON_LIMIT]) for grade in trial.grades),
    )


def _error_story(trial: Trial) -> ErrorStory:
    message = trial.error.message if trial.error else ""
    return ErrorStory(
        case=trial.case,
        arm=trial.arm,
        trial=trial.trial,
        kind=trial.error.kind if trial.error else "unknown",
        message=message[:_MESSAGE_LIMIT],
    )


def _said(completion: Completion) -> str:
    """Return the words of an answer, and below them the tools that it called."""
    calls = (f"[calls {tool_call_line(call)}]" for call in completion.tool_calls)
    return "\n".join(filter(None, (completion.text, *calls)))
