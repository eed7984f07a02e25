"""Runs a trial of the judge: an answer with a label is judged, and the verdict held against it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from evalgate.grading.calibration import Judgement, judge_answer, written
from evalgate.grading.trial import Judging, Outcome
from evalgate.model.calibration import AnchorCheck
from evalgate.model.chat import Completion
from evalgate.model.trial import CACHE, RECORD, Grade, Trial, TrialError, TrialStatus
from evalgate.running.account import Account, Calls
from evalgate.running.plan import PlannedTrial


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTrials:
    """What trials of the judge need; `draw_boundary` gives 32 random lowercase hex digits."""

    calls: Calls
    draw_boundary: Callable[[], str]

    async def run(self, planned: PlannedTrial, check: AnchorCheck) -> tuple[Trial, Judgement]:
        """Return the trial and what the judge said; a failure of the service is never raised.

        The trial passes when the verdict is the label; without a label, when the verdict is pass.
        """
        account = Account(self.calls)
        judgement = await judge_answer(
            planned.case,
            check.answer,
            trial=planned.key,
            judging=Judging(
                judge=account.send, settings=check.settings, draw_boundary=self.draw_boundary
            ),
        )
        found = account.blame(_found(judgement, check), judgement.grades)
        if found.status is TrialStatus.SKIPPED:
            return planned.trial(found.status, found.error), judgement
        trial = replace(
            planned.trial(found.status, found.error),
            passed=found.passed,
            score=found.score,
            grades=(*_label_grade(check, judgement.passed), *judgement.grades),
            completion=replace(_answer(check), simulated=judgement.simulated),
            reused=CACHE if account.reused else "",
            cost_usd=account.cost_usd,
            judge_cost_usd=account.judge_cost_usd,
            booked_usd=account.booked_usd,
            calls=account.calls,
        )
        return trial, judgement


def known_trial(planned: PlannedTrial, check: AnchorCheck) -> Trial | None:
    """Return the trial of a verdict that is known already; None when the judge must be asked."""
    if check.known is None:
        return None
    found = _held_against(check, check.known)
    return replace(
        planned.trial(found.status),
        passed=found.passed,
        score=found.score,
        grades=tuple(_label_grade(check, check.known)),
        completion=_answer(check),
        reused=RECORD,
    )


def _found(judgement: Judgement, check: AnchorCheck) -> Outcome:
    if judgement.passed is not None:
        return _held_against(check, judgement.passed)
    error = TrialError(kind="ungraded", message=f"{judgement.cause}: {judgement.reason}")
    return Outcome(status=TrialStatus.ERRORED, error=error)


def _label_grade(check: AnchorCheck, verdict: bool | None) -> Iterator[Grade]:
    """Yield whether the verdict is the label, as a grade: that is what the trial is about."""
    if check.human is None or verdict is None:
        return
    right = verdict is check.human
    words = {True: "pass", False: "fail"}
    reason = f"People say {words[check.human]}, the judge says {words[verdict]}."
    yield Grade(grader="label", passed=right, score=float(right), reason=reason)


def _answer(check: AnchorCheck) -> Completion:
    """Return the labelled answer, under the name of the model that judges it."""
    return replace(written(check.answer), model=check.settings.model)


def _held_against(check: AnchorCheck, verdict: bool) -> Outcome:
    right = verdict if check.human is None else verdict is check.human
    return Outcome(status=TrialStatus.GRADED, passed=right, score=float(right))
