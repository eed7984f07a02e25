"""Holds one answer of production against one criterion, as the gate holds answers to cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evalgate.grading.answer import Answer
from evalgate.grading.completed import NAME as COMPLETED
from evalgate.grading.judgement import Cause
from evalgate.grading.trial import Judging, grade_answer, outcome
from evalgate.model.chat import CallFailure, Completion, Usage
from evalgate.model.content import Attachment, Block, Opaque, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.evalset import Case
from evalgate.model.observation import Observation
from evalgate.model.policy import JudgeSettings
from evalgate.model.ports import CodeGraders
from evalgate.model.sample import Sample
from evalgate.model.trial import Grade
from evalgate.monitoring.scoring.thinning import chance
from evalgate.monitoring.scoring.yardstick import Yardstick
from evalgate.running.account import Account

NO_ANSWER, TOOL_USE = "no_answer", "tool_use"
"""Why nothing is scored: nobody answered the call, or the answer goes on with a tool."""

CONVERSATION, INSTRUCTIONS = "conversation", "instructions"
"""Under which names the judge reads what was said before, and what the assistant was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The outcome from 0 to 1, or None with the cause why there is none.

    `failure` is the call of the judge that failed, where that is the cause.
    """

    outcome: float | None
    cause: str = ""
    failure: CallFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """By which judge answers are measured; `draw_boundary` gives 32 random hex digits."""

    settings: JudgeSettings
    draw_boundary: Callable[[], str]
    code: CodeGraders | None = None


async def measure(
    sample: Sample, yardstick: Yardstick, *, bench: Bench, account: Account
) -> Measured:
    """Return how good a sampled answer is by a criterion.

    A refused or cut answer counts 0, as its trial fails in the gate, and no judge is paid for it.

    Args:
        sample: the call.
        yardstick: the criterion.
        bench: the judge.
        account: makes the calls of the judge, for this answer and this criterion alone.
    """
    if sample.stop_reason is None:
        return Measured(outcome=None, cause=NO_ANSWER)
    if yardstick.is_of_form and sample.stop_reason == TOOL_USE:
        return Measured(outcome=None, cause=TOOL_USE)
    case = asked(sample.request_id, conversation=messages(sample.request.turns))
    if yardstick.with_instructions and sample.request.system:
        case = asked(
            sample.request_id,
            conversation=messages(sample.request.turns),
            instructions=sample.request.system,
        )
    return await measured(
        case, _completion(sample), yardstick=yardstick, bench=bench, account=account
    )


def asked(name: str, *, conversation: Data, instructions: str = "") -> Case:
    """Return a case that shows the judge a conversation, and what the assistant was told."""
    told: dict[str, Data] = {INSTRUCTIONS: instructions} if instructions else {}
    return Case(
        id=name, vars={**told, CONVERSATION: conversation}, expected=None, graders=(), hash=""
    )


async def measured(
    case: Case, completion: Completion, *, yardstick: Yardstick, bench: Bench, account: Account
) -> Measured:
    """Return how good an answer to a case is by a criterion.

    Args:
        case: what the judge is shown beside the answer; it needs no graders.
        completion: the answer.
        yardstick: the criterion.
        bench: the judge.
        account: makes the calls of the judge, for this answer and this criterion alone.
    """
    grades = await grade_answer(
        _with_graders(case, yardstick),
        Answer(completion=completion),
        trial=f"{case.id}/0",
        judging=Judging(
            judge=account.send,
            settings=bench.settings,
            draw_boundary=bench.draw_boundary,
            code=bench.code,
        ),
    )
    return _summed(grades, yardstick, account)


def observation_of(
    sample: Sample, yardstick: Yardstick, measured: Measured, *, below: float
) -> Observation:
    """Return the score of a sampled answer, with all that says what it speaks about.

    Args:
        sample: the call.
        yardstick: the criterion.
        measured: what came of it.
        below: the bound of its block.
    """
    probability = sample.sampled.probability
    return Observation(
        ts=sample.ts,
        request_id=sample.request_id,
        criterion=yardstick.name,
        outcome=measured.outcome,
        cause=measured.cause,
        prompt=sample.prompt,
        version=sample.version,
        arm=sample.arm,
        feature=sample.feature,
        route=sample.route or "",
        provider=sample.provider or "",
        model=sample.model or "",
        # Checks cost nothing, so that no budget stands between them and a sample.
        probability=chance(probability, below) if yardstick.judge else probability,
        stratum=sample.sampled.stratum,
        judge=yardstick.judge,
    )


def messages(turns: Sequence[Turn]) -> Data:
    """Return a conversation as eval sets have it; of a file, only its name is known."""
    return [{"role": turn.role, "content": _content(turn)} for turn in turns]


def _summed(grades: Sequence[Grade], yardstick: Yardstick, account: Account) -> Measured:
    first = grades[0]
    if first.grader == COMPLETED and first.passed is False:
        is_scored = not yardstick.of_whole_answers
        return Measured(
            outcome=0.0 if is_scored else None, cause="" if is_scored else first.cause or ""
        )
    found = outcome(grades, pass_at=1.0)
    if found.passed is None or found.score is None:
        missing = next((each for each in grades if each.passed is None), None)
        cause = (missing.cause if missing else None) or "ungraded"
        failed = account.failure if cause == Cause.CALL_FAILED else None
        return Measured(outcome=None, cause=cause, failure=failed)
    return Measured(outcome=found.score if yardstick.is_graded else float(found.passed))


def _with_graders(case: Case, yardstick: Yardstick) -> Case:
    return Case(id=case.id, vars=case.vars, expected=None, graders=yardstick.specs, hash=case.hash)


def _completion(sample: Sample) -> Completion:
    return Completion(
        text=sample.text,
        model=sample.model or "",
        stop_reason=sample.stop_reason or "",
        usage=Usage(input_tokens=0, output_tokens=0),
        latency_ms=0,
        tool_calls=sample.tool_calls,
    )


def _content(turn: Turn) -> Data:
    if isinstance(turn.content, str):
        return turn.content
    return [_block(each) for each in turn.content]


def _block(block: Block) -> Data:
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Attachment():
            return {"type": "document", "file": block.name}
        case ToolCall():
            return {"type": "tool_use", "name": block.name, "input": dict(block.input)}
        case ToolResult():
            return {"type": "tool_result", "content": block.content, "is_error": block.failed}
        case Opaque():
            return {"type": "text", "text": ""}
