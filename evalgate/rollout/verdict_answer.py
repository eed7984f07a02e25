"""Answers a delivery engine's question from what is known of a rollout; pure.

Only evidence that says "advance" makes a pass. Nothing known, nothing under way and nothing
readable never do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.document import Data
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome, Rollout, RolloutReport
from evalgate.model.served_verdict import SCHEMA, ServedAnswer, refusal
from evalgate.model.verdict import Reason, Verdict
from evalgate.rollout.overriding import instant
from evalgate.rollout.verdict_question import Hook, Question

OK = 200
FORBIDDEN = 403
"""What a hook answers that is not to go on; Flagger tries anything from 500 on again at once."""

UNREADABLE = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    """The verdict, why, and whether no rollout is under way that it could be about."""

    verdict: Verdict
    reasons: Sequence[Reason]
    is_idle: bool = False


def answer(question: Question, report: RolloutReport | None) -> ServedAnswer:
    """Return what is told about a prompt that exists.

    Args:
        question: what is asked.
        report: of the prompt's latest rollout; None when there was none.
    """
    judgement = _judgement(question, report)
    document = _document(question, report, judgement)
    if question.hook is Hook.VERDICT:
        return ServedAnswer(status=OK, document=document)
    goes = _goes(question, report, judgement)
    told = {**document, "hook": question.hook.value, "go": goes}
    return ServedAnswer(status=OK if goes else FORBIDDEN, document=told)


def no_such_prompt() -> ServedAnswer:
    """Return what is told about a prompt that does not exist."""
    return refusal(404, "there is no prompt of this name in the folder that is watched")


def unreadable(why: str) -> ServedAnswer:
    """Return what is told while the evidence cannot be read."""
    return refusal(UNREADABLE, why)


def word(report: RolloutReport | None, prompt: str) -> Verdict:
    """Return the verdict about a prompt, whatever version the asker carries."""
    return _judgement(Question(prompt=prompt), report).verdict


def _judgement(question: Question, report: RolloutReport | None) -> _Judgement:
    if report is None:
        why = "no rollout of this prompt is on record"
        return _undecided("no_rollout", why, is_idle=not question.version)
    rollout = report.rollout
    if question.version not in ("", rollout.version):
        why = f"the latest rollout is of {rollout.version}: {question.version} is not known here"
        return _undecided("other_version", why)
    if rollout.phase.is_over:
        return _after(rollout, is_about_version=bool(question.version))
    return _under_way(report)


def _after(rollout: Rollout, *, is_about_version: bool) -> _Judgement:
    """Judge what has ended: it says nothing about the next release, only about its version."""
    code = rollout.phase.value
    done = "was rolled back" if rollout.phase is Phase.ROLLED_BACK else "was promoted"
    why = f"no rollout is under way: {rollout.version} {done} at {instant(rollout.since)}"
    if rollout.phase is Phase.ROLLED_BACK and is_about_version:
        return _Judgement(verdict=Verdict.FAIL, reasons=[Reason(code=code, message=why)])
    return _undecided(code, why, is_idle=True)


def _under_way(report: RolloutReport) -> _Judgement:
    outlook, phase = report.outlook, report.rollout.phase
    if outlook.outcome is Outcome.ROLL_BACK:
        return _Judgement(verdict=Verdict.FAIL, reasons=outlook.reasons)
    if phase is Phase.HELD:
        held = Reason(code="held", message="the rollout is held: a person has to move it on")
        return _Judgement(verdict=Verdict.INCONCLUSIVE, reasons=(held, *outlook.reasons))
    if outlook.outcome is Outcome.ADVANCE and phase is Phase.SERVING:
        return _Judgement(verdict=Verdict.PASS, reasons=outlook.reasons)
    return _Judgement(verdict=Verdict.INCONCLUSIVE, reasons=outlook.reasons)


def _undecided(code: str, why: str, *, is_idle: bool = False) -> _Judgement:
    reasons = [Reason(code=code, message=why)]
    return _Judgement(verdict=Verdict.INCONCLUSIVE, reasons=reasons, is_idle=is_idle)


def _goes(question: Question, report: RolloutReport | None, judgement: _Judgement) -> bool:
    """Decide whether a hook of Flagger is answered by success."""
    if question.hook is Hook.ROLLBACK:
        return judgement.verdict is Verdict.FAIL
    if judgement.is_idle:
        return question.goes_when_idle
    if question.hook is Hook.CONFIRM_ROLLOUT:
        return _may_begin(question, report, judgement)
    return judgement.verdict is Verdict.PASS


def _may_begin(question: Question, report: RolloutReport | None, judgement: _Judgement) -> bool:
    """Decide about the first pod: a version that was judged offline, and that nothing has stopped.

    Online evidence cannot be asked for here, since the pods that would give it may not exist yet.
    """
    if report is None or question.version not in ("", report.rollout.version):
        return False
    is_moving = report.rollout.phase in (Phase.PREFLIGHT, Phase.SERVING)
    return is_moving and bool(report.rollout.verdict) and judgement.verdict is not Verdict.FAIL


def _document(
    question: Question, report: RolloutReport | None, judgement: _Judgement
) -> dict[str, Data]:
    return {
        "schema": SCHEMA,
        "prompt": question.prompt,
        "verdict": judgement.verdict.value,
        "idle": judgement.is_idle,
        **(_standing(report) if report else dict.fromkeys(_STANDING)),
        "reasons": [
            {"code": reason.code, "message": reason.message} for reason in judgement.reasons
        ],
    }


_STANDING = ("version", "phase", "outcome", "percent", "to", "offline_verdict", "at", "ready_at")


def _standing(report: RolloutReport) -> dict[str, Data]:
    """Tell where the rollout stands, whatever was asked about it."""
    rollout, outlook = report.rollout, report.outlook
    values: tuple[Data, ...] = (
        rollout.version,
        rollout.phase.value,
        outlook.outcome.value,
        _plain(rollout.percent),
        _plain(outlook.to),
        rollout.verdict,
        instant(report.evidence.at),
        None if outlook.ready_at is None else instant(outlook.ready_at),
    )
    return dict(zip(_STANDING, values, strict=True))


def _plain(percent: float) -> int | float:
    return int(percent) if percent == int(percent) else percent
