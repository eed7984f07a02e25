"""Chooses the fault that strikes a request, and what it does to a reply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.route import Provider
from evalgate.simulator.draw import luck, trial_of
from evalgate.simulator.fault_rules import Calls, Fault, FaultKind
from evalgate.simulator.judge import judge_task
from evalgate.simulator.reply import Reply
from evalgate.simulator.rules import Rules

LONGEST_ID = 300
"""Characters of a model's id that patterns are searched in."""

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
    FaultKind.SLOW_STREAM: frozenset({Surface.STREAM}),
    FaultKind.STALL: frozenset({Surface.STREAM}),
    FaultKind.STREAM_ERROR: frozenset({Surface.STREAM}),
    FaultKind.STREAM_END: frozenset({Surface.STREAM}),
    FaultKind.BATCH_EXPIRED: frozenset({Surface.BATCH}),
}
"""Where faults strike that do not strike everywhere; a request in a batch has no line to break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How and when a request came.

    `provider` and `region` are those of the path, `model` is the id in it or in the body, as it was
    before it became Claude's own. `now` is in seconds since 1970.
    """

    surface: Surface = Surface.MESSAGE
    provider: Provider = Provider.DIRECT
    region: str = ""
    model: str = ""
    now: float = 0.0


_AT_ONCE = Circumstances()


def calls_of(request: ChatRequest) -> Calls:
    """Return whether a request asks for an answer or for the judge's opinion."""
    return Calls.ANSWERS if judge_task(request) is None else Calls.JUDGE


def fault_for(
    rules: Sequence[Rules],
    request: ChatRequest,
    *,
    attempt: int,
    came: Circumstances = _AT_ONCE,
    since: float = 0.0,
) -> Fault | None:
    """Return the first fault of any rule file that strikes this attempt.

    Args:
        rules: the files.
        request: what is asked.
        attempt: the first one is 1.
        came: how and when.
        since: the instant from which the times of faults are counted.
    """
    if not any(each.faults for each in rules):
        return None
    calls = calls_of(request)
    trial = trial_of(request)
    for each in rules:
        for fault in each.faults:
            concerned = (
                _is_for(fault, calls, attempt=attempt)
                and _is_where(fault, came, request.model)
                and _is_when(fault, came.now - since)
            )
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


def _is_for(fault: Fault, calls: Calls, *, attempt: int) -> bool:
    if fault.first_attempts is not None and attempt > fault.first_attempts:
        return False
    if fault.kind is FaultKind.NONSENSE_JUDGE and calls is not Calls.JUDGE:
        return False
    return fault.calls in {Calls.ALL, calls}


def _is_where(fault: Fault, came: Circumstances, model: str) -> bool:
    if came.surface not in _SURFACES.get(fault.kind, Surface):
        return False
    if fault.provider not in {None, came.provider} or fault.region not in {None, came.region}:
        return False
    names = (came.model[:LONGEST_ID], model[:LONGEST_ID])
    return fault.model is None or any(map(fault.model.search, names))


def _is_when(fault: Fault, seconds: float) -> bool:
    return fault.start <= seconds and (fault.end is None or seconds < fault.end)
