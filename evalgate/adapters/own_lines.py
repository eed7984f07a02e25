"""Reads a trial's line fast when it is exactly as `trial_lines.encode` writes it."""

from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.completions import MOST
from evalgate.model.chat import Completion, Usage
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus

_Count = Annotated[int, Meta(ge=0, le=MOST)]
_Amount = Annotated[float, Meta(ge=0, le=MOST)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_Word = Annotated[str, Meta(pattern=r"\S")]


class _Usage(Struct, forbid_unknown_fields=True):
    input_tokens: _Count
    output_tokens: _Count
    cache_write_5m_tokens: _Count
    cache_write_1h_tokens: _Count
    cache_read_tokens: _Count


class _Completion(Struct, forbid_unknown_fields=True):
    """An answer without tool calls, which are data of any shape."""

    text: str
    model: str
    stop_reason: str
    usage: _Usage
    latency_ms: _Count
    request_id: str | None
    simulated: bool


class _Grade(Struct, forbid_unknown_fields=True):
    grader: str
    passed: bool | None
    score: _Share | None
    reason: str
    cause: str | None
    required: bool
    weight: _Amount


class _Error(Struct, forbid_unknown_fields=True):
    kind: _Word
    message: str


class _Line(Struct, forbid_unknown_fields=True):
    schema: Literal["trial/1"]
    prompt: str
    version: str
    version_hash: str
    evalset: str
    arm: Arm
    case: _Word
    trial: _Count
    status: TrialStatus
    passed: bool | None
    score: _Share | None
    grades: list[_Grade]
    completion: _Completion | None
    error: _Error | None
    cost_usd: _Amount | None
    calls: _Count
    judge_cost_usd: _Amount | None
    booked_usd: _Amount
    reused: str
    asked: str
    grading: str
    tags: tuple[str, ...]
    cluster: str | None
    weight: _Amount
    purpose: str = ""


_DECODER = Decoder(_Line)


def read_own_line(line: bytes) -> Trial | None:
    """Return the trial, or None for a line that `trial_lines.decode` has to read with care."""
    try:
        read = _DECODER.decode(line)
    except (MsgspecError, UnicodeDecodeError):
        return None
    if read.status is TrialStatus.GRADED and read.passed is None and read.score is None:
        return None
    return Trial(
        prompt=read.prompt,
        version=read.version,
        version_hash=read.version_hash,
        evalset=read.evalset,
        arm=read.arm,
        case=read.case,
        trial=read.trial,
        status=read.status,
        passed=read.passed,
        score=read.score,
        grades=tuple(map(_grade, read.grades)),
        completion=None if read.completion is None else _completion(read.completion),
        error=None if read.error is None else _error(read.error),
        cost_usd=read.cost_usd,
        calls=read.calls,
        judge_cost_usd=read.judge_cost_usd,
        booked_usd=read.booked_usd,
        reused=read.reused,
        asked=read.asked,
        grading=read.grading,
        tags=read.tags,
        cluster=read.cluster,
        weight=read.weight,
        purpose=read.purpose,
    )


def _error(read: _Error) -> TrialError:
    return TrialError(kind=read.kind, message=read.message)


def _grade(read: _Grade) -> Grade:
    return Grade(
        grader=read.grader,
        passed=read.passed,
        score=read.score,
        reason=read.reason,
        cause=read.cause,
        required=read.required,
        weight=read.weight,
    )


def _completion(read: _Completion) -> Completion:
    usage = read.usage
    return Completion(
        text=read.text,
        model=read.model,
        stop_reason=read.stop_reason,
        usage=Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_write_5m_tokens=usage.cache_write_5m_tokens,
            cache_write_1h_tokens=usage.cache_write_1h_tokens,
            cache_read_tokens=usage.cache_read_tokens,
        ),
        latency_ms=read.latency_ms,
        request_id=read.request_id,
        simulated=read.simulated,
    )
