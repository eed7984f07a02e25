"""The one retry loop: sends a request until it is answered, hopeless, or out of time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.policy import RunSettings
from evalgate.model.ports import ChatModel, Clock
from evalgate.running.retry import MAY_BE_BILLED, pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How a call ended, how many requests it took, and whether a failed one may be billed."""

    result: Completion | CallFailure
    calls: int
    may_be_billed: bool


async def send_with_retry(
    model: ChatModel,
    request: ChatRequest,
    *,
    settings: RunSettings,
    clock: Clock,
    random: Callable[[], float],
) -> Called:
    """Return the answer, or the failure that ended the attempts.

    An attempt gets `settings.timeout`, or what is left of `settings.deadline` when that is less. A
    pause that would pass the deadline is not begun: the call ends then and there, as `deadline`,
    or as the server's own failure when it was the server who asked for so long a wait.
    """
    end = clock.monotonic() + settings.deadline
    failed: Counter[FailureKind] = Counter()
    while True:
        within = max(0.0, min(settings.timeout, end - clock.monotonic()))
        result = await model.send(request, within=within)
        calls = failed.total() + 1
        if isinstance(result, Completion):
            return Called(result=result, calls=calls, may_be_billed=_may_be_billed(failed))
        failed[result.kind] += 1
        seconds = pause(result, attempts=calls, alike=failed[result.kind], random=random)
        if seconds is None or calls >= settings.attempts:
            return Called(result=result, calls=calls, may_be_billed=_may_be_billed(failed))
        if clock.monotonic() + seconds >= end:
            late = _out_of_time(result, settings.deadline)
            return Called(result=late, calls=calls, may_be_billed=_may_be_billed(failed))
        await clock.sleep(seconds)


def _may_be_billed(failed: Counter[FailureKind]) -> bool:
    return not MAY_BE_BILLED.isdisjoint(failed)


def _out_of_time(last: CallFailure, deadline: float) -> CallFailure:
    if last.retry_after is not None:
        return last
    return CallFailure(
        kind=FailureKind.DEADLINE,
        message=f"no answer within {deadline:g} s; the last attempt: {last.message}",
        request_id=last.request_id,
    )
