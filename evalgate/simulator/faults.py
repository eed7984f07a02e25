"""Chooses the fault that strikes a request, and what it does to a reply."""

from collections.abc import Sequence
from dataclasses import replace

from evalgate.model.chat import ChatRequest, Usage
from evalgate.simulator.draw import luck, trial_of
from evalgate.simulator.judge import judge_task
from evalgate.simulator.reply import Reply
from evalgate.simulator.rules import Calls, Fault, FaultKind, Rules

PROSE = "On the whole this reads well, although one could say it more warmly."


def calls_of(request: ChatRequest) -> Calls:
    """Return whether a request asks for an answer or for the judge's opinion."""
    return Calls.ANSWERS if judge_task(request) is None else Calls.JUDGE


def fault_for(rules: Sequence[Rules], request: ChatRequest, *, attempt: int) -> Fault | None:
    """Return the first fault of any rule file that strikes this attempt; the first attempt is 1."""
    calls = calls_of(request)
    trial = trial_of(request)
    for each in rules:
        for fault in each.faults:
            drawn = luck(each.seed, trial, f"fault:{fault.kind}")
            if _concerns(fault, calls, attempt=attempt) and drawn < fault.share:
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


def _concerns(fault: Fault, calls: Calls, *, attempt: int) -> bool:
    if fault.first_attempts is not None and attempt > fault.first_attempts:
        return False
    if fault.kind is FaultKind.NONSENSE_JUDGE and calls is not Calls.JUDGE:
        return False
    return fault.calls in {Calls.ALL, calls}
