"""The one retry loop: sends a request until it is answered, hopeless, or out of time."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from evalgate.model.chat import CallFailure, Completion, FailureKind
from evalgate.model.policy import RunSettings
from evalgate.model.ports import Clock
from evalgate.running.retry import pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How a call or an attempt ended, and what it took.

    `seconds` is how long requests were under way, and `calls` how many were sent. `cost_usd` is
    None when it is not known; `booked_usd` is then the most that it can be. `reused` tells that the
    answer had been paid for before.
    """

    result: Completion | CallFailure
    seconds: float = 0.0
    calls: int = 0
    cost_usd: float | None = 0.0
    booked_usd: float = 0.0
    reused: bool = False

    def after(self, earlier: "Called") -> "Called":
        """Return this end of a call that took an earlier attempt too."""
        costs = (self.cost_usd, earlier.cost_usd)
        return replace(
            self,
            seconds=self.seconds + earlier.seconds,
            calls=self.calls + earlier.calls,
            cost_usd=None if None in costs else sum(cost or 0.0 for cost in costs),
            booked_usd=self.booked_usd + earlier.booked_usd,
        )


Attempt = Callable[[float], Awaitable[Called]]
"""Makes one attempt within so many seconds; what it waits before it sends does not count."""


async def send_with_retry(
    attempt: Attempt, *, settings: RunSettings, clock: Clock, random: Callable[[], float]
) -> Called:
    """Return the answer, or the failure that ended the attempts.

    An attempt gets `settings.timeout`, or what is left of `settings.deadline` when that is less. A
    pause that would pass the deadline is not begun: the call ends then and there, as `deadline`,
    or as the server's own failure when it was the server who asked for so long a wait.
    """
    paused = 0.0
    failed: Counter[FailureKind] = Counter()
    total: Called | None = None
    while True:
        left = settings.deadline - paused - (total.seconds if total else 0.0)
        latest = await attempt(max(0.0, min(settings.timeout, left)))
        total = latest if total is None else latest.after(total)
        result = latest.result
        if isinstance(result, Completion):
            return total
        failed[result.kind] += 1
        tries = failed.total()
        seconds = pause(result, attempts=tries, alike=failed[result.kind], random=random)
        if seconds is None or tries >= settings.attempts or latest.calls == 0:
            return total
        if paused + total.seconds + seconds >= settings.deadline:
            return replace(total, result=_out_of_time(result, settings.deadline))
        await clock.sleep(seconds)
        paused += seconds


def _out_of_time(last: CallFailure, deadline: float) -> CallFailure:
    if last.retry_after is not None:
        return last
    return CallFailure(
        kind=FailureKind.DEADLINE,
        message=f"no answer within {deadline:g} s; the last attempt: {last.message}",
        request_id=last.request_id,
    )
