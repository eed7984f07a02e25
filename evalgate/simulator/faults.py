"""Chooses the fault that strikes a request, and what it does to a reply."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from evalgate.model.chat import ChatRequest, Usage
from evalgate.simulator.draw import luck, trial_of
from evalgate.simulator.judge import judge_task
from evalgate.simulator.reply import Reply
from evalgate.simulator.rules import Calls, Fault, FaultKind, Rules

PROSE = "On the whole this reads well, although one could say it more warmly."


class Surface(StrEnum):
    """The form in which an answer is given."""

    MESSAGE = "message"
    STREAM = "stream"
    BATCH = "batch"


_LINE = frozenset({Surface.MESSAGE, Surface.STREAM})
_SURFACES: Mapping[FaultKind, frozenset[Surface]] = {
    FaultKind.HTML: _LINE,
    FaultKind.BROKEN_JSON: _LINE,
    FaultKind.DROPPED: _LINE,
    FaultKind.CUT: _LINE,
    FaultKind.SLOW: _LINE,
    FaultKind.STREAM_ERROR: frozenset({Surface.STREAM}),
    FaultKind.STREAM_END: frozenset({Surface.STREAM}),
    FaultKind.BATCH_EXPIRED: frozenset({Surface.BATCH}),
}
"""Where faults strike that do not strike everywhere; a request in a batch has no line to break."""


def calls_of(request: ChatRequest) -> Calls:
    """Return whether a request asks for an answer or for the judge's opinion."""
    return Calls.ANSWERS if judge_task(request) is None else Calls.JUDGE


def fault_for(
    rules: Sequence[Rules],
    request: ChatRequest,
    *,
    attempt: int,
    surface: Surface = Surface.MESSAGE,
) -> Fault | None:
    """Return the first fault of any rule file that strikes this attempt; the first attempt is 1."""
    if not any(each.faults for each in rules):
        return None
    calls = calls_of(request)
    trial = trial_of(request)
    for each in rules:
        for fault in each.faults:
            concerned = _concerns(fault, calls, attempt=attempt, surface=surface)
            if concerned and luck(each.seed, trial, f"fault:{fault.kind}") < fault.share:
                return fault
    return None


def spoil(reply: Reply, kind: FaultKind) -> Reply:
    """Return the reply as a fault leaves it; most faults leave it alone."""
    if kind is FaultKind.TRUNCATED:
        half = reply.text[: len(reply.text) // 2]
        return replace(reply, text=half, calls=(), stop_reason="max_tokens")
    if kind is FaultKind.REFUSED:
        usage = Usage(input_tokens=reply.usage.input_tokens, output_tokens=1)
        return Reply(text="", stop_reason="refusal", usage=usage)
    return replace(reply, text=PROSE) if kind is FaultKind.NONSENSE_JUDGE else reply


def _concerns(fault: Fault, calls: Calls, *, attempt: int, surface: Surface) -> bool:
    if fault.first_attempts is not None and attempt > fault.first_attempts:
        return False
    if surface not in _SURFACES.get(fault.kind, Surface):
        return False
    if fault.kind is FaultKind.NONSENSE_JUDGE and calls is not Calls.JUDGE:
        return False
    return fault.calls in {Calls.ALL, calls}
